/** What is made of a text takes many times its memory. */
const maxLength = 500_000;

/**
 * Reads a text only once if it is asked for twice in a row, as a file's images and its cache rules are looked for one after the
 * other. Then it is forgotten.
 */
export function rememberLast<T>(read: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly made: T } | undefined;
  return function (text) {
    const known = last?.text === text ? last : undefined;
    last = undefined;
    if (known) return known.made;
    const made = read(text);
    if (text.length <= maxLength) last = { text, made };
    return made;
  };
}
