import { createChunkCache, detached } from '../text/chunkCache.ts';
import { nextBegin, readMarkdown, type CodeBlock } from './markdownParts.ts';
import type { FoundReference, NameSite, TextRange } from '../types.ts';
import { blockKind, commandsIn, isPlaceholder, stagesIn } from './markdownBlocks.ts';
import { pulledOnly, readShell, type ShellFindings } from '../shell/shell.ts';

/** Finds in the text of a code block as in a file of this name. */
export type FindInBlock = (path: string, text: string) => readonly FoundReference[];

/** Without any of these nothing can be found. */
const worthReading = /docker|podman|nerdctl|image|from|container/i;

/** Parts are at least so long, in UTF-16 units. */
const minimumLength = 10_000;

/** A list, a quote or the like that is longer ends what is looked at: it would be read in one go. */
const maximumLength = 200_000;

interface BlockFindings extends ShellFindings {
  /** Names of stages of Dockerfiles. */
  readonly stages: ReadonlySet<string>;
}

interface PartFindings {
  readonly isOpen: boolean;
  /** With places relative to the part; undefined: not looked for, as more had to be read. */
  readonly named?: BlockFindings;
}

const known = createChunkCache<PartFindings>(2_000_000);

/**
 * The images in the code blocks of a Markdown text: commands, Dockerfiles, manifests. It is read in parts, so that a large one does
 * not block, and a keystroke only costs the part that it is in. What commands of any block build or push, no other command pulls.
 */
export function findInMarkdown(text: string, findInBlock: FindInBlock): readonly FoundReference[] {
  if (!worthReading.test(text)) return [];
  const found: FoundReference[] = [];
  const made = new Set<string>();
  const local = new Set<string>();
  const stages = new Set<string>();
  for (let start = 0, length = minimumLength; start < text.length;) {
    const end = nextBegin(text, start + length);
    if (end - start > maximumLength) break;
    const isLast = end === text.length;
    const { isOpen, named } = findInPart(text.slice(start, end), isLast, findInBlock);
    if (isOpen && !isLast) {
      length = 2 * (end - start);
      continue;
    }
    const offset = start;
    const move = (range: TextRange) => ({ start: range.start + offset, end: range.end + offset });
    for (const name of named?.made ?? []) made.add(name);
    for (const name of named?.local ?? []) local.add(name);
    for (const name of named?.stages ?? []) stages.add(name);
    for (const reference of named?.references ?? []) {
      const { range, uses, name } = reference;
      found.push({ ...reference, range: move(range), uses: uses.map(move), name: movedName(name, move) });
    }
    [start, length] = [end, minimumLength];
  }
  const meant = found.filter((reference) => !isPlaceholder(reference, stages));
  return pulledOnly(meant, made, local);
}

function findInPart(text: string, isLast: boolean, findInBlock: FindInBlock): PartFindings {
  const before = known.find(text);
  if (before && (before.named || (before.isOpen && !isLast))) return before;
  const part = detached(text);
  const { isOpen, blocks } = readMarkdown(part);
  const findings = isOpen && !isLast ? { isOpen } : { isOpen, named: findInBlocks(part, blocks, findInBlock) };
  known.keep(part, findings);
  return findings;
}

function findInBlocks(text: string, blocks: readonly CodeBlock[], findInBlock: FindInBlock): BlockFindings {
  const references: FoundReference[] = [];
  const made = new Set<string>();
  const local = new Set<string>();
  const stages = new Set<string>();
  for (const block of blocks) {
    if (!worthReading.test(block.text)) continue;
    const found = findByLanguage(text, block, findInBlock);
    for (const reference of found.references) references.push(reference);
    for (const name of found.made) made.add(name);
    for (const name of found.local) local.add(name);
    for (const name of found.stages) stages.add(name);
  }
  return { references, made, local, stages };
}

const nothing: BlockFindings = { references: [], made: new Set(), local: new Set(), stages: new Set() };

function findByLanguage(text: string, block: CodeBlock, find: FindInBlock): BlockFindings {
  const kind = blockKind(block);
  if (!kind) return nothing;
  if ('path' in kind) {
    const references = movedReferences(text, block, find(kind.path, block.text));
    return { ...nothing, references, stages: new Set(stagesIn(block)) };
  }
  const { isPowerShell, mayBeConsole } = kind;
  const commands = commandsIn(block, mayBeConsole, isPowerShell);
  const found = readShell(commands.text, { isPowerShell });
  return { ...nothing, ...found, references: movedReferences(text, commands, found.references) };
}

function movedReferences(text: string, block: CodeBlock, found: readonly FoundReference[]): readonly FoundReference[] {
  return found.map((reference) => movedReference(text, block, reference)).filter((moved) => moved !== undefined);
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
