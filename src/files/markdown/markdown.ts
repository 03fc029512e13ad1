import { createShellReferences, pulledOnly } from '../shell/shell.ts';
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
  const scripts: { readonly block: CodeBlock; readonly isPowerShell: boolean }[] = [];
  for (const block of readCodeBlocks(text)) {
    const kind = worthReading.test(block.text) ? blockKind(block) : undefined;
    if (!kind) continue;
    if ('path' in kind) {
      addMoved(text, block, findInBlock(kind.path, block.text), references);
      for (const name of stagesIn(block)) stages.add(name);
    } else {
      const { isPowerShell, mayBeConsole } = kind;
      scripts.push({ block: commandsIn(block, mayBeConsole, isPowerShell), isPowerShell });
    }
  }
  const all = joined(scripts.map(({ block }) => block));
  const shell = createShellReferences(all.text, () => 'unset');
  let start = 0;
  for (const { block, isPowerShell } of scripts) {
    const end = start + block.text.length;
    shell.read({ range: { start, end }, isPowerShell });
    start = end + 1;
  }
  const commands = shell.found();
  addMoved(text, all, commands.references, references);
  const meant = references.filter((reference) => !isPlaceholder(reference, stages));
  return pulledOnly(meant, commands.made, commands.local);
}

/** One after the other, with a line break between two. */
function joined(blocks: readonly CodeBlock[]): CodeBlock {
  let offset = 0;
  const lines = blocks.flatMap((block) => {
    const moved = block.lines.map(({ start, end, at }) => ({ start: start + offset, end: end + offset, at }));
    offset += block.text.length + 1;
    return moved;
  });
  return { info: '', text: blocks.map(({ text }) => text).join('\n'), lines };
}

function addMoved(text: string, block: CodeBlock, found: readonly FoundReference[], to: FoundReference[]): void {
  for (const reference of found) {
    const moved = movedReference(text, block, reference);
    if (moved) to.push(moved);
  }
}

/** To where it is in the text; undefined if it is not written in one piece there. */
function movedReference(text: string, block: CodeBlock, reference: FoundReference): FoundReference | undefined {
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
    if (registry && repository) return { ...name, registry, repository };
  } else if (name.kind === 'fixed') return name;
  // An insertion brings lines of its own, which would need the quote's or the list's signs.
  return { kind: 'fixed', because: 'escaped' };
}

function movedRange({ lines }: CodeBlock, { start, end }: TextRange): TextRange | undefined {
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
