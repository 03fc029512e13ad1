import type { TextRange } from '../types.ts';
import { continuationLength } from '../shell/shellWord.ts';

/** One instruction of a Dockerfile with all its continued lines, without the bodies of its here-documents. */
export interface Instruction {
  /** In upper case. For ONBUILD: `ONBUILD`. */
  readonly keyword: string;
  readonly range: TextRange;
}

/** What `# name=value` lines at the beginning say. */
export interface Directives {
  /** In lower case. */
  readonly values: ReadonlyMap<string, TextRange>;
  readonly escape: string;
  /** Where the first line that is none begins. */
  readonly end: number;
}

const directive = /#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*([^ \t\r\n]*)/y;
const knownDirectives = new Set(['syntax', 'escape', 'check']);

/**
 * Directives stand before everything else, without a blank before `#`; the first line that is none ends them, also one with a name
 * that Docker does not know (docs.docker.com/reference/dockerfile, "Parser directives").
 */
export function readDirectives(text: string): Directives {
  const values = new Map<string, TextRange>();
  let escape = '\\';
  let end = 0;
  for (;;) {
    directive.lastIndex = end;
    const [written, name = '', value = ''] = directive.exec(text) ?? [];
    const key = name.toLowerCase();
    if (written === undefined || value === '' || !knownDirectives.has(key) || values.has(key)) break;
    const valueEnd = end + written.length;
    values.set(key, { start: valueEnd - value.length, end: valueEnd });
    if (key === 'escape' && value === '`') escape = value;
    end = nextLine(text, valueEnd);
  }
  return { values, escape, end };
}

/** How far into an instruction here-documents are looked for, in UTF-16 units: nobody begins one so late. */
const maxInstructionLength = 100_000;

/** Those that may have here-documents. */
const withHereDocuments = new Set(['RUN', 'COPY', 'ADD', 'ONBUILD']);

/**
 * Where instructions really begin and end, as BuildKit reads lines (github.com/moby/buildkit, frontend/dockerfile/parser): an escape
 * character at the end of a line continues it, unless another escapes it; comments and empty lines inside do not end it; bodies of
 * here-documents are no instructions. `start`: behind the directives. Linear.
 */
export function* readInstructions(text: string, start: number, escape: string): Generator<Instruction, void> {
  let at = start;
  while (at < text.length) {
    const begin = skipBlanks(text, at);
    const char = text[begin];
    if (char === undefined) return;
    if (char === '\n' || char === '\r' || char === '#') {
      at = char === '#' ? nextLine(text, begin) : begin + 1;
      continue;
    }
    const end = endOfInstruction(text, begin, escape);
    const keyword = keywordAt(text, begin, escape);
    yield { keyword, range: { start: begin, end } };
    at = withHereDocuments.has(keyword) ? skipHereDocuments(text, { start: begin, end }, escape) : end;
  }
}

/** In upper case; '' if what stands there is more than letters. The longest has eleven. */
function keywordAt(text: string, begin: number, escape: string): string {
  let end = begin;
  while (end < begin + 12 && isLetter(text.charCodeAt(end))) end++;
  const next = text[end];
  const isWord = next === undefined || next === escape || /\s/.test(next);
  return isWord ? text.slice(begin, end).toUpperCase() : '';
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

/** Before the line break that ends it. */
function endOfInstruction(text: string, begin: number, escape: string): number {
  let line = begin;
  let isContinued = false;
  for (;;) {
    const next = nextLine(text, line);
    const content = skipBlanks(text, line);
    const isSkipped =
      isContinued && (content >= next || text[content] === '\n' || text[content] === '\r' || text[content] === '#');
    const isLast = next === text.length && text[next - 1] !== '\n';
    const end = isLast ? next : next - 1;
    if (!isSkipped && !endsWithEscape(text, line, end, escape)) return end;
    if (next >= text.length) return text.length;
    line = next;
    isContinued = true;
  }
}

/** `\\` at the end of a line is an escaped backslash. */
function endsWithEscape(text: string, start: number, end: number, escape: string): boolean {
  let last = end - 1;
  while (last >= start && (text[last] === ' ' || text[last] === '\t' || text[last] === '\r')) last--;
  return last >= start && text[last] === escape && !(last > start && text[last - 1] === escape);
}

/** Behind the bodies of the here-documents that an instruction begins; its own end if it begins none. */
function skipHereDocuments(text: string, range: TextRange, escape: string): number {
  const end = Math.min(range.end, range.start + maxInstructionLength);
  if (!text.slice(range.start, end).includes('<<')) return range.end;
  const documents = hereDocuments(text, { start: range.start, end }, escape);
  if (documents.length === 0) return range.end;
  let line = nextLine(text, range.end);
  for (const { name, isTabbed } of documents) {
    for (let isInside = true; isInside && line < text.length;) {
      const next = nextLine(text, line);
      const content = text.slice(line, next).replace(/\r?\n$/, '');
      isInside = (isTabbed ? content.replace(/^\t+/, '') : content) !== name;
      line = next;
    }
  }
  return line;
}

function hereDocuments(text: string, range: TextRange, escape: string) {
  const found: { readonly name: string; readonly isTabbed: boolean }[] = [];
  for (const { start, end } of wordsIn(text, range, escape, true)) {
    const match = /^\d*<<(-?)([^<]+)$/.exec(text.slice(start, end));
    const name = match?.[2]?.replace(/["']/g, '');
    if (name) found.push({ name, isTabbed: match?.[1] === '-' });
  }
  return found;
}

/** What stands between blanks, from the keyword on. `hasQuotes`: blanks in quotes do not count. */
export function wordsIn(text: string, { start, end }: TextRange, escape: string, hasQuotes: boolean): TextRange[] {
  const words: TextRange[] = [];
  let begin = -1;
  let last = start;
  let quote = '';
  const endWord = (): void => {
    if (begin >= 0) words.push({ start: begin, end: last });
    begin = -1;
  };
  for (let at = start; at < end;) {
    const char = text[at] ?? '';
    const continued = char === escape && quote !== "'" ? continuationLength(text, at, end) : 0;
    if (continued > 0) {
      at = skipComments(text, at + continued, end);
      continue;
    }
    if (quote === '' && (char === ' ' || char === '\t' || char === '\r' || char === '\n')) {
      endWord();
      at++;
      continue;
    }
    if (begin < 0) begin = at;
    if (char === quote) quote = '';
    else if (hasQuotes && quote === '' && (char === '"' || char === "'")) quote = char;
    at = Math.min(at + (char === escape && quote !== "'" ? 2 : 1), end);
    last = at;
  }
  endWord();
  return words;
}

/** Behind lines that are empty or comments, which do not end a continued instruction. */
function skipComments(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const content = skipBlanks(text, at);
    if (text[content] !== '#' && text[content] !== '\n' && !text.startsWith('\r\n', content)) break;
    at = nextLine(text, content);
  }
  return Math.min(at, end);
}

function skipBlanks(text: string, at: number): number {
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** Behind the line break. */
function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
