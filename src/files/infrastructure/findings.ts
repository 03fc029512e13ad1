import type { Findings, FoundReference } from '../types.ts';
import { readArm } from './armTemplate.ts';
import { readAzureRules } from './azureRules.ts';
import type { AzureTemplate } from './azureTemplate.ts';
import { readBicep } from './bicep.ts';
import { textOf } from './expressions/evaluate.ts';
import { propertyOf } from './expressions/values.ts';
import { Places } from './literalPlaces.ts';
import { LiteralReferences } from './literalReferences.ts';
import { azureRole, terraformRole } from './literalRoles.ts';
import { readTerraform, type TerraformFile } from './terraform.ts';
import { readTerraformRules } from './terraformRules.ts';

/** The images that strings of a Bicep file name, and the cache rules that it defines. Never throws, as the others. */
export function findInBicep(text: string): Findings {
  const template = readBicep(text);
  return { references: azureImages(text, template), ruleFile: readAzureRules(template) };
}

/** Of an ARM template. */
export function findInArmTemplate(text: string): Findings {
  const template = readArm(text);
  return { references: azureImages(text, template), ruleFile: readAzureRules(template) };
}

/** Of a Terraform file. */
export function findInTerraform(text: string): Findings {
  const file = readTerraform(text);
  return { references: terraformImages(text, file), ruleFile: readTerraformRules(file) };
}

function azureImages(text: string, { resources, values }: AzureTemplate): FoundReference[] {
  const references = new LiteralReferences(text);
  const places = new Places();
  // Inner ones first: what is in them has their type and their scope.
  for (const { type, body, collections, scope } of resources.toReversed())
    references.visit(
      body,
      scope,
      places.of(type, (keys) => azureRole(type, keys)),
      collections,
    );
  references.visitNamed(values);
  return references.found();
}

function terraformImages(text: string, { values, resources }: TerraformFile): FoundReference[] {
  const references = new LiteralReferences(text);
  const places = new Places();
  // Inner ones first: a block that is not closed yet has all that follows inside.
  for (const { kind, type, body, scope } of resources.toReversed()) {
    if (kind !== 'resource') continue;
    const isAzapi = type.startsWith('azapi_');
    const [azureType = ''] =
      textOf(isAzapi ? propertyOf(body, 'type') : undefined, scope)
        ?.toLowerCase()
        .split('@') ?? [];
    const builds = body.entries.some(({ key, labels }) => (key === 'dynamic' ? labels?.[0] : key) === 'build');
    const place = places.of(isAzapi ? `azapi ${azureType}` : `${type} ${builds}`, (keys) =>
      isAzapi ? azureRole(azureType, keys) : terraformRole(type, keys, builds),
    );
    references.visit(body, scope, place);
  }
  references.visitNamed(values);
  return references.found();
}
