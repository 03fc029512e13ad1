import type { Sliced } from '../slices.ts';
import { textOf } from '../syntax/evaluate.ts';
import { readHcl } from '../syntax/hcl.ts';
import { hclResources, hclScope } from '../syntax/hclScope.ts';
import { propertyOf } from '../syntax/values.ts';
import type { FoundReference } from '../types.ts';
import { anywhere, LiteralReferences } from './literalReferences.ts';
import { azureRole, terraformRole } from './literalRoles.ts';

/** The images that strings of a Terraform file name, in the order of the text. Never throws. */
export function* findInTerraform(text: string): Sliced<FoundReference[]> {
  const entries = yield* readHcl(text);
  const scope = hclScope(entries);
  const references = new LiteralReferences(text);
  // Inner ones first: a block that is not closed yet has all that follows inside.
  for (const { kind, type, body } of hclResources(entries).toReversed()) {
    if (kind !== 'resource') continue;
    const [azureType = ''] = textOf(propertyOf(body, 'type'), scope)?.toLowerCase().split('@') ?? [];
    const isAzapi = type.startsWith('azapi_');
    references.visit(body, scope, (keys) => (isAzapi ? azureRole(azureType, keys) : terraformRole(type, keys)));
    yield;
  }
  for (const { value } of entries) references.visit(value, scope, anywhere);
  return yield* references.found();
}
