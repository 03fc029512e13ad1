/**
 * Work that can be interrupted where it yields, and ends with a value. Finders yield between parts of a file, so that a large one
 * neither blocks the extension host nor has to be finished once nobody wants it any more.
 */
export type Sliced<T> = Generator<void, T>;

/** How many items are looked at between two interruptions; one takes a few microseconds at most. */
const itemsPerSlice = 500;

/** Does something with each item, where a file decides how many there are. */
export function* each<T>(items: Iterable<T>, work: (item: T, index: number) => void): Sliced<void> {
  let done = 0;
  for (const part of partsOf(items)) {
    eachAtOnce(part, work, done);
    done += part.length;
    if (part.length === itemsPerSlice) yield;
  }
}

/** No generator, as engines are slow to make a loop inside of one quick. */
function eachAtOnce<T>(items: readonly T[], work: (item: T, index: number) => void, first: number): void {
  for (let index = 0; index < items.length; index++) work(items[index] as T, first + index);
}

/** What is made of each item, without what is undefined. */
export function* collect<T, R>(items: Iterable<T>, make: (item: T) => R | undefined): Sliced<R[]> {
  const made: R[] = [];
  yield* each(items, (item) => {
    const one = make(item);
    if (one !== undefined) made.push(one);
  });
  return made;
}

/** What is made of the first item of which something can be made. */
export function* firstOf<T, R>(items: Iterable<T>, make: (item: T) => R | undefined): Sliced<R | undefined> {
  for (const part of partsOf(items)) {
    const one = firstAtOnce(part, make);
    if (one !== undefined) return one;
    if (part.length === itemsPerSlice) yield;
  }
  return undefined;
}

function firstAtOnce<T, R>(items: readonly T[], make: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const one = make(item);
    if (one !== undefined) return one;
  }
  return undefined;
}

/** Those items for which it is true. */
export function filter<T>(items: Iterable<T>, isWanted: (item: T) => boolean): Sliced<T[]> {
  return collect(items, (item) => (isWanted(item) ? item : undefined));
}

/** As arrays, which engines go through much faster than through one thing now and another then. */
function* partsOf<T>(items: Iterable<T>): Generator<readonly T[], void> {
  if (isArray(items)) {
    if (items.length <= itemsPerSlice) yield items;
    else for (let at = 0; at < items.length; at += itemsPerSlice) yield items.slice(at, at + itemsPerSlice);
    return;
  }
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < itemsPerSlice) continue;
    yield part;
    part = [];
  }
  yield part;
}

function isArray<T>(items: Iterable<T>): items is readonly T[] {
  return Array.isArray(items);
}

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
