import { writeSnapshot, type Snapshot, type SnapshotOwner } from './snapshot.ts';
import { createSnapshotWriter } from './snapshotWriter.ts';
import type { InventoryState, SnapshotFile } from './types.ts';

type Registries = InventoryState['registries'];

/** What is to be written, as it is when that is due. */
export interface Current {
  readonly owner: SnapshotOwner;
  readonly state: InventoryState;
  /** Takes over what another window has found out. */
  take(registries: Registries): void;
}

/** The snapshot on disk. Each window writes it whole, so before that it takes over what another one has written meanwhile. */
export interface SnapshotStore {
  /** What was known last. A text that cannot be read is set aside. Never rejects. */
  read(): Promise<Snapshot | undefined>;
  /** What is known once that is shown. */
  noteShown(registries: Registries): void;
  /** Asks for a write some time later; `now` gives undefined if there is nothing worth writing any more. */
  save(now: () => Current | undefined): void;
  /** Writes now what is due, and waits for it. Never rejects. */
  flush(): Promise<void>;
}

export function createSnapshotStore(
  file: SnapshotFile,
  delayInMs: number,
  log: (line: string, error?: unknown) => void,
): SnapshotStore {
  /** Of the file when this window last read or wrote it, and what was known then. */
  let stamp: string | undefined;
  let shared: Registries = new Map();
  let written: Registries = new Map();
  const writer = createSnapshotWriter(file, delayInMs, {
    async onWritten() {
      shared = written;
      stamp = await file.stamp?.();
    },
    onError: (error) => log('The snapshot could not be written', error),
  });

  async function textOf(now: () => Current | undefined): Promise<string | undefined> {
    const isOther = (await file.stamp?.()) !== stamp;
    const [text, others] = isOther ? await Promise.all([file.read(), import('./otherWindows.lazy.ts')]) : [];
    const current = now();
    if (!current) return undefined;
    const { owner, state } = current;
    written =
      text === undefined || !others ? state.registries : others.withOtherWindows(text, owner, state.registries, shared);
    if (written !== state.registries) current.take(written);
    return writeSnapshot(owner, { ...state, registries: written });
  }

  return {
    async read() {
      try {
        const found = await file.stamp?.();
        const [text, { readSnapshot }] = await Promise.all([file.read(), import('./readSnapshot.lazy.ts')]);
        if (text === undefined) return undefined;
        const parsed = readSnapshot(text);
        if (parsed.ok) {
          stamp = found;
          return parsed.value;
        }
        log(`The snapshot is not used: ${parsed.problem.message}`);
        await file.setAside?.();
      } catch (error) {
        log('The snapshot could not be read', error);
      }
      return undefined;
    },
    noteShown(registries) {
      shared = registries;
    },
    save: (now) => writer.schedule(() => textOf(now)),
    flush: () => writer.flush(),
  };
}
