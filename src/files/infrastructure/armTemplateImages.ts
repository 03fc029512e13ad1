import type { Sliced } from '../../common/slices.ts';
import { readArm } from './armTemplate.ts';
import type { FoundReference } from '../types.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole, roleByNames } from './literalRoles.ts';

/** The images that strings of an ARM template name, in the order of the text. Never throws. */
export function* findInArmTemplate(text: string): Sliced<FoundReference[]> {
  const { values, resources } = yield* readArm(text);
  yield;
  const references = new LiteralReferences(text);
  // Inner ones first: what is in them has their type and their scope.
  for (const { type, body, scope } of resources.toReversed())
    yield* references.visit(body, scope, (keys) => azureRole(type, keys));
  // Parameters, variables, outputs.
  for (const { value, scope } of values) yield* references.visit(value, scope, roleByNames);
  return yield* references.found();
}
