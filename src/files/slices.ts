/**
 * Work that can be interrupted where it yields, and ends with a value. Finders yield between parts of a file, so that a large one
 * neither blocks the extension host nor has to be finished once nobody wants it any more.
 */
export type Sliced<T> = Generator<void, T>;

/** Does it in one go. */
export function runAtOnce<T>(work: Sliced<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

export interface SliceOptions {
  /** How long the event loop may be held at a time, in milliseconds, as far as `work` yields often enough. Default 8. */
  readonly sliceInMs?: number;
  /** Looked at between slices. */
  readonly isCancelled?: () => boolean;
}

/** Does it in slices, letting everything else run in between. Undefined if it was cancelled. */
export async function runInSlices<T>(
  work: Sliced<T>,
  { sliceInMs = 8, isCancelled = () => false }: SliceOptions = {},
): Promise<T | undefined> {
  let until = performance.now() + sliceInMs;
  for (;;) {
    if (isCancelled()) return undefined;
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    until = performance.now() + sliceInMs;
  }
}
