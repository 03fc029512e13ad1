/** What was parsed of parts of files, found again by their text: after a keystroke only the part that changed is parsed anew. */
export interface ChunkCache<T> {
  /** What `parse` makes of the text; it is asked only if that is not known. What it throws is thrown on, and not remembered. */
  get(text: string, parse: (text: string) => T): T;
  /** What is known of the text. */
  find(text: string): T | undefined;
  keep(text: string, value: T): void;
}

/**
 * `limitInChars`: about how long all texts together may be. What was not asked for lately is forgotten by halves: to delete one entry
 * for each that is found would cost more than parsing, as engines rebuild large maps over and over then.
 */
export function createChunkCache<T>(limitInChars: number): ChunkCache<T> {
  let recent = new Map<string, { readonly value: T }>();
  let older = new Map<string, { readonly value: T }>();
  let length = 0;

  const add = (text: string, entry: { readonly value: T }): void => {
    if (length + text.length > limitInChars / 2) {
      older = recent;
      recent = new Map();
      length = 0;
    }
    recent.set(text, entry);
    length += text.length;
  };

  const find = (text: string): { readonly value: T } | undefined => {
    const entry = recent.get(text);
    if (entry) return entry;
    const old = older.get(text);
    if (old) add(text, old);
    return old;
  };

  const keep = (text: string, value: T): void => {
    if (text.length <= limitInChars) add(text, { value });
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
