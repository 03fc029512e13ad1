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
