/** Longer than any reference. */
const maxToken = 1100;

/** How far around the caret a registry may be named that a repository belongs to (Helm), in UTF-16 units. */
const neighbourhood = 400;

const part = /[\w.:@/-]/;

/**
 * Whether anything that could be offered begins like the text before the caret, told without understanding the file: VS Code asks at
 * every word that is typed, and most of them are no image. Says yes to what it does not know.
 * @param hosts login servers, in lower case
 * @param names what else may be offered as a whole, in lower case
 */
export function mayComplete(text: string, offset: number, hosts: readonly string[], names: readonly string[]): boolean {
  const token = tokenBefore(text, offset).toLowerCase();
  // Asked for by hand: while typing, something is typed.
  if (token === '') return true;
  if (token.includes('/')) {
    const around = text.slice(Math.max(0, offset - neighbourhood), offset + neighbourhood).toLowerCase();
    return hosts.some((host) => around.includes(host));
  }
  // What stands before may belong to a variable or a key: `${NAME:-down`, `--from=down`.
  const tails = [token, token.slice(token.lastIndexOf('-') + 1), token.slice(token.lastIndexOf(':') + 1)];
  return tails.some((tail) => tail !== '' && [...hosts, ...names].some((name) => isWithin(tail, name)));
}

function tokenBefore(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && offset - start < maxToken && part.test(text[start - 1] ?? '')) start--;
  return text.slice(start, offset);
}

/** Whether all characters come in this order: the widest sense in which VS Code lets a word fit. */
function isWithin(word: string, name: string): boolean {
  let at = 0;
  for (const character of word) {
    at = name.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
