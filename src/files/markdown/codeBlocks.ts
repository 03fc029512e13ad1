import MarkdownIt from 'markdown-it';

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
  const lines = lineStarts(text);
  const blocks: CodeBlock[] = [];
  for (const { type, info, content, map } of markdown.parse(text, {})) {
    if ((type !== 'fence' && type !== 'code_block') || !map) continue;
    const isFence = type === 'fence';
    blocks.push({
      info: isFence ? info : '',
      text: content,
      lines: linesOfCode(text, lines, content, isFence ? map[0] + 1 : map[0]),
    });
  }
  return blocks;
}

/** As markdown-it counts them; behind the last one stands where one more would begin. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  const lineBreak = /\r\n?|\n/g;
  while (lineBreak.test(text)) starts.push(lineBreak.lastIndex);
  starts.push(text.length + 1);
  return starts;
}

function linesOfCode(text: string, starts: readonly number[], content: string, first: number): readonly CodeLine[] {
  const found: CodeLine[] = [];
  const from = starts[first] ?? 0;
  const isAsWritten = text.startsWith(content, from);
  for (let start = 0, line = first; start <= content.length; line++) {
    const lineFeed = content.indexOf('\n', start);
    const end = lineFeed < 0 ? content.length : lineFeed;
    const at = isAsWritten ? from + start : placeOf(text, starts, line, content.slice(start, end));
    found.push({ start, end, at });
    start = end + 1;
  }
  return found;
}

/** A tab may be in part indentation of a list: blanks that are written otherwise stand at most before the line's text. */
function placeOf(text: string, starts: readonly number[], line: number, written: string): number | undefined {
  const [start, next] = [starts[line], starts[line + 1]];
  if (start === undefined || next === undefined) return undefined;
  const end = text[next - 2] === '\r' && text[next - 1] === '\n' ? next - 2 : next - 1;
  const trimmed = written.trimStart();
  const at = end - trimmed.length;
  return at >= start && text.startsWith(trimmed, at) ? end - written.length : undefined;
}
