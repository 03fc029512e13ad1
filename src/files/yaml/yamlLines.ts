/** The lines of a text and how far they are indented. */
export interface Lines {
  readonly text: string;
  readonly count: number;
  /** Where each line starts; one more at the end, where the last ends. */
  readonly starts: readonly number[];
  /** Spaces before the text of each line; `blankLine` or `commentLine` of those that say nothing. */
  readonly indents: readonly number[];
}

export const blankLine = -1;
export const commentLine = -2;

const newline = 10;
const carriageReturn = 13;
const tab = 9;
const space = 32;
const hash = 35;

export function readLines(text: string): Lines {
  const starts: number[] = [];
  const indents: number[] = [];
  let start = 0;
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    const next = found < 0 ? text.length : found + 1;
    starts.push(start);
    indents.push(indentOf(text, start, next));
    start = next;
  }
  starts.push(text.length);
  return { text, count: indents.length, starts, indents };
}

function indentOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) === space) at += 1;
  const indent = at - start;
  while (at < end && isSpace(text.charCodeAt(at))) at += 1;
  const code = at < end ? text.charCodeAt(at) : newline;
  if (code === newline || (code === carriageReturn && text.charCodeAt(at + 1) === newline)) return blankLine;
  return code === hash ? commentLine : indent;
}

/** What a line is, from `at` on, as far as a block collection is concerned. */
export type LineForm =
  /** `- `; what follows begins at `next`, if anything does. */
  | { readonly kind: 'item'; readonly next: number | undefined }
  /** `key:`; `isHeader`: nothing follows but an anchor or a comment, so that its value is below. */
  | { readonly kind: 'key'; readonly key: string; readonly isHeader: boolean; readonly hasAnchor: boolean }
  /** Words that may become a key, and take the next line for more of them until then. */
  | { readonly kind: 'words' }
  /** The end of a flow collection, and nothing else. */
  | { readonly kind: 'closing' }
  | { readonly kind: 'other' };

/** Not taken for the beginning of a key: indicators, what YAML reserves, and a byte order mark. */
const notFirst = new Set('-?:,[]{}#&*!|>\'"%@`\uFEFF\t ');
const closing = new Set(']},');

/** `at`: where the line's text begins, after its indentation or after `- `. */
export function lineForm(lines: Lines, line: number, at: number): LineForm {
  const { text } = lines;
  const end = lineEnd(lines, line);
  const first = text.charAt(at);
  if (first === '-' && isEmptyAt(text, at + 1)) {
    const next = skipSpaces(text, at + 1, end);
    // After a tab, columns are not what they seem.
    if (text.slice(at, next).includes('\t')) return { kind: 'other' };
    return { kind: 'item', next: isDone(text, next, end) ? undefined : next };
  }
  if (first === '"' || first === "'") return quotedKey(text, at, end);
  if (closing.has(first)) return isClosing(text, at, end) ? { kind: 'closing' } : { kind: 'other' };
  if (notFirst.has(first)) return { kind: 'other' };
  for (let i = at; i < end; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 58 && isEmptyAt(text, i + 1)) {
      return isSpace(text.charCodeAt(i - 1)) ? { kind: 'other' } : key(text, text.slice(at, i), i + 1, end);
    }
    if (code === hash && isSpace(text.charCodeAt(i - 1))) return { kind: 'other' };
    if (code < space && code !== tab) return { kind: 'other' };
  }
  return { kind: 'words' };
}

function lineEnd({ text, starts }: Lines, line: number): number {
  let end = starts[line + 1] ?? text.length;
  if (text.charCodeAt(end - 1) === newline) end -= 1;
  if (text.charCodeAt(end - 1) === carriageReturn) end -= 1;
  return end;
}

function quotedKey(text: string, at: number, end: number): LineForm {
  const close = text.indexOf(text.charAt(at), at + 1);
  if (close < 0 || close >= end) return { kind: 'other' };
  const written = text.slice(at + 1, close);
  // `''` is an escape in single quotes; in double ones it would end the key before a second begins, which is no key either.
  if (written.includes('\\') || text.charAt(close + 1) !== ':' || !isEmptyAt(text, close + 2)) return { kind: 'other' };
  return key(text, written, close + 2, end);
}

function key(text: string, name: string, afterColon: number, end: number): LineForm {
  let at = skipSpaces(text, afterColon, end);
  const hasAnchor = text.charAt(at) === '&';
  if (hasAnchor) {
    while (at < end && !isSpace(text.charCodeAt(at))) {
      if (',[]{}'.includes(text.charAt(at))) return { kind: 'key', key: name, isHeader: false, hasAnchor };
      at += 1;
    }
    at = skipSpaces(text, at, end);
  }
  return { kind: 'key', key: name, isHeader: isDone(text, at, end), hasAnchor };
}

/** Nothing but a comment follows. */
function isDone(text: string, at: number, end: number): boolean {
  return at >= end || (text.charCodeAt(at) === hash && isSpace(text.charCodeAt(at - 1)));
}

function isClosing(text: string, start: number, end: number): boolean {
  let at = start;
  while (at < end && closing.has(text.charAt(at))) at += 1;
  return isDone(text, skipSpaces(text, at, end), end);
}

function skipSpaces(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(text.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === space || code === tab;
}

/** As the package sees the end of a token. */
function isEmptyAt(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return isSpace(code) || code === newline || code === carriageReturn;
}

/** `---` or `...` at the beginning of a line. */
export function documentMarker({ text, starts }: Lines, line: number): 'start' | 'end' | undefined {
  const at = starts[line] ?? text.length;
  const code = text.charCodeAt(at);
  if (code !== 45 && code !== 46) return undefined;
  const isMarker = text.charCodeAt(at + 1) === code && text.charCodeAt(at + 2) === code && isEmptyAt(text, at + 3);
  if (!isMarker) return undefined;
  return code === 45 ? 'start' : 'end';
}

/** Nothing but a comment follows the marker of that line. */
export function isBareMarker(lines: Lines, line: number): boolean {
  const at = (lines.starts[line] ?? 0) + 3;
  const end = lineEnd(lines, line);
  return isDone(lines.text, skipSpaces(lines.text, at, end), end);
}
