import { withDefaults } from '../../domain/familiarNames.ts';
import type { ImageReference } from '../../domain/types.ts';
import type { Sliced } from '../slices.ts';
import { shellCommands, type ShellCommand } from '../syntax/shellCommands.ts';
import { readWord, type Word, type WordSyntax } from '../syntax/shellWord.ts';
import type { FoundReference, TextRange } from '../types.ts';
import { clientAt, imageOperands, madeNames } from './containerCommand.ts';
import { createWordReferences, type VariableLookUp, type WordReferences } from './wordReferences.ts';

export interface ShellOptions {
  /** The escape character is a backtick. */
  readonly isPowerShell?: boolean;
}

/** Of one command: more words are data. */
const maxWords = 1000;
const commandsPerSlice = 200;

/** What podman reads images from besides registries (containers-transports(5)); the first is a registry. */
const transport =
  /^(?:docker|oci|oci-archive|docker-archive|docker-daemon|containers-storage|containers-registry|dir|ostree|sif|ipfs|file|https?):/;

/**
 * The images that commands of a shell script pull: `docker|podman|nerdctl [image] pull`, `[container] run`, `[container] create`.
 * A variable counts if the file gives it a value once, in a plain assignment that is in no function, condition or loop.
 * What the script itself builds, tags or pushes is left out, whatever its tag: by another name it would run something else.
 */
export function* findInShell(text: string, { isPowerShell = false }: ShellOptions = {}): Sliced<FoundReference[]> {
  const escape = isPowerShell ? '`' : '\\';
  const syntax: WordSyntax = { escape, hasCommands: true };
  const references = createWordReferences(text);
  const made = createWordReferences(text);
  const variables = createVariables(text, syntax);
  let count = 0;
  for (const command of shellCommands(text, { escape })) {
    if (++count % commandsPerSlice === 0) yield;
    if (command.words.length > maxWords) continue;
    addImages(text, command.words, syntax, variables.lookUp, { references, made });
    variables.note(command);
  }
  variables.noteOtherUses(references);
  const own = new Set(made.found().map(({ image }) => repositoryOf(image)));
  const found = references.found();
  return own.size === 0 ? found : found.filter(({ image }) => !own.has(repositoryOf(image)));
}

function repositoryOf(image: ImageReference): string {
  const { host, repository } = withDefaults(image);
  return `${host}/${repository}`;
}

