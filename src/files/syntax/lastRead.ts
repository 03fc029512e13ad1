import type { Sliced } from '../slices.ts';

/**
 * Reads a text only once if it is asked for twice in a row, as a file's images and its cache rules are looked for one after the
 * other. Nothing is kept longer than memory allows.
 */
export function rememberLast<T extends object>(read: (text: string) => Sliced<T>): (text: string) => Sliced<T> {
  let last: { readonly text: string; readonly made: WeakRef<T> } | undefined;
  return function* (text) {
    const known = last?.text === text ? last.made.deref() : undefined;
    if (known) return known;
    const made = yield* read(text);
    last = { text, made: new WeakRef(made) };
    return made;
  };
}
