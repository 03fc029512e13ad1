import type { SnapshotFile } from './types.ts';

/** Gives what is to be written; undefined if there is nothing worth writing any more. */
type Due = () => Promise<string | undefined>;

/** Writes the latest text some time after it was asked for, never two at once. */
export function createSnapshotWriter(
  file: SnapshotFile,
  delayInMs: number,
  { onWritten, onError }: { readonly onWritten: () => Promise<void>; readonly onError: (error: unknown) => void },
) {
  let due: Due | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const make = due;
    due = undefined;
    try {
      const text = await make?.();
      if (text === undefined) return;
      await file.write(text);
      await onWritten();
    } catch (error) {
      onError(error);
    }
  }

  /** Writes now what is due, and waits for it. Never rejects: failures go to `onError`. */
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.then(write);
    return writing;
  }

  return {
    /** Asks for a write; `text` is called when it is due. */
    schedule(text: Due): void {
      due = text;
      // Not restarted by later requests: a busy inventory is written too.
      timer ??= setTimeout(() => void flush(), delayInMs).unref();
    },
    flush,
  };
}
