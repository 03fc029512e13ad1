import { listWords, type ShellCommand } from './shellCommands.ts';
import { readWord, type Word, type WordSyntax } from './shellWord.ts';
import type { TextRange } from '../types.ts';
import { areOptions } from './containerCommand.ts';
import type { VariableLookUp, WordReferences } from './wordReferences.ts';

/** Of words that are compared with names: those that matter have at most quotes around them. */
export function unquoted(text: string, { start, end }: TextRange): string {
  const word = text.slice(start, Math.min(end, start + 512));
  const quote = word[0];
  return (quote === '"' || quote === "'") && word.endsWith(quote) ? word.slice(1, -1) : word;
}

const assignment = /^([A-Za-z_]\w*)(\+?=)/;
const arrayAssignment = /^([A-Za-z_]\w*)\+?=$/;
/** Of one variable that is told apart by its values. */
const maxValues = 16;
/** Of one script, and how much of each is read. */
const maxArrays = 100;
const maxArrayLength = 2000;
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
  definition:
    | {
        readonly word: Word;
        readonly lookUp: VariableLookUp;
        /** How often it has itself as a part. */
        readonly ownMentions: number;
        isUsedElsewhere: boolean;
      }
    | 'unknown';
}

export interface ShellVariables {
  readonly lookUp: VariableLookUp;
  /** Whether an array holds nothing but options of a container client; undefined if the script so far gives it nothing. */
  readonly holdsOptions: (name: string) => boolean | undefined;
  /** What assignments so far are written as, wherever they stand. */
  readonly valuesOf: (name: string) => readonly string[];
  /** What a command gives variables. */
  note(command: ShellCommand): void;
  /** `docker push $IMAGE` and the like: what is found anywhere else, comments included, keeps the definition as it is. */
  noteOtherUses(references: WordReferences, mentions: () => ReadonlyMap<string, number>): void;
}

/** What the commands of a script so far say about variables; what they do not give a value is looked up by `others`. */
export function createShellVariables(text: string, syntax: WordSyntax, others: VariableLookUp): ShellVariables {
  const known = new Map<string, Variable>();
  const assigned = new Map<string, string[]>();
  const arrays = new Map<string, boolean>();
  let arrayCount = 0;

  const lookUp: VariableLookUp = (name) => known.get(name)?.definition ?? others(name);

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
    const values = assigned.get(name) ?? [];
    assigned.set(name, values);
    if (values.length < maxValues) values.push(unquoted(text, word.range));
    // `IMAGE=${IMAGE:-default}`: what it was before.
    const before = lookUp(name);
    const lookUpBefore: VariableLookUp = (other) => (other === name ? before : lookUp(other));
    const ownMentions = word.parts.filter((part) => part.kind === 'variable' && part.name === name).length;
    set(name, isPlain ? { word, lookUp: lookUpBefore, ownMentions, isUsedElsewhere: false } : 'unknown');
    return true;
  };

  /** `ARGS=(…)`, `ARGS+=(…)`: the parenthesis ends the command. */
  const noteArray = ({ start, end }: TextRange): void => {
    const name = text[end] === '(' ? arrayAssignment.exec(text.slice(Math.max(start, end - 256), end))?.[1] : undefined;
    if (name === undefined) return;
    const range = { start: end + 1, end: Math.min(text.length, end + maxArrayLength) };
    const ranges = ++arrayCount > maxArrays ? undefined : listWords(text, syntax, range);
    const isOptions = ranges !== undefined && areOptions(ranges.map((word) => unquoted(text, word)));
    arrays.set(name, isOptions && arrays.get(name) !== false);
  };

  const note = ({ words: all, isNested }: ShellCommand): void => {
    const last = all.at(-1);
    if (last) noteArray(last);
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

  const noteOtherUses: ShellVariables['noteOtherUses'] = (references, mentions) => {
    for (const [name, { definition }] of known) {
      if (definition === 'unknown') continue;
      const uses = references.usesOf(definition);
      if (uses > 0 && (mentions().get(name) ?? 0) > uses + definition.ownMentions) definition.isUsedElsewhere = true;
    }
  };

  return {
    lookUp,
    holdsOptions: (name) => arrays.get(name),
    valuesOf: (name) => assigned.get(name) ?? [],
    note,
    noteOtherUses,
  };
}

/** How often a text has `$NAME` or `${NAME…}`. */
export function mentionsIn(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
