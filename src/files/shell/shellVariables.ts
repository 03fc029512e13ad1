import { listWords, type ShellCommand } from './shellCommands.ts';
import { readWord, type Word, type WordSyntax } from './shellWord.ts';
import type { TextRange } from '../types.ts';
import { areOptions } from './containerCommand.ts';
import { getOrInsert } from '../text/collect.ts';
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
  definition?:
    | {
        readonly word: Word;
        readonly lookUp: VariableLookUp;
        /** How often it has itself as a part. */
        readonly ownMentions: number;
        isUsedElsewhere: boolean;
      }
    | 'unknown';
  /** What assignments so far are written as, wherever they stand. */
  readonly values: string[];
  /** Of an array: whether it holds nothing but options of a container client. */
  holdsOptions?: boolean;
}

/** What the commands of a script so far say about variables; what they do not give a value is looked up by `others`. */
export class ShellVariables {
  readonly #text: string;
  readonly #syntax: WordSyntax;
  readonly #others: VariableLookUp;
  readonly #known = new Map<string, Variable>();
  #arrays = 0;

  constructor(text: string, syntax: WordSyntax, others: VariableLookUp) {
    this.#text = text;
    this.#syntax = syntax;
    this.#others = others;
  }

  readonly lookUp: VariableLookUp = (name) => this.#known.get(name)?.definition ?? this.#others(name);

  /** Whether an array holds nothing but options of a container client; undefined if the script so far gives it nothing. */
  holdsOptions(name: string): boolean | undefined {
    return this.#known.get(name)?.holdsOptions;
  }

  /** What assignments so far are written as, wherever they stand. */
  valuesOf(name: string): readonly string[] {
    return this.#known.get(name)?.values ?? [];
  }

  /** What a command gives variables. */
  note({ words, isNested }: ShellCommand): void {
    const last = words.at(-1);
    if (last && this.#text[last.end] === '(') this.#noteArray(last);
    const begin = words.findIndex((range) => !reserved.has(unquoted(this.#text, range)));
    const own = begin > 0 ? words.slice(begin) : words;
    const [first] = own;
    if (!first || begin < 0) return;
    const name = unquoted(this.#text, first);
    if (setting.has(name)) {
      const isDeclaration = declaring.has(name);
      for (const range of own.slice(1)) {
        if (this.#assign(range, isNested || !isDeclaration) || name === 'export' || name === 'readonly') continue;
        const word = unquoted(this.#text, range);
        if (/^[A-Za-z_]\w*$/.test(word)) this.#set(word, 'unknown');
      }
    } else if (own.every((range) => this.#assignmentAt(range))) {
      // Before a command they only count for what it runs.
      for (const range of own) this.#assign(range, isNested);
    }
  }

  /**
   * `docker push $IMAGE` and the like: what is found anywhere else, comments included, keeps the definition as it is. `mentions`: how
   * often what the shell runs has `$NAME`.
   */
  noteOtherUses(references: WordReferences, mentions: () => ReadonlyMap<string, number>): void {
    for (const [name, { definition }] of this.#known) {
      if (!definition || definition === 'unknown') continue;
      const uses = references.usesOf(definition);
      if (uses > 0 && (mentions().get(name) ?? 0) > uses + definition.ownMentions) definition.isUsedElsewhere = true;
    }
  }

  #variable(name: string): Variable {
    return getOrInsert(this.#known, name, () => ({ values: [] }));
  }

  #set(name: string, definition: NonNullable<Variable['definition']>): void {
    const variable = this.#variable(name);
    const before = variable.definition;
    // Whatever was found by the first value stays: it was right up to here, but is not for what follows.
    variable.definition = before ? 'unknown' : definition;
    if (before && before !== 'unknown') before.isUsedElsewhere = true;
  }

  #assignmentAt({ start, end }: TextRange): RegExpExecArray | null {
    return assignment.exec(this.#text.slice(start, Math.min(end, start + 256)));
  }

  #assign(range: TextRange, isNested: boolean): boolean {
    const [whole, name, operator] = this.#assignmentAt(range) ?? [];
    if (whole === undefined || name === undefined) return false;
    const valueStart = range.start + whole.length;
    const word = readWord(this.#text, { start: valueStart, end: range.end }, this.#syntax);
    const isPlain = operator === '=' && !isNested && this.#text[valueStart] !== '(';
    const { values } = this.#variable(name);
    if (values.length < maxValues) values.push(unquoted(this.#text, word.range));
    // `IMAGE=${IMAGE:-default}`: what it was before.
    const before = this.lookUp(name);
    const lookUp: VariableLookUp = (other) => (other === name ? before : this.lookUp(other));
    const ownMentions = word.parts.filter((part) => part.kind === 'variable' && part.name === name).length;
    this.#set(name, isPlain ? { word, lookUp, ownMentions, isUsedElsewhere: false } : 'unknown');
    return true;
  }

  /** `ARGS=(…)`, `ARGS+=(…)`: the parenthesis ends the command. */
  #noteArray({ start, end }: TextRange): void {
    const name = arrayAssignment.exec(this.#text.slice(Math.max(start, end - 256), end))?.[1];
    if (name === undefined) return;
    const range = { start: end + 1, end: Math.min(this.#text.length, end + maxArrayLength) };
    const words = ++this.#arrays > maxArrays ? undefined : listWords(this.#text, this.#syntax.escape, range);
    const isOptions = words !== undefined && areOptions(words.map((word) => unquoted(this.#text, word)));
    const variable = this.#variable(name);
    variable.holdsOptions = isOptions && variable.holdsOptions !== false;
  }
}

/** How often a text has `$NAME` or `${NAME…}`. */
export function mentionsIn(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [, name = ''] of text.matchAll(/\$\{?([A-Za-z_]\w*)/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
