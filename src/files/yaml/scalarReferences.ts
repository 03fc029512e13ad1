import type { TextRange } from '../types.ts';
import type { Scalar } from './scalars.ts';

/** Where a scalar stands in for an image: itself, or the alias that means it. */
export function placeOf(scalar: Scalar): TextRange {
  return scalar.aliasRange ?? scalar.range;
}

/** The alias of a scalar, which is one of the places that mean what is written at its anchor. */
export function usesOf(scalar: Scalar): readonly TextRange[] {
  return scalar.aliasRange ? [scalar.aliasRange] : [];
}

/** YAML's and JSON's values that are no text; no image is called so. */
const noText = /^(?:null|true|false|yes|no|on|off|~|\d+)$/i;

/** Whether a value can be the name of an image, as far as its type tells. */
export function isText({ value }: Scalar): boolean {
  return !noText.test(value);
}

/** Which scalars were read already: a file may have any number of aliases of one. */
export class ReadScalars {
  readonly #uses = new Map<number, TextRange[]>();

  /**
   * The uses of what a scalar is written as, to which those of later aliases are added. Undefined if it was entered before: its
   * alias is one of the uses now.
   */
  enter(scalar: Scalar): TextRange[] | undefined {
    const key = scalar.range.start;
    const known = this.#uses.get(key);
    if (known === undefined) {
      const uses = [...usesOf(scalar)];
      this.#uses.set(key, uses);
      return uses;
    }
    if (scalar.aliasRange) known.push(scalar.aliasRange);
    return undefined;
  }
}
