import type { TextRange } from '../../types.ts';

/**
 * What Bicep, HCL and ARM templates can say as a value: one tree for the three, so that what reads cache rules and images out of
 * them is written once. `extent` is all of it, quotes and braces included.
 */
export type Value = TextValue | ObjectValue | ListValue | NameValue | CallValue | ChoiceValue | NullValue | OtherValue;

export interface TextValue {
  readonly kind: 'text';
  readonly extent: TextRange;
  /** Inside the quotes; may be empty. */
  readonly range: TextRange;
  /** What it says; undefined if something in it is an expression. */
  readonly text: string | undefined;
  /** In order, without gap or overlap, from the start to the end of `range`. */
  readonly parts: readonly TextPart[];
}

export interface TextPart {
  /** With its `${` and `}`, if it is an expression. */
  readonly range: TextRange;
  /** What it stands for: a run of characters or an escape. Absent for an expression. */
  readonly text?: string;
  /** The characters of `range` are `text`. */
  readonly literal: boolean;
  readonly expression?: Value;
}

export interface ObjectValue {
  readonly kind: 'object';
  readonly extent: TextRange;
  readonly entries: readonly Entry[];
  /** It has more entries than are known: a spread, a `for`. */
  readonly open: boolean;
}

/** A property of an object, or an attribute or block of HCL. */
export interface Entry {
  /** Undefined: the key is an expression. */
  readonly key: string | undefined;
  readonly keyRange: TextRange;
  readonly value: Value;
  /** HCL's block: what stands between its type, which is the key, and its body, which is an object. */
  readonly labels?: readonly string[];
  /** `...value`: the entries of the value, which has no key. */
  readonly isSpread?: true;
}

export interface ListValue {
  readonly kind: 'list';
  readonly extent: TextRange;
  /** Of a `for` expression: the one value that is repeated. */
  readonly items: readonly Value[];
  /** Of a `for` expression: what it goes through. */
  readonly inside: readonly Value[];
  readonly looped: boolean;
}

/** `image`, `registry.name`, `local.image`, `parameters('image')`; literal indexes are parts of the path. */
export interface NameValue {
  readonly kind: 'name';
  readonly extent: TextRange;
  readonly path: readonly string[];
}

export interface CallValue {
  readonly kind: 'call';
  readonly extent: TextRange;
  /** As written, with dots. */
  readonly name: string;
  readonly arguments: readonly Value[];
}

/** One of several: `condition ? a : b`, `a ?? b`, Bicep's `if (condition) a` (one option). */
export interface ChoiceValue {
  readonly kind: 'choice';
  readonly extent: TextRange;
  readonly options: readonly Value[];
  /** Values inside the conditions. */
  readonly inside: readonly Value[];
}

export interface NullValue {
  readonly kind: 'null';
  readonly extent: TextRange;
}

/** Numbers, booleans, operators, and everything that is not understood, with the values inside. */
export interface OtherValue {
  readonly kind: 'other';
  readonly extent: TextRange;
  readonly inside: readonly Value[];
}

/** Entries of an object that are gone through; of more an index is made, once. */
const maxSearched = 12;
const indexes = new WeakMap<ObjectValue, ReadonlyMap<string | undefined, Entry>>();

/** The property of an object, in any casing, as ARM takes it. The first of several. */
export function propertyOf(value: Value | undefined, key: string): Value | undefined {
  return entryOf(value, key)?.value;
}

export function entryOf(value: Value | undefined, key: string): Entry | undefined {
  if (value?.kind !== 'object') return undefined;
  if (value.entries.length <= maxSearched) {
    for (const entry of value.entries) {
      // Keys that are looked for are of ASCII letters, which are no longer or shorter in another casing.
      if (entry.key?.length === key.length && !entry.labels && isSame(entry.key, key)) return entry;
    }
    return undefined;
  }
  const wanted = key.toLowerCase();
  const known = indexes.get(value);
  if (known) return known.get(wanted);
  const index = new Map(value.entries.map((entry) => [keyOfEntry(entry), entry] as const).reverse());
  indexes.set(value, index);
  return index.get(wanted);
}

function isSame(key: string, wanted: string): boolean {
  return key === wanted || key.toLowerCase() === wanted.toLowerCase();
}

function keyOfEntry({ key, labels }: Entry): string | undefined {
  return labels === undefined ? key?.toLowerCase() : undefined;
}

/** The bodies of the blocks of a type in a body of HCL. */
export function blocksOf(body: ObjectValue, type: string): ObjectValue[] {
  return body.entries.flatMap(({ key, labels, value }) =>
    labels && key === type && value.kind === 'object' ? [value] : [],
  );
}

/** Where to point to for a value: without quotes, never empty. */
export function spotOf(value: Value): TextRange {
  return value.kind === 'text' && value.range.end > value.range.start ? value.range : value.extent;
}

const none: readonly Value[] = [];

/** The values directly inside. */
export function childrenOf(value: Value): readonly Value[] {
  switch (value.kind) {
    case 'object':
      return value.entries.map((entry) => entry.value);
    case 'list':
      return [...value.inside, ...value.items];
    case 'call':
      return value.arguments;
    case 'choice':
      return [...value.inside, ...value.options];
    case 'other':
      return value.inside;
    case 'text':
      return value.text === undefined ? value.parts.flatMap(({ expression }) => expression ?? []) : none;
    case 'name':
    case 'null':
      return none;
  }
}

export function textOfParts(extent: TextRange, range: TextRange, parts: readonly TextPart[]): TextValue {
  const isLiteral = parts.every((part) => part.text !== undefined);
  return { kind: 'text', extent, range, text: isLiteral ? parts.map((part) => part.text).join('') : undefined, parts };
}
