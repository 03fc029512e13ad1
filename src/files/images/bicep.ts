import type { Sliced } from '../slices.ts';
import { readBicep } from '../syntax/bicepFile.ts';
import type { FoundReference } from '../types.ts';
import { anywhere, LiteralReferences } from './literalReferences.ts';
import { azureRole } from './literalRoles.ts';

/** The images that strings of a Bicep file name, in the order of the text. Never throws. */
export function* findInBicep(text: string): Sliced<FoundReference[]> {
  const { resources, values } = yield* readBicep(text);
  const references = new LiteralReferences(text);
  for (const { type, body, scope } of resources) yield* references.visit(body, scope, (keys) => azureRole(type, keys));
  for (const { value, scope } of values) yield* references.visit(value, scope, anywhere);
  return yield* references.found();
}
