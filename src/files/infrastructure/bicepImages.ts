import { readBicep } from './bicepFile.ts';
import type { FoundReference } from '../types.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole, roleByNames } from './literalRoles.ts';

/** The images that strings of a Bicep file name, in the order of the text. Never throws. */
export function findInBicep(text: string): FoundReference[] {
  const { resources, values } = readBicep(text);
  const references = new LiteralReferences(text);
  for (const { type, body, collections, scope } of resources)
    references.visit(body, scope, (keys) => azureRole(type, keys), { collections });
  for (const { value, scope, names } of values) references.visit(value, scope, roleByNames, { names });
  return references.found();
}