function addImages(
  text: string,
  ranges: readonly TextRange[],
  syntax: WordSyntax,
  lookUp: VariableLookUp,
  { references, made }: { readonly references: WordReferences; readonly made: WordReferences },
): void {
  const [begin, end] = [ranges[0]?.start ?? 0, ranges.at(-1)?.end ?? 0];
  if (!/docker|podman|nerdctl/.test(text.slice(begin, end))) return;
  const written = ranges.map((range) => unquoted(text, range));
  const client = clientAt(written);
  if (client === undefined) return;
  for (const { index, offset } of madeNames(written.slice(client))) {
    const range = ranges[index + client];
    // Quotes around an option and its value belong to both.
    if (!range || (offset > 0 && !text.startsWith('-', range.start))) continue;
    addImage(text, readWord(text, { start: range.start + offset, end: range.end }, syntax), lookUp, made, true);
  }
  const operands = imageOperands(written.slice(client)).map((index) => index + client);
  const [first] = operands;
  if (first === undefined) return;
  for (const index of operands) {
    const range = ranges[index];
    if (range) addImage(text, readWord(text, range, syntax), lookUp, references, true);
  }
  // `docker run $OPTIONS image`: the variable may be the image as well, and what follows its command.
  const [operand, next] = [ranges[first], ranges[first + 1]];
  if (operands.length > 1 || !operand || !next || !/^["']?\$/.test(text.slice(operand.start, operand.start + 2)))
    return;
  const word = readWord(text, operand, syntax);
  if (!isOpen(word, references.valueOf(word, lookUp))) return;
  const candidate = unquoted(text, next);
  const slash = candidate.indexOf('/');
  if (slash > 0 && /[.:]/.test(candidate.slice(0, slash))) {
    addImage(text, readWord(text, next, syntax), lookUp, references, false);
  }
}

function addImage(
  text: string,
  word: Word,
  lookUp: VariableLookUp,
  references: WordReferences,
  isCertain: boolean,
): void {
  const { start, end } = word.range;
  const name = transport.exec(text.slice(start, Math.min(end, start + 32)))?.[0];
  if (name === undefined) references.add(word, 'command', lookUp, isCertain);
  else if (text.startsWith('docker://', start) && word.parts[0]?.kind === 'literal') {
    const [, ...rest] = word.parts;
    const range = { start: start + 'docker://'.length, end: word.parts[0].range.end };
    const parts = range.start < range.end ? [{ kind: 'literal', range } as const, ...rest] : rest;
    references.add({ ...word, range: { start: range.start, end }, parts }, 'command', lookUp, isCertain);
  }
}

/** All of it is one variable that the file does not tell, or that is empty. */
function isOpen({ parts }: Word, value: string | undefined): boolean {
  return parts.length === 1 && parts[0]?.kind !== 'literal' && (value === undefined || value === '');
}

/** Of words that are compared with names: those that matter have at most quotes around them. */
function unquoted(text: string, { start, end }: TextRange): string {
  const word = text.slice(start, Math.min(end, start + 512));
  const quote = word[0];
  return (quote === '"' || quote === "'") && word.endsWith(quote) ? word.slice(1, -1) : word;
}

const assignment = /^([A-Za-z_]\w*)(\+?=)/;
const declaring = new Set(['export', 'readonly', 'declare', 'typeset', 'local']);
/** Commands that give variables other values. */
const setting = new Set([
  'read',
  'unset',
  'for',
  'select',
  'getopts',
  'mapfile',
  'readarray',
  'let',
  'printf',
  ...declaring,
]);

/** What may stand before a command of a condition or a loop. */
const reserved = new Set(['if', 'then', 'elif', 'else', 'while', 'until', 'do', '{', '!', 'time']);

interface Variable {
  definition: { readonly word: Word; readonly lookUp: VariableLookUp; isUsedElsewhere: boolean } | 'unknown';
}

/** What the commands so far say about variables. */
function createVariables(text: string, syntax: WordSyntax) {
  const known = new Map<string, Variable>();

  const lookUp: VariableLookUp = (name) => known.get(name)?.definition ?? 'unset';

  const set = (name: string, definition: Variable['definition']): void => {
    const before = known.get(name);
    // Whatever was found by the first value stays: it was right up to here, but is not for what follows.
    known.set(name, before ? { definition: 'unknown' } : { definition });
    if (before && before.definition !== 'unknown') before.definition.isUsedElsewhere = true;
  };

  const assign = (range: TextRange, isNested: boolean): boolean => {
    const match = assignment.exec(text.slice(range.start, Math.min(range.end, range.start + 256)));
    const [whole, name, operator] = match ?? [];
    if (whole === undefined || name === undefined) return false;
    const word = readWord(text, { start: range.start + whole.length, end: range.end }, syntax);
    const isPlain = operator === '=' && !isNested && text[range.start + whole.length] !== '(';
    set(name, isPlain ? { word, lookUp, isUsedElsewhere: false } : 'unknown');
    return true;
  };

  const note = ({ words: all, isNested }: ShellCommand): void => {
    const begin = all.findIndex((range) => !reserved.has(unquoted(text, range)));
    const words = begin > 0 ? all.slice(begin) : all;
    const [first] = words;
    if (!first || begin < 0) return;
    const name = unquoted(text, first);
    if (setting.has(name)) {
      const isDeclaration = declaring.has(name);
      for (const range of words.slice(1)) {
        const word = unquoted(text, range);
        if (assign(range, isNested || !isDeclaration)) continue;
        if (name !== 'export' && name !== 'readonly' && /^[A-Za-z_]\w*$/.test(word)) set(word, 'unknown');
      }
      return;
    }
    // Before a command they only count for what it runs.
    if (words.every((range) => assignment.test(text.slice(range.start, Math.min(range.end, range.start + 256))))) {
      for (const range of words) assign(range, isNested);
    }
  };

  /** `docker push $IMAGE` and the like: what is found anywhere else, comments included, keeps the definition as it is. */
  const noteOtherUses = (references: WordReferences): void => {
    if (known.size === 0) return;
    const counts = new Map<string, number>();
    for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [name, { definition }] of known) {
      if (definition === 'unknown') continue;
      if ((counts.get(name) ?? 0) > references.usesOf(definition)) definition.isUsedElsewhere = true;
    }
  };

  return { lookUp, note, noteOtherUses };
}
