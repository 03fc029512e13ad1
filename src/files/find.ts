import type { Sliced } from './slices.ts';
import type { FoundReference, RuleFile, TextFile } from './types.ts';

/**
 * The image references of a file, in the order of the text; none if it is of no kind that is looked at, or longer than
 * `maxFileLength`. Never throws. What cannot be known (variables from outside, templates) is left out.
 */
export function* findReferences(_file: TextFile): Sliced<readonly FoundReference[]> {
  yield;
  return [];
}

/** The cache rules that a Bicep, ARM or Terraform file defines; none in other files. Never throws. */
export function* findRuleDefinitions(_file: TextFile): Sliced<RuleFile> {
  yield;
  return { rules: [], articleScopes: [] };
}
