import type { TextRange } from '../types.ts';
import { continuationLength } from '../shell/shellWord.ts';

/** One instruction of a Dockerfile with all its continued lines, without the bodies of its here-documents. */
export interface InstructionText {
  /** In upper case. For ONBUILD: `ONBUILD`. */
  readonly keyword: string;
  readonly range: TextRange;
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
export function* instructionTexts(text: string, start: number, escape: string): Generator<InstructionText, void> {
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
    const keyword = keywordAt(text, begin);
    yield { keyword, range: { start: begin, end } };
    at = withHereDocuments.has(keyword) ? skipHereDocuments(text, { start: begin, end }, escape) : end;
  }
}

/** The longest keyword has eleven letters. */
function keywordAt(text: string, begin: number): string {
  let end = begin;
  while (end < begin + 12 && isLetter(text.charCodeAt(end))) end++;
  return text.slice(begin, end).toUpperCase();
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
  for (const word of quotedWords(text, range, escape)) {
    const match = /^\d*<<(-?)([^<]+)$/.exec(word);
    const name = match?.[2]?.replace(/["']/g, '');
    if (name) found.push({ name, isTabbed: match?.[1] === '-' });
  }
  return found;
}

/** Words with their quotes, of which blanks do not end them. */
function* quotedWords(text: string, { start, end }: TextRange, escape: string): Generator<string, void> {
  let word = '';
  let quote = '';
  for (let at = start; at < end; at++) {
    const char = text[at] ?? '';
    if (char === escape && quote !== "'") {
      const continued = continuationLength(text, at, end);
      if (continued === 0) word += text.slice(at, at + 2);
      at += (continued || 2) - 1;
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== '') yield word;
      word = '';
    } else {
      if (char === quote) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  if (word !== '') yield word;
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
