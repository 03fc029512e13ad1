import MarkdownIt from 'markdown-it';
import type { Sliced } from '../slices.ts';
import type { FoundReference, NameSite, TextRange } from '../types.ts';
import { findInShell } from './shell.ts';

/** Finds in the text of a code block as in a file of this name. */
export type FindInBlock = (path: string, text: string) => Sliced<readonly FoundReference[]>;

/** Names of files that are what a language's code blocks hold. */
const pathsByLanguage = new Map<string, string>([
  ...['dockerfile', 'docker', 'containerfile'].map((name) => [name, 'Dockerfile'] as const),
  ...['yaml', 'yml'].map((name) => [name, 'block.yaml'] as const),
  ...['json', 'jsonc'].map((name) => [name, 'block.json'] as const),
  ...['bicep'].map((name) => [name, 'block.bicep'] as const),
  ...['hcl', 'terraform', 'tf'].map((name) => [name, 'block.tf'] as const),
]);
const shells = new Set([
  '',
  'sh',
  'bash',
  'zsh',
  'ksh',
  'fish',
  'shell',
  'none',
  'text',
  'txt',
  'plaintext',
  'plain',
  'cmd',
  'bat',
  'batch',
  'dos',
]);
const consoles = new Set(['console', 'shellsession', 'shell-session', 'terminal', 'sh-session']);
const powerShells = new Set(['powershell', 'pwsh', 'posh', 'ps1', 'ps']);

/** Without any of these nothing can be found. */
const worthReading = /docker|podman|nerdctl|image|from/i;

const markdown = createParser();

function createParser() {
  const parser = new MarkdownIt({ html: true });
  // Only where code blocks are. Definitions of links and tables do not matter for that.
  parser.core.ruler.enableOnly(['normalize', 'block']);
  parser.block.ruler.disable(['reference', 'table']);
  return parser;
}

/** The images in the code blocks of a Markdown text: commands, Dockerfiles, manifests. */
export function* findInMarkdown(text: string, findInBlock: FindInBlock): Sliced<FoundReference[]> {
  if (!worthReading.test(text)) return [];
  const lines = linesOf(text);
  const found: FoundReference[] = [];
  for (const { type, info, content, map } of markdown.parse(text, {})) {
    if ((type !== 'fence' && type !== 'code_block') || !map || !worthReading.test(content)) continue;
    yield;
    const block = blockOf(text, lines, content, type === 'fence' ? map[0] + 1 : map[0]);
    for (const reference of yield* findByLanguage(languageOf(info), block, findInBlock)) {
      const moved = movedReference(text, block, reference);
      if (moved) found.push(moved);
    }
  }
  return found;
}

function* findByLanguage(language: string, block: Block, find: FindInBlock): Sliced<readonly FoundReference[]> {
  const path = pathsByLanguage.get(language);
  if (path !== undefined) return yield* find(path, block.text);
  const isPowerShell = powerShells.has(language);
  if (!isPowerShell && !shells.has(language) && !consoles.has(language)) return [];
  const isConsole = consoles.has(language) || /^\s*(?:\$|PS [^>\n]*>) /.test(block.text);
  if (isConsole) keepCommands(block, isPowerShell ? '`' : '\\');
  return yield* findInShell(block.text, { isPowerShell });
}

/** `bash {linenos}`, `{.bash}`, `bash,ignore`. */
function languageOf(info: string): string {
  return /^[\s{.]*([\w-]*)/.exec(info.slice(0, 64))?.[1]?.toLowerCase() ?? '';
}

/** Lines of the text as markdown-it counts them. */
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

interface BlockLine {
  /** In the block. */
  readonly start: number;
  readonly end: number;
  /** Where it begins in the file; undefined: it is not written so there. */
  readonly at: number | undefined;
}

/** The text of a code block, without the indentation and the signs of lists and quotes. */
interface Block {
  text: string;
  lines: readonly BlockLine[];
}

function blockOf(text: string, lines: readonly TextRange[], content: string, firstLine: number): Block {
  const blockLines: BlockLine[] = [];
  let start = 0;
  for (const [index, written] of content.split('\n').entries()) {
    const source = lines[firstLine + index];
    // A tab may be in part indentation of a list: blanks that are written otherwise stand at most before the line's text.
    const isSame = source !== undefined && text.slice(source.start, source.end).endsWith(written.trimStart());
    blockLines.push({ start, end: start + written.length, at: isSame ? source.end - written.length : undefined });
    start += written.length + 1;
  }
  return { text: content, lines: blockLines };
}

/** Leaves commands without their prompt; what they print is emptied. */
function keepCommands(block: Block, escape: string): void {
  const kept: BlockLine[] = [];
  const texts: string[] = [];
  let start = 0;
  let isContinued = false;
  for (const line of block.lines) {
    const written = block.text.slice(line.start, line.end);
    const prompt: string | undefined = (isContinued ? /^\s*(?:>+ )?/ : /^\s*(?:\$|#|>|%|PS [^>]*>) /).exec(
      written,
    )?.[0];
    const command: string = prompt === undefined ? '' : written.slice(prompt.length);
    isContinued = command.trimEnd().endsWith(escape);
    const at = line.at === undefined || prompt === undefined ? undefined : line.at + prompt.length;
    kept.push({ start, end: start + command.length, at });
    texts.push(command);
    start += command.length + 1;
  }
  block.text = texts.join('\n');
  block.lines = kept;
}

/** Undefined if it is not written in one piece in the file. */
function movedReference(text: string, block: Block, reference: FoundReference): FoundReference | undefined {
  const move = (range: TextRange) => movedRange(block, range);
  const range = move(reference.range);
  if (!range) return undefined;
  const written = text.slice(range.start, range.end);
  if (written !== reference.written) return undefined;
  const uses = reference.uses.map(move).filter((use) => use !== undefined);
  return { ...reference, range, written, uses, name: movedName(reference.name, move) };
}

function movedName(name: NameSite, move: (range: TextRange) => TextRange | undefined): NameSite {
  if (name.kind === 'whole') {
    const range = move(name.range);
    if (range) return { kind: 'whole', range };
  } else if (name.kind === 'split') {
    const [registry, repository] = [move(name.registry), move(name.repository)];
    if (registry && repository) return { kind: 'split', registry, repository };
  } else if (name.kind === 'fixed') return name;
  // An insertion brings lines of its own, which would need the quote's or the list's signs.
  return { kind: 'fixed', because: 'escaped' };
}

function movedRange({ lines }: Block, { start, end }: TextRange): TextRange | undefined {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle]?.start ?? 0) <= start) low = middle;
    else high = middle - 1;
  }
  const line = lines[low];
  if (line?.at === undefined || end > line.end) return undefined;
  return { start: start - line.start + line.at, end: end - line.start + line.at };
}
