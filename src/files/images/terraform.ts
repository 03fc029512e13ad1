import type { Sliced } from '../slices.ts';
import { textOf } from '../syntax/evaluate.ts';
import { readHcl } from '../syntax/hcl.ts';
import { hclScope } from '../syntax/hclScope.ts';
import { propertyOf } from '../syntax/values.ts';
import type { FoundReference } from '../types.ts';
import { anywhere, LiteralReferences, type RoleAt } from './literalReferences.ts';
import { azureRole, terraformRole } from './literalRoles.ts';

/** The images that strings of a Terraform file name, in the order of the text. Never throws. */
export function* findInTerraform(text: string): Sliced<FoundReference[]> {
  const entries = yield* readHcl(text);
  const scope = hclScope(entries);
  const references = new LiteralReferences(text);
  for (const { key, labels, value } of entries) {
    let roleAt: RoleAt = anywhere;
    const type = labels?.[0] ?? '';
    if (key === 'resource' && type.startsWith('azapi_')) {
      const [azureType = ''] = textOf(propertyOf(value, 'type'), scope)?.toLowerCase().split('@') ?? [];
      roleAt = (keys) => azureRole(azureType, keys);
    } else if (key === 'resource') roleAt = (keys) => terraformRole(type, keys);
    references.visit(value, scope, roleAt);
    yield;
  }
  return yield* references.found();
}
