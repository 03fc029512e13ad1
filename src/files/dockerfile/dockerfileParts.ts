import { DockerfileParser, Instruction, Onbuild, PropertyInstruction, type Argument } from 'dockerfile-ast';
import type { TextRange } from '../types.ts';
import { createChunkCache } from '../text/chunkCache.ts';
import type { InstructionText } from './dockerfileLines.ts';

/** What one instruction consists of. */
export interface InstructionParts {
  /** In upper case; of ONBUILD the instruction that it triggers. */
  readonly keyword: string;
  /** Flags and arguments between blanks; of ARG its `NAME=value`, whose quotes may have blanks inside. */
  readonly words: readonly TextRange[];
}

/** What `# name=value` lines at the beginning say. */
export interface Directives {
  /** In lower case. */
  readonly values: ReadonlyMap<string, TextRange>;
  readonly escape: string;
  /** Where the first line that is none begins. */
  readonly end: number;
}

/**
 * The longest text of one instruction that is parsed, in UTF-16 units: what is looked for stands at its beginning, and the package
 * takes time with the square of some texts.
 */
const maxInstructionLength = 8192;
const maxDirectivesLength = 4096;

const parsed = createChunkCache<InstructionParts>(4_000_000);
const known = new Set(['syntax', 'escape', 'check']);

/** Taken apart by dockerfile-ast, each instruction by itself: after a keystroke only the one that it is in. */
export function instructionParts(text: string, { range }: InstructionText, escape: string): InstructionParts {
  const prefix = escape === '\\' ? '' : `# escape=${escape}\n`;
  const cut = text.slice(range.start, Math.min(range.end, range.start + maxInstructionLength));
  // To BuildKit a carriage return alone is no line break.
  const chunk = prefix + (cut.includes('\r') ? cut.replace(/\r(?!\n)/g, ' ') : cut);
  const parts = parsed.get(chunk, parse);
  const offset = range.start - prefix.length;
  const words = parts.words.map(({ start, end }) => ({ start: start + offset, end: end + offset }));
  // What the cut goes through is not known whole.
  const isCut = range.end - range.start > maxInstructionLength;
  return { keyword: parts.keyword, words: isCut ? words.filter(({ end }) => end < range.start + cut.length) : words };
}

function parse(chunk: string): InstructionParts {
  const outer = DockerfileParser.parse(chunk).getInstructions()[0];
  const instruction = outer instanceof Onbuild ? outer.getTriggerInstruction() : outer;
  if (!instruction) return { keyword: '', words: [] };
  // Instructions with flags leave them out of their own arguments.
  const words =
    instruction instanceof PropertyInstruction
      ? instruction.getPropertyArguments()
      : Instruction.prototype.getArguments.call(instruction);
  return { keyword: instruction.getKeyword(), words: words.map((word) => rangeOf(chunk, word)) };
}

/** The package tells lines and characters. */
function rangeOf(chunk: string, word: Argument): TextRange {
  const { start, end } = word.getRange();
  return { start: lineStart(chunk, start.line) + start.character, end: lineStart(chunk, end.line) + end.character };
}

function lineStart(chunk: string, line: number): number {
  let at = 0;
  for (let count = 0; count < line; count++) at = chunk.indexOf('\n', at) + 1;
  return at;
}

/**
 * Directives stand before everything else, without a blank before `#`; the first line that is none ends them, also one with a name
 * that Docker does not know (docs.docker.com/reference/dockerfile, "Parser directives").
 */
export function readDirectives(text: string): Directives {
  const head = directiveLines(text.slice(0, maxDirectivesLength));
  const values = new Map<string, TextRange>();
  let escape = '\\';
  let line = 0;
  for (const directive of DockerfileParser.parse(head).getDirectives()) {
    const name = directive.getName().toLowerCase();
    const { start, end } = directive.getValueRange();
    if (directive.getRange().start.character > 0 || start.line !== line || !known.has(name) || values.has(name)) break;
    line++;
    const at = lineStart(head, start.line);
    values.set(name, { start: at + start.character, end: at + end.character });
    if (name === 'escape' && directive.getValue() === '`') escape = '`';
  }
  return { values, escape, end: lineStart(head, line) };
}

/** The comment lines at the beginning. */
function directiveLines(text: string): string {
  let end = 0;
  while (text[end] === '#') {
    const next = text.indexOf('\n', end);
    if (next < 0) return text;
    end = next + 1;
  }
  return text.slice(0, end).replace(/\r(?!\n)/g, ' ');
}
