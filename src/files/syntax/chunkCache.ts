/** What was parsed of parts of files, found again by their text: after a keystroke only the part that changed is parsed anew. */
export interface ChunkCache<T> {
  /** What `parse` makes of the text; it is asked only if that is not known. What it throws is thrown on, and not remembered. */
  get(text: string, parse: (text: string) => T): T;
  /** What is known of the text. */
  find(text: string): T | undefined;
  keep(text: string, value: T): void;
}

/** `limitInChars`: how long all texts together may be; the ones that were not asked for longest are forgotten. */
export function createChunkCache<T>(limitInChars: number): ChunkCache<T> {
  // A Map keeps the order of insertion: what is used is put in again, so the oldest comes first.
  const known = new Map<string, { readonly value: T }>();
  let length = 0;

  const find = (text: string): { readonly value: T } | undefined => {
    const entry = known.get(text);
    if (entry) {
      known.delete(text);
      known.set(text, entry);
    }
    return entry;
  };

  const keep = (text: string, value: T): void => {
    if (text.length > limitInChars) return;
    if (known.delete(text)) length -= text.length;
    known.set(text, { value });
    length += text.length;
    for (const oldest of known.keys()) {
      if (length <= limitInChars) break;
      known.delete(oldest);
      length -= oldest.length;
    }
  };

  return {
    get(text, parse) {
      const entry = find(text);
      if (entry) return entry.value;
      const own = detached(text);
      const value = parse(own);
      keep(own, value);
      return value;
    },
    find: (text) => find(text)?.value,
    keep,
  };
}

/**
 * The same text without memory shared with the one it was cut from: engines keep the whole of a file alive for each slice of it.
 */
export function detached(text: string): string {
  return ` ${text}`.slice(1);
}
