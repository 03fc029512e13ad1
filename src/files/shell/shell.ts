import { withDefaults } from '../../domain/familiarNames.ts';
import type { ImageReference } from '../../domain/types.ts';
import { shellCommands } from './shellCommands.ts';
import { readWord, type Word, type WordSyntax } from './shellWord.ts';
import type { FoundReference, TextRange } from '../types.ts';
import {
  clientAt,
  imageOperands,
  loaderAt,
  localNames,
  madeByOthers,
  madeNames,
  programAt,
  scriptAt,
  type NamedWord,
} from './containerCommand.ts';
import { optionImages } from './imageOptions.ts';
import { clientIn, withoutVariableOptions } from './shellExpansions.ts';
import { createShellVariables, mentionsIn, unquoted, type ShellVariables } from './shellVariables.ts';
import { createWordReferences, type VariableLookUp, type WordReferences } from './wordReferences.ts';

/** A script, or a part of one, in a text. */
export interface ShellScript {
  readonly range: TextRange;
  /** The escape character is a backtick. */
  readonly isPowerShell?: boolean;
  /** Of the block of YAML that it is. */
  readonly indent?: number;
  /** What of the same name came before has set variables for this one, too. */
  readonly shell?: string;
}

/** The images of all scripts of a text. */
export interface ShellReferences {
  read(script: ShellScript): void;
  found(): ShellFindings;
}

/** What scripts name: images that they pull, and by `repositoryKey` those that they make or need locally. */
export interface ShellFindings {
  readonly references: readonly FoundReference[];
  readonly made: ReadonlySet<string>;
  readonly local: ReadonlySet<string>;
}

/** Of one command: more words are data. */
const maxWords = 1000;
const maxDepth = 4;

/** What podman reads images from besides registries (containers-transports(5)); the first is a registry. */
const transport =
  /^(?:docker|oci|oci-archive|docker-archive|docker-daemon|containers-storage|containers-registry|dir|ostree|sif|ipfs|file|https?):/;

/**
 * The images that commands of a shell script pull: `docker|podman|nerdctl [image] pull`, `[container] run`, `[container] create`.
 * A variable counts if the file gives it a value once, in a plain assignment that is in no function, condition or loop.
 * What the script itself builds, tags or pushes is left out, whatever its tag: by another name it would run something else.
 * What other commands of it need by its name keeps the name.
 */
export function findInShell(text: string): readonly FoundReference[] {
  const shell = createShellReferences(text, () => 'unset');
  shell.read({ range: { start: 0, end: text.length } });
  const { references, made, local } = shell.found();
  return pulledOnly(references, made, local);
}

/** Without those that are `made`; those that are `local` keep their name. Both by `repositoryKey`. */
export function pulledOnly(
  references: readonly FoundReference[],
  made: ReadonlySet<string>,
  local: ReadonlySet<string>,
): readonly FoundReference[] {
  if (made.size + local.size === 0) return references;
  return references.flatMap((reference): FoundReference | readonly [] => {
    // Of a pipeline or a Markdown text, other references than commands are no script's.
    if (reference.usage !== 'command') return reference;
    const key = repositoryKey(reference.image);
    if (made.has(key)) return [];
    const isLocal = local.has(key) && reference.name.kind !== 'fixed';
    return isLocal ? { ...reference, name: { kind: 'fixed', because: 'usedByName' } } : reference;
  });
}

/** What images are compared by: a tag more or less makes no difference. */
export function repositoryKey(image: ImageReference): string {
  const { host, repository } = withDefaults(image);
  return `${host}/${repository}`;
}

/** What runs one after the other, and where: from the first script of it to the last. */
interface Shell {
  readonly variables: ShellVariables[];
  range: TextRange;
}

/** `others`: of variables that no script sets. */
export function createShellReferences(text: string, others: VariableLookUp): ShellReferences {
  const found = {
    references: createWordReferences(text),
    made: createWordReferences(text),
    local: createWordReferences(text),
  };
  const byName = new Map<string, Shell>();
  const shells: Shell[] = [];

  const read = (
    { range, isPowerShell = false, indent }: ShellScript,
    shell: Shell,
    variables: ShellVariables,
    depth: number,
  ): void => {
    const syntax = syntaxOf(isPowerShell);
    const indented = indent !== undefined && { indent };
    for (const command of shellCommands(text, { escape: syntax.escape, ...indented }, range)) {
      if (command.words.length > maxWords) continue;
      const script = addImages(text, command.words, syntax, variables, found);
      if (script && depth < maxDepth) {
        // It does not see what is not exported, and may be on another machine.
        const inner = createShellVariables(text, syntaxOf(false), (name) =>
          variables.lookUp(name) === 'unset' ? 'unset' : 'unknown',
        );
        read({ range: script, ...indented }, shell, inner, depth + 1);
        shell.variables.push(inner);
      }
      variables.note(command);
    }
  };

  const shellOf = ({ shell: name, range, isPowerShell = false }: ShellScript): Shell => {
    const known = name === undefined ? undefined : byName.get(name);
    if (known) {
      known.range = { start: known.range.start, end: range.end };
      return known;
    }
    const shell: Shell = { variables: [createShellVariables(text, syntaxOf(isPowerShell), others)], range };
    if (name !== undefined) byName.set(name, shell);
    shells.push(shell);
    return shell;
  };

  return {
    read(script) {
      const shell = shellOf(script);
      const [variables] = shell.variables;
      if (variables) read(script, shell, variables, 0);
    },
    found() {
      for (const { variables, range } of shells) {
        let known: ReadonlyMap<string, number> | undefined;
        const mentions = () => (known ??= mentionsIn(text.slice(range.start, range.end)));
        for (const one of variables) one.noteOtherUses(found.references, mentions);
      }
      return { references: found.references.found(), made: keysOf(found.made), local: keysOf(found.local) };
    },
  };
}

