import { textOf } from './expressions/evaluate.ts';
import { readTerraform } from './terraform.ts';
import { propertyOf } from './expressions/values.ts';
import type { FoundReference } from '../types.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole, roleByNames, terraformRole } from './literalRoles.ts';

/** The images that strings of a Terraform file name, in the order of the text. Never throws. */
export function findInTerraform(text: string): FoundReference[] {
  const { values, resources } = readTerraform(text);
  const references = new LiteralReferences(text);
  // Inner ones first: a block that is not closed yet has all that follows inside.
  for (const { kind, type, body, scope } of resources.toReversed()) {
    if (kind !== 'resource') continue;
    const [azureType = ''] = textOf(propertyOf(body, 'type'), scope)?.toLowerCase().split('@') ?? [];
    const isAzapi = type.startsWith('azapi_');
    const builds = body.entries.some(({ key, labels }) => (key === 'dynamic' ? labels?.[0] : key) === 'build');
    references.visit(body, scope, (keys) => (isAzapi ? azureRole(azureType, keys) : terraformRole(type, keys, builds)));
  }
  for (const { value, scope, names } of values) references.visit(value, scope, roleByNames, { names });
  return references.found();
}
