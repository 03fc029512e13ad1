import type { TextRange } from '../types.ts';

/** One string of a YAML or JSON file, and where it stands. Numbers, booleans and nulls are scalars too, with their text as value. */
export interface Scalar {
  /** Which document of a YAML stream, from 0. */
  readonly document: number;
  /** Keys from the root, indexes of sequences as numbers: `['services', 'web', 'image']`. Compare with `samePath`. */
  readonly path: readonly (string | number)[];
  /** Decoded: without quotes and escapes. */
  readonly value: string;
  /** What is written, without quotes. */
  readonly range: TextRange;
  /** Of the key that it is the value of. */
  readonly keyRange?: TextRange;
  /** The text of `range` is the value: no escapes, no folding. */
  readonly literal: boolean;
  /** A literal block of YAML (`|`): its lines, less the indentation that the first has, are the value's. */
  readonly isBlock?: true;
  /** An alias: `range` is then where the anchor's scalar is written, and this where the alias stands. */
  readonly aliasRange?: TextRange;
  /** Path of the mapping that is merged into this one: the value of `<<` is its alias, at `range`, and no text. */
  readonly merges?: readonly (string | number)[];
}

/** Of a path in the scalar's document: the same for the same place, and no other. */
export function pathKey({ document }: Pick<Scalar, 'document'>, path: Scalar['path']): string {
  return JSON.stringify([document, ...path]);
}

/** Of the mapping or sequence that the scalar stands in. */
export function holderKey(scalar: Pick<Scalar, 'document' | 'path'>): string {
  return pathKey(scalar, scalar.path.slice(0, -1));
}