function syntaxOf(isPowerShell: boolean): WordSyntax {
  return { escape: isPowerShell ? '`' : '\\', hasCommands: true };
}

function keysOf(words: WordReferences): ReadonlySet<string> {
  return new Set(words.found().map(({ image }) => repositoryKey(image)));
}

const worthReading =
  /docker|podman|nerdctl|kind|minikube|k3d|microk8s|buildah|pack build|image|fx-version|webapp|containerapp/i;
/** It runs what a variable holds. */
const runsVariable = /^(?:[\w=!-]{1,20} ){0,3}["']?\$/;

/** What a command names. Returns the script that it runs if that is one of its words. */
function addImages(
  text: string,
  ranges: readonly TextRange[],
  syntax: WordSyntax,
  { lookUp, holdsOptions, valuesOf }: ShellVariables,
  { references, made, local }: Readonly<Record<'references' | 'made' | 'local', WordReferences>>,
): TextRange | undefined {
  const [begin, end] = [ranges[0]?.start ?? 0, ranges.at(-1)?.end ?? 0];
  if (!worthReading.test(text.slice(begin, end)) && !runsVariable.test(text.slice(begin, begin + 80))) return undefined;
  const valueOf = (range: TextRange) => references.valueOf(readWord(text, range, syntax), lookUp);
  const written = ranges.map((range) => unquoted(text, range));
  const program = programAt(written);
  const programRange = ranges[program];
  if (programRange && written[program]?.startsWith('$')) {
    written[program] = clientIn(written[program], valueOf(programRange), valuesOf) ?? written[program];
  }
  const add = (words: readonly NamedWord[], from: number, to: WordReferences): void => {
    for (const { index, offset } of words) {
      const [range, word = ''] = [ranges[index + from], written[index + from]];
      if (range) addImage(text, readWord(text, inside(text, range, word, offset), syntax), lookUp, to, true);
    }
  };
  const client = clientAt(written);
  if (client === undefined) {
    const loader = loaderAt(written);
    const others = madeByOthers(written.slice(program));
    add(others, program, made);
    const isNotMade = ({ index }: NamedWord) => !others.some((other) => other.index === index);
    if (loader !== undefined) add(localNames(written.slice(loader)).filter(isNotMade), loader, local);
    add(optionImages(written.slice(program)), program, references);
    const script = ranges[scriptAt(written) ?? -1];
    return script && literalQuoted(text, script);
  }
  const command = written.slice(client);
  const names = madeNames(command);
  add(names, client, made);
  add(
    localNames(command).filter(({ index }) => !names.some((name) => name.index === index)),
    client,
    local,
  );
  const operands = imageOperands(withoutVariableOptions(command, ranges.slice(client), valueOf, holdsOptions)).map(
    (index) => index + client,
  );
  const [first] = operands;
  // `docker pull [options] image` tells how it is used.
  if (first === undefined || operands.some((index) => usageWord.test(written[index] ?? ''))) return undefined;
  for (const index of operands) {
    const range = ranges[index];
    if (range) addImage(text, readWord(text, range, syntax), lookUp, references, true);
  }
  // `docker run $OPTIONS image`: the variable may be the image as well, and what follows its command.
  const [operand, next] = [ranges[first], ranges[first + 1]];
  if (operands.length > 1 || !operand || !next || !/^["']?\$/.test(text.slice(operand.start, operand.start + 2)))
    return undefined;
  if (!isOpen(readWord(text, operand, syntax), valueOf(operand))) return undefined;
  const candidate = unquoted(text, next);
  const slash = candidate.indexOf('/');
  if (slash > 0 && /[.:]/.test(candidate.slice(0, slash))) {
    addImage(text, readWord(text, next, syntax), lookUp, references, false);
  }
  return undefined;
}

const usageWord = /^\[[^\]:]*\]?$/;

/** What of a word is behind an offset. Quotes around an option and its value belong to both. */
function inside(text: string, range: TextRange, written: string, offset: number): TextRange {
  const quote = offset > 0 && !text.startsWith(written, range.start) ? 1 : 0;
  return { start: range.start + quote + offset, end: range.end - quote };
}

/** Inside of the quotes around a word, if what stands there is what it means. */
function literalQuoted(text: string, { start, end }: TextRange): TextRange | undefined {
  const quote = text[start];
  if (end - start < 3 || (quote !== "'" && quote !== '"') || text[end - 1] !== quote) return undefined;
  const inner = { start: start + 1, end: end - 1 };
  const written = text.slice(inner.start, inner.end);
  return written.includes(quote) || (quote === '"' && /[$`\\]/.test(written)) ? undefined : inner;
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
