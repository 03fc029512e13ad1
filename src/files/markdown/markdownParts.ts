import MarkdownIt from 'markdown-it';
import type { TextRange } from '../types.ts';

/** A code block, fenced or indented. */
export interface CodeBlock {
  /** What stands behind the fence's opening sign. */
  readonly info: string;
  /** Without the indentation and the signs of lists and quotes. */
  readonly text: string;
  readonly lines: readonly CodeLine[];
}

export interface CodeLine {
  /** In the block's text, without the line break. */
  readonly start: number;
  readonly end: number;
  /** Where it begins in the Markdown text; undefined: it is not written so there. */
  readonly at: number | undefined;
}

/** The code blocks of a part of a Markdown text. */
export interface MarkdownPart {
  readonly blocks: readonly CodeBlock[];
  /** Fenced code or HTML at the top level reaches to its end: what follows may belong to it. */
  readonly isOpen: boolean;
}

const markdown = createParser();

function createParser() {
  const parser = new MarkdownIt({ html: true });
  // Only where code blocks are. Definitions of links and tables do not matter for that.
  parser.core.ruler.enableOnly(['normalize', 'block']);
  parser.block.ruler.disable(['reference', 'table']);
  return parser;
}

/** Reads a text, or a part of one that ends where `nextBegin` says. */
export function readMarkdown(text: string): MarkdownPart {
  const lines = linesOf(text);
  const tokens = markdown.parse(text, {});
  const blocks: CodeBlock[] = [];
  for (const { type, info, content, map } of tokens) {
    if ((type !== 'fence' && type !== 'code_block') || !map) continue;
    const isFence = type === 'fence';
    const codeLines = linesOfCode(text, lines, content, isFence ? map[0] + 1 : map[0]);
    blocks.push({ info: isFence ? info : '', text: content, lines: codeLines });
  }
  const last = tokens.at(-1);
  const isOpenKind = last?.type === 'fence' || last?.type === 'html_block';
  return { blocks, isOpen: isOpenKind && last.level === 0 && (last.map?.[1] ?? 0) >= lines.length - 1 };
}

/**
 * Where the next line begins that stands in no list, quote or paragraph, whatever is before it, from `from` on: one behind a blank line,
 * if it is not indented, and a heading. The end if there is none. A text can be read in parts that end there, unless the part `isOpen`.
 */
export function nextBegin(text: string, from: number): number {
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
    const next = text[at + 1];
    if (next === undefined || isBlank(next)) continue;
    const isHeading = next === '#' && /^#{1,6}[ \t]/.test(text.slice(at + 1, at + 8));
    if (isHeading || isBehindBlank(text, at)) return at + 1;
  }
  return text.length;
}

/** Whether the line that ends here is blank. */
function isBehindBlank(text: string, lineEnd: number): boolean {
  let before = lineEnd - 1;
  while (before >= 0 && text[before] !== '\n' && isBlank(text[before])) before--;
  return before < 0 || text[before] === '\n';
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n';
}

/** As markdown-it counts them. */
function linesOf(text: string): readonly TextRange[] {
  const lines: TextRange[] = [];
  let start = 0;
  for (const { index, 0: lineBreak } of text.matchAll(/\r\n|[\r\n]/g)) {
    lines.push({ start, end: index });
    start = index + lineBreak.length;
  }
  lines.push({ start, end: text.length });
  return lines;
}

function linesOfCode(text: string, lines: readonly TextRange[], content: string, first: number): readonly CodeLine[] {
  const found: CodeLine[] = [];
  let start = 0;
  for (const [index, written] of content.split('\n').entries()) {
    const source = lines[first + index];
    // A tab may be in part indentation of a list: blanks that are written otherwise stand at most before the line's text.
    const isSame = source !== undefined && text.slice(source.start, source.end).endsWith(written.trimStart());
    found.push({ start, end: start + written.length, at: isSame ? source.end - written.length : undefined });
    start += written.length + 1;
  }
  return found;
}
