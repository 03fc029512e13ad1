/** Characters that do not show, or change the order of what does: control, format, unpaired and ignorable ones. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text from outside as it may appear inside a message: what would not be seen becomes `·`, at most `limit` characters. All of these
 * cut first, so that cleaning costs no more than the limit allows.
 */
export function shown(text: string, limit = 80): string {
  return cut(text, limit).replace(unseen, '·');
}

/** As `shown`, on one line: each run of white space is one space. */
export function shownLine(text: string, limit: number): string {
  return cut(text, limit).replace(/\s+/g, ' ').trim().replace(unseen, '·');
}

/** As `shown`, of a text whose lines stay lines. */
export function shownLines(text: string, limit: number): string {
  return cut(text, limit)
    .split(/\r?\n/)
    .map((line) => line.replaceAll('\t', '  ').replace(unseen, '·'))
    .join('\n');
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** A text of at most `limit` characters: of a longer one, such as the path of a repository, both ends. */
export function middleCut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 2);
  return `${text.slice(0, limit - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** The whole sentences at the beginning of a text that are at most `limit` characters; undefined if the first is longer already. */
export function sentencesWithin(text: string, limit: number): string | undefined {
  if (text.length <= limit) return text;
  const end = text.slice(0, limit + 1).lastIndexOf('. ');
  return end < 0 ? undefined : text.slice(0, end + 1);
}

/** A text that ends as a sentence does. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
