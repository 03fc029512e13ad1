import { rename, rm, stat } from 'node:fs/promises';
import { isAzureError } from '../../azure/errors.ts';
import { writeAtomically } from '../../common/writeAtomically.ts';
import { isRecord } from '../../common/json.ts';
import {
  beginWork,
  endWork,
  entryIdOf,
  entryPath,
  noProcess,
  parseWorker,
  readEntries,
  type Worker,
} from './entryFiles.ts';
import { parsePurpose, purposeKey } from './purpose.ts';
import type { Purpose, StepProgress, StepState } from '../types.ts';

/** A set-up, or a change of a rule, that was begun and has not ended. */
export interface JournalEntry {
  readonly id: string;
  readonly purpose: Purpose;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Last known state per requirement. */
  readonly steps: readonly { readonly requirementId: string; readonly state: StepState; readonly message: string }[];
}

/** Remembers set-ups under way, so that one cut off by a closed window can be resumed. Never rejects because of a damaged file. */
export interface Journal {
  /** Notes what is begun; an older entry of the same is replaced. Resolves to the entry's id. */
  start(purpose: Purpose): Promise<string>;
  record(id: string, progress: StepProgress): Promise<void>;
  /** The set-up is complete, or not wanted any more: the entry goes. */
  finish(id: string): Promise<void>;
  /**
   * The set-up ended with something left to do: the entry stays, to be resumed. One that has changed nothing goes, unless it was
   * there before: then an earlier run has.
   */
  leave(id: string, hasChanged: boolean): Promise<void>;
  /**
   * Entries that neither this process, by whichever journal, nor another one works on, oldest first. Damaged files are renamed to
   * `*.corrupt` and left out.
   */
  unfinished(): Promise<JournalEntry[]>;
}

interface StoredEntry extends JournalEntry, Worker {
  readonly version: 1;
}

/** A journal of one JSON file per set-up in `folder`, which is made when needed. Holds names and states, never a token. */
export function createJournal(folder: string): Journal {
  const running = new Map<string, StoredEntry>();
  const unsaved = new Map<string, StoredEntry>();
  /** Entries that were there when they were started. */
  const resumed = new Set<string>();
  let writes = Promise.resolve();

  /** One write after the other, the newest state only, so that an older one never replaces it. */
  function save(entry: StoredEntry): Promise<void> {
    unsaved.set(entry.id, entry);
    return enqueue(async () => {
      const newest = unsaved.get(entry.id);
      if (!newest) return;
      unsaved.delete(entry.id);
      await writeAtomically(pathOf(entry.id), JSON.stringify(newest));
    });
  }

  /** A disk that does not take the journal is no reason to stop a set-up. */
  function enqueue(work: () => Promise<void>): Promise<void> {
    writes = writes.then(work).catch(() => undefined);
    return writes;
  }

  const pathOf = (id: string): string => entryPath(folder, id);

  function release(id: string): StoredEntry | undefined {
    const entry = running.get(id);
    running.delete(id);
    if (entry) endWork(pathOf(id), entry);
    return entry;
  }

  async function finish(id: string): Promise<void> {
    release(id);
    unsaved.delete(id);
    resumed.delete(id);
    await enqueue(() => rm(pathOf(id)));
  }

  return {
    async start(purpose) {
      const id = entryIdOf(purposeKey(purpose));
      release(id);
      const entry: StoredEntry = { version: 1, id, purpose, steps: [], ...beginWork(pathOf(id)) };
      if (await stat(pathOf(id)).catch(() => undefined)) resumed.add(id);
      running.set(id, entry);
      await save(entry);
      return id;
    },

    async record(id, progress) {
      const entry = running.get(id);
      if (!entry) return;
      const step = { requirementId: progress.requirementId, state: progress.state, message: messageOf(progress) };
      const others = entry.steps.filter((known) => known.requirementId !== progress.requirementId);
      const updated = { ...entry, steps: [...others, step] };
      running.set(id, updated);
      await save(updated);
    },

    finish,

    async leave(id, hasChanged) {
      if (!hasChanged && !resumed.has(id)) return finish(id);
      const entry = release(id);
      if (entry) await save({ ...entry, pid: noProcess });
    },

    async unfinished() {
      const entries = await readEntries(folder, parseEntry, (path) =>
        rename(path, `${path}.corrupt`).catch(() => undefined),
      );
      return entries
        .filter(({ isUnderWay }) => !isUnderWay)
        .map(({ id, purpose, startedAt, steps }) => ({ id, purpose, startedAt, steps }));
    },
  };
}

/** Azure's codes are kept, its messages too; both are bounded and free of tokens by `AzureError`. */
function messageOf(progress: StepProgress): string {
  const code = isAzureError(progress.error) ? ` (${progress.error.code})` : '';
  return `${progress.message}${code}`.slice(0, 2000);
}

function parseEntry(value: Readonly<Record<string, unknown>>, id: string): StoredEntry | undefined {
  const worker = parseWorker(value);
  const purpose = parsePurpose(value['purpose']);
  const steps = value['steps'];
  if (value['id'] !== id || !worker || !purpose || !Array.isArray(steps)) return undefined;
  return { version: 1, id, purpose, steps: steps.flatMap(parseStep), ...worker };
}

const stepStates: readonly StepState[] = [
  'waiting',
  'running',
  'done',
  'alreadyDone',
  'failed',
  'skipped',
  'cancelled',
  'kept',
];

function parseStep(value: unknown): JournalEntry['steps'][number][] {
  if (!isRecord(value)) return [];
  const { requirementId, message } = value;
  const state = stepStates.find((known) => known === value['state']);
  if (typeof requirementId !== 'string' || typeof message !== 'string' || !state) return [];
  return [{ requirementId, state, message: message.slice(0, 2000) }];
}
