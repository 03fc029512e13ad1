import { withDefaults } from '../../domain/familiarNames.ts';
import type { ImageReference } from '../../domain/types.ts';
import { shellCommands } from './shellCommands.ts';
import { readWord, type Word, type WordSyntax } from './shellWord.ts';
import type { FoundReference, TextRange } from '../types.ts';
import {
  imageOperands,
  isClient,
  localNames,
  madeByOthers,
  madeNames,
  programAt,
  scriptAt,
  type NamedWord,
} from './containerCommand.ts';
import { optionImages } from './imageOptions.ts';
import { clientIn, withoutVariableOptions } from './shellExpansions.ts';
import { mentionsIn, ShellVariables, unquoted } from './shellVariables.ts';
import { createWordReferences, type VariableLookUp, type WordReferences } from './wordReferences.ts';

/** A script, or a part of one, in a text. */
export interface ShellScript {
  readonly range: TextRange;
  /** The escape character is a backtick. */
  readonly isPowerShell: boolean;
  /** Of the block of YAML that it is. */
  readonly indent: number;
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
  const shell = new ShellReferences(text, () => 'unset');
  shell.read([{ range: { start: 0, end: text.length }, isPowerShell: false, indent: 0 }]);
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

const bash: WordSyntax = { escape: '\\', hasCommands: true };
const powerShell: WordSyntax = { escape: '`', hasCommands: true };

/** What runs one after the other, and where: from the first script of it to the last. */
interface Shell {
  readonly variables: ShellVariables[];
  readonly range: TextRange;
}

/** The images of all scripts of a text. */
export class ShellReferences {
  readonly #text: string;
  readonly #others: VariableLookUp;
  readonly #found: Found;
  readonly #shells: Shell[] = [];

  /** `others`: of variables that no script sets. */
  constructor(text: string, others: VariableLookUp) {
    this.#text = text;
    this.#others = others;
    this.#found = {
      references: createWordReferences(text),
      made: createWordReferences(text),
      local: createWordReferences(text),
    };
  }

  /** Scripts that run one after the other in one shell. */
  read(scripts: readonly ShellScript[]): void {
    const [first] = scripts;
    const last = scripts.at(-1);
    if (!first || !last) return;
    const variables = new ShellVariables(this.#text, first.isPowerShell ? powerShell : bash, this.#others);
    const shell: Shell = { variables: [variables], range: { start: first.range.start, end: last.range.end } };
    this.#shells.push(shell);
    for (const script of scripts) this.#read(script, shell, variables, 0);
  }

  #read({ range, isPowerShell, indent }: ShellScript, shell: Shell, variables: ShellVariables, depth: number): void {
    const syntax = isPowerShell ? powerShell : bash;
    for (const command of shellCommands(this.#text, range, syntax.escape, indent)) {
      if (command.words.length > maxWords) continue;
      const script = addImages(this.#text, command.words, syntax, variables, this.#found);
      if (script && depth < maxDepth) {
        // It does not see what is not exported, and may be on another machine.
        const inner = new ShellVariables(this.#text, bash, (name) =>
          variables.lookUp(name) === 'unset' ? 'unset' : 'unknown',
        );
        this.#read({ range: script, isPowerShell: false, indent }, shell, inner, depth + 1);
        shell.variables.push(inner);
      }
      variables.note(command);
    }
  }

  found(): ShellFindings {
    const { references, made, local } = this.#found;
    for (const { variables, range } of this.#shells) {
      let known: ReadonlyMap<string, number> | undefined;
      const mentions = () => (known ??= mentionsIn(this.#text.slice(range.start, range.end)));
      for (const one of variables) one.noteOtherUses(references, mentions);
    }
    return { references: references.found(), made: keysOf(made), local: keysOf(local) };
  }
}

type Found = Readonly<Record<'references' | 'made' | 'local', WordReferences>>;

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
  variables: ShellVariables,
  { references, made, local }: Found,
): TextRange | undefined {
  const [begin, end] = [ranges[0]?.start ?? 0, ranges.at(-1)?.end ?? 0];
  if (!worthReading.test(text.slice(begin, end)) && !runsVariable.test(text.slice(begin, begin + 80))) return undefined;
  const { lookUp } = variables;
  const valueOf = (range: TextRange) => references.valueOf(readWord(text, range, syntax), lookUp);
  const written = ranges.map((range) => unquoted(text, range));
  const at = programAt(written);
  const program = ranges[at];
  if (program && written[at]?.startsWith('$')) {
    written[at] = clientIn(written[at], valueOf(program), variables) ?? written[at];
  }
  const command = written.slice(at);
  const add = (words: readonly NamedWord[], to: WordReferences): void => {
    for (const { index, offset } of words) {
      const [range, word = ''] = [ranges[index + at], command[index]];
      if (range) addImage(text, readWord(text, inside(text, range, word, offset), syntax), lookUp, to, true);
    }
  };
  const hasClient = isClient(command[0] ?? '');
  const names = hasClient ? madeNames(command) : madeByOthers(command);
  add(names, made);
  add(
    localNames(command).filter(({ index }) => !names.some((name) => name.index === index)),
    local,
  );
  if (!hasClient) {
    add(optionImages(command), references);
    const script = ranges[scriptAt(written, at) ?? -1];
    return script && literalQuoted(text, script);
  }
  const operands = imageOperands(withoutVariableOptions(command, ranges.slice(at), valueOf, variables));
  const [first] = operands;
  // `docker pull [options] image` tells how it is used.
  if (first === undefined || operands.some((index) => usageWord.test(command[index] ?? ''))) return undefined;
  for (const index of operands) {
    const range = ranges[index + at];
    if (range) addImage(text, readWord(text, range, syntax), lookUp, references, true);
  }
  // `docker run $OPTIONS image`: the variable may be the image as well, and what follows its command.
  const [operand, next] = [ranges[first + at], ranges[first + at + 1]];
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
