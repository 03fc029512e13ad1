import type { SnapshotFile } from './types.ts';

/** Writes the latest text some time after it was asked for, never two at once. */
export function createSnapshotWriter(file: SnapshotFile, delayInMs: number, onError: (error: unknown) => void) {
  let due: (() => string | undefined) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    const text = due?.();
    due = undefined;
    if (text === undefined) return;
    try {
      await file.write(text);
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
    /** Asks for a write; `text` is called when it is due, and gives undefined if there is nothing worth writing any more. */
    schedule(text: () => string | undefined): void {
      due = text;
      // Not restarted by later requests: a busy inventory is written too.
      timer ??= setTimeout(() => void flush(), delayInMs).unref();
    },
    flush,
  };
}
