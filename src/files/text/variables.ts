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
 * without gap. A closing sign inside a single-quoted string does not close, nor one that closes an index. Undefined if an expression is not closed.
 */
export function expressionParts(
  text: string,
  range: TextRange,
  delimiters: readonly Delimiters[],
): readonly VariablePart[] | undefined {
  if (range.end - range.start > maxLength) return undefined;
  const parts = new Parts(range);
  const written = text.slice(range.start, range.end);
  for (let at = written.indexOf('$'); at >= 0; at = written.indexOf('$', at)) {
    const start = at;
    const found = delimiters.find(({ open }) => written.startsWith(open, start));
    if (found === undefined) {
      at += 1;
      continue;
    }
    const inner = at + found.open.length;
    const close = closingOf(written, inner, found.close);
    if (close === undefined) return undefined;
    at = close + found.close.length;
    parts.add({ kind: 'variable', range: parts.range(start, at), name: written.slice(inner, close).trim() });
  }
  return parts.all();
}

function closingOf(text: string, start: number, close: string): number | undefined {
  let isQuoted = false;
  let indexes = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (text[at] === '[') indexes++;
    else if (text[at] === ']' && indexes > 0) indexes--;
    else if (text.startsWith(close, at)) return at;
  }
  return undefined;
}

/** `$$`, `$NAME` or `${NAME}`. */
const gitlabVariable = /\$(?:\$|(\w+)|\{(\w+)\})/y;

/** Takes a text with GitLab's variables apart: `$NAME`, `${NAME}`, and `$$` for a dollar sign. Undefined if a `$` is none of them. */
export function gitlabParts(text: string, range: TextRange): readonly VariablePart[] | undefined {
  if (range.end - range.start > maxLength) return undefined;
  const parts = new Parts(range);
  const written = text.slice(range.start, range.end);
  for (let at = written.indexOf('$'); at >= 0; at = written.indexOf('$', at)) {
    gitlabVariable.lastIndex = at;
    const found = gitlabVariable.exec(written);
    if (found === null) return undefined;
    const [whole, bare, braced] = found;
    const place = parts.range(at, at + whole.length);
    const name = bare ?? braced;
    parts.add(
      name === undefined ? { kind: 'escape', range: place, value: '$' } : { kind: 'variable', range: place, name },
    );
    at += whole.length;
  }
  return parts.all();
}

/** `$env:NAME`, `$NAME`, `${NAME…}`, `$(name)`, `%NAME%`, and how programs ask for it: `environ['NAME']`, `getenv("NAME")`. */
const plainMention =
  /\$env[:{](\w+)|\$\{env:(\w+)|\$(\w+)|\$\{[!#]?(\w+)|\$\(([\w.-]+)\)|%(\w+)%|env(?:iron)?(?:\.get)?(?:\[['"]|\(['"]|\.)(\w+)/gi;
/** `matrix.target.image`, `variables['x']`, in an expression or a condition. */
const chainMention = /\b(?:variables|parameters|matrix|inputs)/gi;
const chainRest = /(?:\.[\w-]+|\['[^']*'\])*/y;
/** What follows a context that an expression takes as a whole, or by a name that it computes. */
const afterWhole = /\s{0,20}[)}\],[.]/y;

/**
 * The names of variables that a text seems to mention, in lower case, as shells, programs, GitHub Actions, Azure Pipelines and GitLab
 * write them: `name`, or with what it belongs to (`matrix.target.image`), or only that (`matrix`) if an expression takes all of it.
 * A guess: rather one too many. Takes time linear in the length of `text`.
 */
export function* mentionedVariables(text: string): Generator<string> {
  for (const found of text.matchAll(plainMention)) {
    const names: readonly (string | undefined)[] = found.slice(1);
    for (const name of names) if (name !== undefined) yield name.toLowerCase();
  }
  const hasExpression = text.includes('${{') || text.includes('$[');
  for (const { 0: root, index } of text.matchAll(chainMention)) {
    chainRest.lastIndex = index + root.length;
    const chain = root + (chainRest.exec(text)?.[0] ?? '');
    const name = chain.replaceAll("['", '.').replaceAll("']", '').toLowerCase();
    if (!name.includes('.')) {
      afterWhole.lastIndex = index + chain.length;
      // `needs.x.outputs.matrix` is something else.
      if (!hasExpression || text[index - 1] === '.' || !afterWhole.test(text)) continue;
    }
    yield name;
  }
}

/** Parts in the making, with what is literal between them. */
class Parts {
  readonly #parts: VariablePart[] = [];
  readonly #start: number;
  readonly #end: number;
  #done: number;

  constructor({ start, end }: TextRange) {
    this.#start = start;
    this.#end = end;
    this.#done = start;
  }

  /** In the text, from offsets in what is taken apart. */
  range(start: number, end: number): TextRange {
    return { start: this.#start + start, end: this.#start + end };
  }

  add(part: VariablePart): void {
    this.#literalUntil(part.range.start);
    this.#parts.push(part);
    this.#done = part.range.end;
  }

  all(): readonly VariablePart[] {
    this.#literalUntil(this.#end);
    return this.#parts;
  }

  #literalUntil(end: number): void {
    if (this.#done < end) this.#parts.push({ kind: 'literal', range: { start: this.#done, end } });
    this.#done = end;
  }
}
