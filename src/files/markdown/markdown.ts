import { pulledOnly, ShellReferences } from '../shell/shell.ts';
import { collect } from '../text/collect.ts';
import type { FoundReference, NameSite, TextRange } from '../types.ts';
import { readCodeBlocks, type CodeBlock } from './codeBlocks.ts';
import { blockKind, commandsIn, isPlaceholder, stagesIn } from './markdownBlocks.ts';

/** Finds in the text of a code block as in a file of this name. */
export type FindInBlock = (path: string, text: string) => readonly FoundReference[];

/** Without any of these nothing can be found. */
const worthReading = /docker|podman|nerdctl|image|from|container/i;

/**
 * The images in the code blocks of a Markdown text: commands, Dockerfiles, manifests. What commands of any block build or push, no other
 * command pulls.
 */
export function findInMarkdown(text: string, findInBlock: FindInBlock): readonly FoundReference[] {
  if (!worthReading.test(text)) return [];
  const references: FoundReference[] = [];
  const stages = new Set<string>();
  const scripts: Script[] = [];
  let length = 0;
  for (const block of readCodeBlocks(text)) {
    const kind = worthReading.test(block.text) ? blockKind(block) : undefined;
    if (!kind) continue;
    if ('path' in kind) {
      addMoved(text, block, findInBlock(kind.path, block.text), references);
      for (const name of stagesIn(block)) stages.add(name);
    } else {
      const { isPowerShell, mayBeConsole } = kind;
      const commands = commandsIn(block, mayBeConsole, isPowerShell);
      scripts.push({ block: commands, start: length, isPowerShell });
      length += commands.text.length + 1;
    }
  }
  const shell = new ShellReferences(scripts.map(({ block }) => block.text).join('\n'), () => 'unset');
  for (const { block, start, isPowerShell } of scripts)
    shell.read([{ range: { start, end: start + block.text.length }, isPowerShell, indent: 0 }]);
  const commands = shell.found();
  for (const reference of commands.references) {
    const script = scripts[lastUpTo(scripts, reference.range.start)];
    if (script) addMoved(text, script.block, [reference], references, script.start);
  }
  const meant = references.filter((reference) => !isPlaceholder(reference, stages));
  return pulledOnly(meant, commands.made, commands.local);
}

/** A block of commands. All are read as one text, with a line break between two. */
interface Script {
  readonly block: CodeBlock;
  readonly start: number;
  readonly isPowerShell: boolean;
}

/** `start`: of the block in the text that was looked at. */
function addMoved(
  text: string,
  block: CodeBlock,
  found: readonly FoundReference[],
  to: FoundReference[],
  start = 0,
): void {
  for (const reference of found) {
    const moved = movedReference(text, block, start, reference);
    if (moved) to.push(moved);
  }
}

/** To where it is in the text; undefined if it is not written in one piece there. */
function movedReference(
  text: string,
  block: CodeBlock,
  start: number,
  reference: FoundReference,
): FoundReference | undefined {
  const move = (range: TextRange) => movedRange(block, range.start - start, range.end - start);
  const range = move(reference.range);
  if (!range) return undefined;
  const written = text.slice(range.start, range.end);
  if (written !== reference.written) return undefined;
  const uses = collect(reference.uses, move);
  return { ...reference, range, written, uses, name: movedName(reference.name, move) };
}

function movedName(name: NameSite, move: (range: TextRange) => TextRange | undefined): NameSite {
  if (name.kind === 'whole') {
    const range = move(name.range);
    if (range) return { kind: 'whole', range };
  } else if (name.kind === 'split') {
    const [registry, repository] = [move(name.registry), move(name.repository)];
    if (registry && repository) return { ...name, registry, repository };
  } else if (name.kind === 'fixed') return name;
  // An insertion brings lines of its own, which would need the quote's or the list's signs.
  return { kind: 'fixed', because: 'escaped' };
}

function movedRange({ lines }: CodeBlock, start: number, end: number): TextRange | undefined {
  const line = lines[lastUpTo(lines, start)];
  if (line?.at === undefined || end > line.end) return undefined;
  return { start: start - line.start + line.at, end: end - line.start + line.at };
}

/** The index of the last of what follows each other that begins at a place or before it. */
function lastUpTo(all: readonly { readonly start: number }[], place: number): number {
  let low = 0;
  let high = all.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((all[middle]?.start ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
