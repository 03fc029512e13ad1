import type { Sliced } from '../slices.ts';
import { readBicep } from '../syntax/bicep.ts';
import { bicepScope } from '../syntax/bicepScope.ts';
import type { FoundReference } from '../types.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole } from './literalRoles.ts';

/** The images that strings of a Bicep file name, in the order of the text. Never throws. */
export function* findInBicep(text: string): Sliced<FoundReference[]> {
  const file = yield* readBicep(text);
  const scope = bicepScope(file);
  const references = new LiteralReferences(text);
  for (const resource of file.resources) {
    references.visit(resource.body, scope, (keys) => azureRole(resource.type, keys));
    yield;
  }
  yield* references.visitAll([...file.values.values(), ...file.others], scope);
  return yield* references.found();
}
