import { createChunkCache, detached } from './chunkCache.ts';

/** Parsing a shorter text takes about as long as looking its parts up, and a scan of many small files leaves the cache as it is. */
const minCachedLength = 4000;
/** The parts of a longer text would drive each other out. What is known of them takes about twenty times their text. */
const maxCachedLength = 500_000;

/** Whether it is worth while to look up the parts of a text. */
export function isCached(text: string): boolean {
  return text.length >= minCachedLength && text.length <= maxCachedLength;
}

/** Of one text: the cache counts it once. */
const maxKeptOccurrences = 20;

interface Known<T> {
  /** Nothing can be made of it alone. */
  readonly isOpen: boolean;
  /** What was made of it, once for each time that a file has it: values are told apart by identity. */
  readonly made: T[];
}

/**
 * Remembers what `read` makes of parts of files; undefined is that it makes nothing of one. To be called for each file: gives what looks
 * its parts up, and never the same for two of them.
 */
export function createPartCache<T extends object>(
  read: (part: string) => T | undefined,
): () => (part: string) => T | undefined {
  const cache = createChunkCache<Known<T>>(2 * maxCachedLength);
  const readNew = (part: string): Known<T> => {
    const made = read(part);
    return { isOpen: made === undefined, made: made === undefined ? [] : [made] };
  };
  return () => {
    const occurrences = new Map<Known<T>, number>();
    return (part) => {
      const known = cache.get(part, readNew);
      if (known.isOpen) return undefined;
      const index = occurrences.get(known) ?? 0;
      occurrences.set(known, index + 1);
      const made = known.made[index] ?? read(detached(part));
      if (made !== undefined && index < maxKeptOccurrences) known.made[index] = made;
      return made;
    };
  };
}
