import type { TextRange } from '../types.ts';

/** A part of a text with variables: what is written, or a variable. */
export type VariablePart =
  | { readonly kind: 'literal'; readonly range: TextRange }
  /** Stands for other characters. */
  | { readonly kind: 'escape'; readonly range: TextRange; readonly value: string }
  /** `name`: what stands between the signs, without spaces around it. */
  | { readonly kind: 'variable'; readonly range: TextRange; readonly name: string };

/** The signs around an expression. */
export interface Delimiters {
  readonly open: string;
  readonly close: string;
}

/** The longest text that is taken apart, in UTF-16 units: an image is shorter. */
const maxLength = 4096;

/**
 * Takes a text with expressions apart (`${{ … }}` of GitHub Actions and Azure Pipelines, `$(…)`, `$[…]`): parts follow each other
 * without gap. A closing sign inside a single-quoted string does not close. Undefined if an expression is not closed.
 */
export function expressionParts(
  text: string,
  range: TextRange,
  delimiters: readonly Delimiters[],
): readonly VariablePart[] | undefined {
  if (range.end - range.start > maxLength) return undefined;
  if (isPlain(text, range)) return [{ kind: 'literal', range }];
  const parts = new Parts(range.start);
  for (let at = range.start; at < range.end; at++) {
    const found = text[at] === '$' ? delimiters.find(({ open }) => text.startsWith(open, at)) : undefined;
    if (found === undefined) continue;
    const inner = at + found.open.length;
    const close = closingOf(text, { start: inner, end: range.end }, found.close);
    if (close === undefined) return undefined;
    const end = close + found.close.length;
    parts.add(at, { kind: 'variable', range: { start: at, end }, name: text.slice(inner, close).trim() });
    at = end - 1;
  }
  return parts.until(range.end);
}

function closingOf(text: string, { start, end }: TextRange, close: string): number | undefined {
  let isQuoted = false;
  for (let at = start; at + close.length <= end; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (!isQuoted && text.startsWith(close, at)) return at;
  }
  return undefined;
}

/** Takes a text with GitLab's variables apart: `$NAME`, `${NAME}`, and `$$` for a dollar sign. Undefined if a brace is not closed. */
export function gitlabParts(text: string, range: TextRange): readonly VariablePart[] | undefined {
  if (range.end - range.start > maxLength) return undefined;
  if (isPlain(text, range)) return [{ kind: 'literal', range }];
  const parts = new Parts(range.start);
  for (let at = range.start; at < range.end; at++) {
    if (text[at] !== '$') continue;
    if (at + 1 < range.end && text[at + 1] === '$') {
      parts.add(at, { kind: 'escape', range: { start: at, end: at + 2 }, value: '$' });
      at += 1;
      continue;
    }
    const isBraced = text[at + 1] === '{';
    const start = at + (isBraced ? 2 : 1);
    let nameEnd = start;
    while (nameEnd < range.end && /\w/.test(text[nameEnd] ?? '')) nameEnd++;
    if (nameEnd === start || (isBraced && (nameEnd === range.end || text[nameEnd] !== '}'))) return undefined;
    const end = nameEnd + (isBraced ? 1 : 0);
    parts.add(at, { kind: 'variable', range: { start: at, end }, name: text.slice(start, nameEnd) });
    at = end - 1;
  }
  return parts.until(range.end);
}

/** Most texts are. */
function isPlain(text: string, { start, end }: TextRange): boolean {
  return start < end && !text.slice(start, end).includes('$');
}

/** Parts in the making, with what is literal between them. */
class Parts {
  readonly #parts: VariablePart[] = [];
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  add(at: number, part: VariablePart): void {
    this.until(at);
    this.#parts.push(part);
    this.#end = part.range.end;
  }

  /** All parts, the last one ending here. */
  until(end: number): readonly VariablePart[] {
    if (this.#end < end) this.#parts.push({ kind: 'literal', range: { start: this.#end, end } });
    this.#end = end;
    return this.#parts;
  }
}
