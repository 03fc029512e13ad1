import { readBicep, type BicepFile, type BicepResource } from '../infrastructure/bicepFile.ts';
import { placed, textOf } from '../infrastructure/expressions/evaluate.ts';
import { lookUp } from '../infrastructure/expressions/lookUp.ts';
import { propertyOf, spotOf } from '../infrastructure/expressions/values.ts';
import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import {
  cacheRuleType,
  childNames,
  identityIn,
  repositoryType,
  roleAssignmentType,
  sidesIn,
  slashedNames,
} from './ruleParts.ts';

type Resources = BicepFile['bySymbol'];

/** The cache rules and the article's scopes of a Bicep file; modules are files of their own. Never throws. */
export function readBicepRules(text: string): RuleFile {
  const { resources, bySymbol } = readBicep(text);
  const rules: RuleDefinition[] = [];
  const articleScopes: LiteralText[] = [];
  for (const resource of resources) {
    if (resource.existing) continue;
    if (resource.type === cacheRuleType) rules.push(definition(resource, bySymbol));
    if (resource.type !== roleAssignmentType) continue;
    const found = repositoryScope(resource, bySymbol);
    if (found) articleScopes.push(found);
  }
  return { rules, articleScopes };
}

function definition(resource: BicepResource, bySymbol: Resources): RuleDefinition {
  const { body, head, extent, apiVersion, conditional, scope } = resource;
  return {
    range: placed(head, scope),
    extent: placed(extent, scope),
    ...names(resource, bySymbol),
    ...sidesIn(lookUp(body, 'properties', scope)),
    ...identityIn(lookUp(body, 'identity', scope)),
    ...(apiVersion && { apiVersion: { ...apiVersion, range: placed(apiVersion.range, scope) } }),
    ...(conditional && { conditional }),
  };
}

function names({ body, parent, scope }: BicepResource, bySymbol: Resources) {
  const name = propertyOf(body, 'name');
  if (parent) return childNames(name, propertyOf(parent.body, 'name'), scope);
  const reference = propertyOf(body, 'parent');
  if (!reference) return slashedNames(name, scope);
  const registry = reference.kind === 'name' ? bySymbol.get(reference.path.at(-1) ?? '') : undefined;
  const registryName = propertyOf(registry?.body, 'name');
  return registry && registryName
    ? childNames(name, registryName, scope, registry.scope)
    : childNames(name, reference, scope);
}

/** A resource of the type `registries/repositories` is what the article's scope looks like in Bicep. */
function repositoryScope({ body, scope }: BicepResource, bySymbol: Resources): LiteralText | undefined {
  const value = propertyOf(body, 'scope');
  const repository = value?.kind === 'name' ? bySymbol.get(value.path[0] ?? '') : undefined;
  if (!value || repository?.type !== repositoryType) return undefined;
  const name = textOf(propertyOf(repository.body, 'name'), scope) ?? '…';
  const registry = propertyOf(repository.body, 'parent');
  const registryBody = registry?.kind === 'name' ? bySymbol.get(registry.path[0] ?? '')?.body : repository.parent?.body;
  const registryName = textOf(propertyOf(registryBody, 'name'), scope);
  const whole = registryBody ? [registryName ?? '…', name] : name.split('/');
  return {
    range: placed(spotOf(value), scope),
    value: `registries/${whole[0] ?? '…'}/repositories/${whole.slice(1).join('/') || '…'}`,
  };
}
