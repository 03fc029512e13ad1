import type { TextRange } from '../types.ts';

/** A part of a word as shells and Dockerfiles write it. Parts follow each other without gap. */
export type WordPart =
  /** Written as it is. */
  | { readonly kind: 'literal'; readonly range: TextRange }
  /** A quote, an escape, a continued line: it stands for `value`. */
  | { readonly kind: 'sign'; readonly range: TextRange; readonly value: string }
  /** A command's output, an argument, a transformation: nobody knows. */
  | { readonly kind: 'unknown'; readonly range: TextRange }
  | {
      readonly kind: 'variable';
      readonly range: TextRange;
      readonly name: string;
      /** `-`: if there is no value; `+`: if there is one. */
      readonly operator?: '-' | '+';
      /** With a colon: an empty value counts as none. */
      readonly strict: boolean;
      readonly otherwise?: Word;
    };

/** What stands between blanks. */
export interface Word {
  /** Without quotes around all of it. */
  readonly range: TextRange;
  readonly parts: readonly WordPart[];
  /** Quotes stand inside, so not every part can be replaced by itself. */
  readonly isMixed: boolean;
}

export interface WordSyntax {
  /** The escape character: `\`, or a backtick in Dockerfiles for Windows and in PowerShell. */
  readonly escape: string;
  /** `$(…)` and, where it does not escape, a backtick run a command. */
  readonly hasCommands: boolean;
}

