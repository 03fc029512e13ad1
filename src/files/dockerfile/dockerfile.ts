import { readDirectives, readInstructions, wordsIn, type Instruction } from './dockerfileLines.ts';
import { readWord, type WordSyntax } from '../shell/shellWord.ts';
import type { FoundReference, ReferenceUsage, TextRange } from '../types.ts';
import { createWordReferences, type VariableLookUp, type WordDefinition } from '../shell/wordReferences.ts';

/**
 * How much of one instruction is read, in UTF-16 units: what is looked for stands at its beginning, and what is cut there is not known
 * whole.
 */
const maxInstructionLength = 8192;

/** Of one ARG before the first FROM; nobody writes more. */
const maxDeclarations = 16;

/** What Docker gives these depends on the machine, whatever default they have (docs.docker.com/reference/dockerfile, "ARG"). */
const platformArgs = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT|OSVERSION)$/;

/** `COPY --from` or `RUN --mount=from=…`: an image only if no stage is called so. */
interface OtherStage {
  readonly range: TextRange;
  readonly usage: ReferenceUsage;
}

/**
 * The images of a Dockerfile or Containerfile: of stages, with the defaults of the ARGs before the first of them; those that
 * `COPY --from` and `RUN --mount=from=` name, where neither Docker nor its documentation expands variables
 * (github.com/moby/buildkit/pull/6153; "'from' doesn't support variable expansion"); and `# syntax=`.
 */
export function findInDockerfile(text: string): FoundReference[] {
  const { values, escape, end } = readDirectives(text);
  const syntax: WordSyntax = { escape, hasCommands: false };
  const references = createWordReferences(text);
  const noVariables: VariableLookUp = () => 'unknown';
  const addPlain = (range: TextRange, usage: ReferenceUsage): void => {
    references.add(readWord(text, range, syntax), usage, noVariables);
  };
  const args = createArgs(text, syntax);
  const stages = new Set<string>();
  const isStage = (name: string | undefined): boolean =>
    name !== undefined && (name === 'scratch' || stages.has(name.toLowerCase()));
  const others: OtherStage[] = [];
  const frontend = values.get('syntax');
  if (frontend) addPlain(frontend, 'syntax');

  let hasStage = false;
  for (const instruction of readInstructions(text, end, escape)) {
    switch (instruction.keyword) {
      case 'ARG':
        if (!hasStage) for (const word of wordsOf(text, instruction, escape)) args.declare(word);
        break;
      case 'FROM': {
        hasStage = true;
        const { operand, stage } = fromParts(text, wordsOf(text, instruction, escape));
        const word = operand && readWord(text, operand, syntax);
        // Also a variable may stand for a stage.
        if (word && !isStage(references.valueOf(word, args.lookUp))) references.add(word, 'base', args.lookUp);
        if (stage !== undefined) stages.add(stage.toLowerCase());
        break;
      }
      case 'COPY':
      case 'RUN':
      case 'ONBUILD':
        for (const other of otherStages(text, instruction, escape)) others.push(other);
    }
  }
  // Docker knows all stages by then, those further down too.
  for (const { range, usage } of others) {
    const name = text.slice(range.start, range.end);
    if (!isStage(name) && !/^\d+$/.test(name)) addPlain(range, usage);
  }
  return references.found();
}

/** Of COPY and RUN, also where ONBUILD triggers them: what else it triggers is no stage and no ARG of this file. */
function otherStages(text: string, instruction: Instruction, escape: string): OtherStage[] {
  const { start, end } = instruction.range;
  if (!text.slice(start, end).includes('--')) return [];
  let words = wordsOf(text, instruction, escape);
  let { keyword } = instruction;
  if (keyword === 'ONBUILD') {
    const [trigger, ...rest] = words;
    keyword = trigger ? text.slice(trigger.start, trigger.end).toUpperCase() : '';
    words = rest;
  }
  if (keyword === 'COPY') return flagValues(text, words, 'from').map((range) => ({ range, usage: 'copyFrom' }));
  const mounts = keyword === 'RUN' ? flagValues(text, words, 'mount') : [];
  return mounts.flatMap((mount) => mountSources(text, mount)).map((range) => ({ range, usage: 'mountFrom' }));
}

/** What stands behind the keyword. Of ARG, quotes may have blanks inside. */
function wordsOf(text: string, { keyword, range }: Instruction, escape: string): readonly TextRange[] {
  const end = Math.min(range.end, range.start + maxInstructionLength);
  const [, ...words] = wordsIn(text, { start: range.start, end }, escape, keyword === 'ARG');
  return end < range.end ? words.filter((word) => word.end < end) : words;
}

/** The ARGs before the first FROM: the only ones that count there. */
function createArgs(text: string, syntax: WordSyntax) {
  /** By name, in the order of the text. */
  const declared = new Map<string, { readonly at: number; readonly definition?: WordDefinition }[]>();

  /** As it is known at a place: a default only knows what was declared before. */
  const lookUpAt =
    (place: number): VariableLookUp =>
    (name) => {
      const all = declared.get(name);
      if (all === undefined) return platformArgs.test(name) ? 'unknown' : 'unset';
      if (all.length > maxDeclarations || platformArgs.test(name)) return 'unknown';
      return all.findLast(({ at }) => at < place)?.definition ?? 'unset';
    };

  return {
    lookUp: lookUpAt(text.length),
    declare(range: TextRange): void {
      const written = text.slice(range.start, range.end);
      const equals = written.indexOf('=');
      const name = equals < 0 ? written : written.slice(0, equals);
      const value = { start: range.start + equals + 1, end: range.end };
      const before = declared.get(name) ?? [];
      declared.set(name, before);
      if (before.length > maxDeclarations) return;
      const definition = { word: readWord(text, value, syntax), lookUp: lookUpAt(range.start) };
      before.push({ at: range.start, ...(equals >= 0 && { definition }) });
    },
  };
}

/** `FROM [--platform=…] operand [AS stage]`. */
function fromParts(text: string, words: readonly TextRange[]): { operand?: TextRange; stage?: string } {
  const [operand, as, name] = words.slice(flagCount(text, words));
  const hasStage = name !== undefined && as !== undefined && text.slice(as.start, as.end).toLowerCase() === 'as';
  return { ...(operand && { operand }), ...(hasStage && { stage: text.slice(name.start, name.end) }) };
}

/** Where the values of a flag stand, of those before the first argument. */
function flagValues(text: string, words: readonly TextRange[], flag: string): TextRange[] {
  const begin = `--${flag}=`;
  return words
    .slice(0, flagCount(text, words))
    .filter(({ start, end }) => end - start > begin.length && text.startsWith(begin, start))
    .map(({ start, end }) => ({ start: start + begin.length, end }));
}

function flagCount(text: string, words: readonly TextRange[]): number {
  const first = words.findIndex(({ start }) => !text.startsWith('--', start));
  return first < 0 ? words.length : first;
}

/** Of `type=bind,from=image,target=/x`: where `from`'s value stands. */
function mountSources(text: string, { start, end }: TextRange): TextRange[] {
  const found: TextRange[] = [];
  for (let at = start; at < end;) {
    const comma = text.indexOf(',', at);
    const next = comma < 0 || comma > end ? end : comma;
    if (/^from=/i.test(text.slice(at, at + 5)) && next > at + 5) found.push({ start: at + 5, end: next });
    at = next + 1;
  }
  return found;
}
