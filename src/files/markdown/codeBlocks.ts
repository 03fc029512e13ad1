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

const markdown = createParser();

function createParser() {
  const parser = new MarkdownIt({ html: true });
  // Only where code blocks are. Definitions of links and tables do not matter for that.
  parser.core.ruler.enableOnly(['normalize', 'block']);
  parser.block.ruler.disable(['reference', 'table']);
  return parser;
}

/** The code blocks of a Markdown text. */
export function readCodeBlocks(text: string): CodeBlock[] {
  const lines = linesOf(text);
  return markdown.parse(text, {}).flatMap(({ type, info, content, map }): CodeBlock | readonly [] => {
    if ((type !== 'fence' && type !== 'code_block') || !map) return [];
    const isFence = type === 'fence';
    const codeLines = linesOfCode(text, lines, content, isFence ? map[0] + 1 : map[0]);
    return { info: isFence ? info : '', text: content, lines: codeLines };
  });
}

/** As markdown-it counts them. */
function linesOf(text: string): readonly TextRange[] {
  const lines: TextRange[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== lineFeed && code !== carriageReturn) continue;
    lines.push({ start, end: at });
    if (code === carriageReturn && text.charCodeAt(at + 1) === lineFeed) at++;
    start = at + 1;
  }
  lines.push({ start, end: text.length });
  return lines;
}

const lineFeed = 10;
const carriageReturn = 13;

function linesOfCode(text: string, lines: readonly TextRange[], content: string, first: number): readonly CodeLine[] {
  const found: CodeLine[] = [];
  let start = 0;
  for (const [index, written] of content.split('\n').entries()) {
    const source = lines[first + index];
    // A tab may be in part indentation of a list: blanks that are written otherwise stand at most before the line's text.
    const trimmed = written.trimStart();
    const at = source === undefined ? -1 : source.end - trimmed.length;
    const isSame = source !== undefined && at >= source.start && text.startsWith(trimmed, at);
    found.push({ start, end: start + written.length, at: isSame ? source.end - written.length : undefined });
    start += written.length + 1;
  }
  return found;
}