/** Longer than any image: such a word is not taken apart. */
const maxWordLength = 4096;
const maxExpressionLength = 1000;
const maxDepth = 16;
/** Nothing in it stands for anything else: nearly all words. */
const plainWord = /^[^$`'"\\]+$/;
const nameStart = /[A-Za-z_]/;
const namePart = /\w/;

/** Takes one word apart. Time is linear in its length. */
export function readWord(text: string, range: TextRange, syntax: WordSyntax): Word {
  if (range.end - range.start > maxWordLength) return { range, parts: [{ kind: 'unknown', range }], isMixed: false };
  if (plainWord.test(text.slice(range.start, range.end)))
    return { range, parts: [{ kind: 'literal', range }], isMixed: false };
  return new WordReader(text, range, syntax).word();
}

class WordReader {
  readonly #text: string;
  readonly #end: number;
  readonly #syntax: WordSyntax;
  #at: number;

  constructor(text: string, { start, end }: TextRange, syntax: WordSyntax) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
    this.#syntax = syntax;
  }

  word(): Word {
    return this.#read(0, false);
  }

  get #char(): string {
    return this.#at < this.#end ? (this.#text[this.#at] ?? '') : '';
  }

  /** Up to the end, or inside braces up to the one that closes. */
  #read(depth: number, isInDouble: boolean): Word {
    const start = this.#at;
    const parts: WordPart[] = [];
    const quotes: number[] = [];
    let literalStart = start;
    let quote = '';
    const add = (part: WordPart): void => {
      if (literalStart < part.range.start)
        parts.push({ kind: 'literal', range: { start: literalStart, end: part.range.start } });
      parts.push(part);
      literalStart = this.#at = part.range.end;
    };
    const sign = (length: number, value: string): void => {
      add({ kind: 'sign', range: { start: this.#at, end: Math.min(this.#at + length, this.#end) }, value });
    };
    while (this.#at < this.#end) {
      const char = this.#char;
      if (quote === '' && depth > 0 && char === '}') break;
      if (char === quote || (quote === '' && (char === '"' || (char === "'" && !isInDouble)))) {
        quotes.push(parts.length + (literalStart < this.#at ? 1 : 0));
        quote = quote === '' ? char : '';
        sign(1, '');
      } else if (quote === "'") this.#at++;
      else if (char === this.#syntax.escape) this.#escape(sign, quote === '"' || isInDouble);
      else if (char === '`' && this.#syntax.hasCommands) {
        const close = this.#text.indexOf('`', this.#at + 1);
        add({
          kind: 'unknown',
          range: { start: this.#at, end: close < 0 || close >= this.#end ? this.#end : close + 1 },
        });
      } else if (char === '$') {
        const part = this.#dollar(depth, quote === '"' || isInDouble);
        if (part) {
          this.#at = part.range.start;
          add(part);
        } else this.#at++;
      } else this.#at++;
    }
    if (literalStart < this.#at) parts.push({ kind: 'literal', range: { start: literalStart, end: this.#at } });
    const isQuoted = quotes.length === 2 && quotes[0] === 0 && quotes[1] === parts.length - 1;
    return isQuoted
      ? { range: { start: start + 1, end: this.#at - 1 }, parts: parts.slice(1, -1), isMixed: false }
      : { range: { start, end: this.#at }, parts, isMixed: quotes.length > 0 };
  }

  #escape(sign: (length: number, value: string) => void, isQuoted: boolean): void {
    const continued = continuationLength(this.#text, this.#at, this.#end);
    const next = this.#at + 1 < this.#end ? (this.#text[this.#at + 1] ?? '') : '';
    if (continued > 0) sign(continued, '');
    else if (
      next !== '' &&
      (!isQuoted || next === '$' || next === '"' || next === '`' || next === this.#syntax.escape)
    ) {
      sign(2, next);
    } else this.#at++;
  }

  /** At a `$`; undefined if it is only a dollar sign. Leaves the place undefined: the part's range tells. */
  #dollar(depth: number, isQuoted: boolean): WordPart | undefined {
    const start = this.#at;
    const next = start + 1 < this.#end ? (this.#text[start + 1] ?? '') : '';
    const expressionEnd = endOfExpression(this.#text, start, this.#end);
    if (expressionEnd !== undefined) return { kind: 'unknown', range: { start, end: expressionEnd } };
    if (next === '{') return this.#braced(start, depth, isQuoted);
    if (next === '(') {
      if (!this.#syntax.hasCommands) return undefined;
      return { kind: 'unknown', range: { start, end: closingParenthesis(this.#text, start + 1, this.#end) } };
    }
    if (nameStart.test(next)) {
      this.#at = start + 1;
      const name = this.#name();
      return { kind: 'variable', range: { start, end: this.#at }, name, strict: false };
    }
    return /[\d@*#?$!-]/.test(next) ? { kind: 'unknown', range: { start, end: start + 2 } } : undefined;
  }

  #braced(start: number, depth: number, isQuoted: boolean): WordPart {
    this.#at = start + 2;
    const name = nameStart.test(this.#char) ? this.#name() : '';
    const strict = this.#char === ':';
    const operator = this.#text[this.#at + (strict ? 1 : 0)];
    const isKnown = name !== '' && depth < maxDepth;
    if (isKnown && this.#char === '}') {
      return { kind: 'variable', range: { start, end: this.#at + 1 }, name, strict: false };
    }
    // `?` fails if there is no value, `=` also sets it.
    if (isKnown && (operator === '-' || operator === '+' || operator === '?' || operator === '=')) {
      this.#at += strict ? 2 : 1;
      const otherwise = this.#read(depth + 1, isQuoted);
      if (this.#char === '}') {
        const range = { start, end: this.#at + 1 };
        if (operator === '?') return { kind: 'variable', range, name, strict };
        return { kind: 'variable', range, name, operator: operator === '+' ? '+' : '-', strict, otherwise };
      }
      return { kind: 'unknown', range: { start, end: this.#end } };
    }
    const close = this.#text.indexOf('}', this.#at);
    return { kind: 'unknown', range: { start, end: close < 0 || close >= this.#end ? this.#end : close + 1 } };
  }

  #name(): string {
    const start = this.#at;
    while (this.#at < this.#end && namePart.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text.slice(start, this.#at);
  }
}

/** How long an escape with the line break after it is; 0 if none follows. */
export function continuationLength(text: string, at: number, end: number): number {
  let next = at + 1;
  while (next < end && (text[next] === ' ' || text[next] === '\t' || text[next] === '\r')) next++;
  return next < end && text[next] === '\n' ? next + 1 - at : 0;
}

/**
 * Behind an expression that a pipeline fills in before any shell reads the script: `${{ … }}` of GitHub Actions and Azure Pipelines,
 * `$[[ … ]]` of GitLab. Undefined if none begins at `at`; shells have nothing that does.
 */
export function endOfExpression(text: string, at: number, end: number): number | undefined {
  const sign = text.startsWith('${{', at) ? '}}' : text.startsWith('$[[', at) ? ']]' : undefined;
  if (sign === undefined) return undefined;
  const written = text.slice(at, Math.min(end, at + maxExpressionLength));
  const close = written.indexOf(sign);
  const lineFeed = written.indexOf('\n');
  return close < 0 || (lineFeed >= 0 && lineFeed < close) ? undefined : at + close + sign.length;
}

/** Behind the parenthesis that closes the one at `open`; the end if none does. Quoted ones do not count. */
function closingParenthesis(text: string, open: number, end: number): number {
  let depth = 0;
  let quote = '';
  for (let at = open; at < end; at++) {
    const char = text[at] ?? '';
    if (char === '\\' && quote !== "'") at++;
    else if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return end;
}
