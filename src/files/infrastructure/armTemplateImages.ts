import { readArm } from './armTemplate.ts';
import type { FoundReference } from '../types.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole, roleByNames } from './literalRoles.ts';

/** The images that strings of an ARM template name, in the order of the text. Never throws. */
export function findInArmTemplate(text: string): FoundReference[] {
  const { values, resources } = readArm(text);
  const references = new LiteralReferences(text);
  // Inner ones first: what is in them has their type and their scope.
  for (const { type, body, scope } of resources.toReversed())
    references.visit(body, scope, (keys) => azureRole(type, keys));
  // Parameters, variables, outputs.
  for (const { value, scope } of values) references.visit(value, scope, roleByNames);
  return references.found();
}
