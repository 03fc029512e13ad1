import type { Sliced } from '../slices.ts';
import { readBicep, type BicepResource } from '../syntax/bicep.ts';
import { bicepScope, resourcesBySymbol } from '../syntax/bicepScope.ts';
import { textOf, type Scope } from '../syntax/evaluate.ts';
import { propertyOf, spotOf } from '../syntax/values.ts';
import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import {
  cacheRuleType,
  childNames,
  credentialPresence,
  identityPresence,
  literal,
  repositoryType,
  roleAssignmentType,
  slashedNames,
} from './ruleParts.ts';

type Resources = ReadonlyMap<string, BicepResource>;

/** The cache rules and the article's scopes of a Bicep file; modules are files of their own. Never throws. */
export function* readBicepRules(text: string): Sliced<RuleFile> {
  const file = yield* readBicep(text);
  const scope = bicepScope(file);
  const bySymbol = resourcesBySymbol(file);
  const rules: RuleDefinition[] = [];
  const articleScopes: LiteralText[] = [];
  for (const resource of file.resources) {
    if (resource.existing) continue;
    if (resource.type === cacheRuleType) rules.push(definition(resource, scope, bySymbol));
    if (resource.type !== roleAssignmentType) continue;
    const found = repositoryScope(resource, scope, bySymbol);
    if (found) articleScopes.push(found);
  }
  return { rules, articleScopes };
}

function definition(resource: BicepResource, scope: Scope, bySymbol: Resources): RuleDefinition {
  const { body, head, extent, apiVersion, conditional } = resource;
  const properties = propertyOf(body, 'properties');
  const isOpen = body.kind !== 'object' || body.open;
  const lacksProperties = properties ? properties.kind !== 'object' || properties.open : isOpen;
  const source = literal(propertyOf(properties, 'sourceRepository'), scope);
  const target = literal(propertyOf(properties, 'targetRepository'), scope);
  return {
    range: head,
    extent,
    ...names(resource, scope, bySymbol),
    ...(source && { source }),
    ...(target && { target }),
    identity: identityPresence(propertyOf(body, 'identity'), scope, isOpen),
    credentialSet: credentialPresence(propertyOf(properties, 'credentialSetResourceId'), scope, lacksProperties),
    ...(apiVersion && { apiVersion }),
    ...(conditional && { conditional }),
  };
}

function names({ body, parent }: BicepResource, scope: Scope, bySymbol: Resources) {
  const name = propertyOf(body, 'name');
  if (parent) return childNames(name, propertyOf(parent.body, 'name'), scope);
  const reference = propertyOf(body, 'parent');
  if (!reference) return slashedNames(name, scope);
  const registry = reference.kind === 'name' ? bySymbol.get(reference.path.at(-1) ?? '') : undefined;
  return childNames(name, propertyOf(registry?.body, 'name') ?? reference, scope);
}

/** A resource of the type `registries/repositories` is what the article's scope looks like in Bicep. */
function repositoryScope({ body }: BicepResource, scope: Scope, bySymbol: Resources): LiteralText | undefined {
  const value = propertyOf(body, 'scope');
  const repository = value?.kind === 'name' ? bySymbol.get(value.path[0] ?? '') : undefined;
  if (!value || repository?.type !== repositoryType) return undefined;
  const name = textOf(propertyOf(repository.body, 'name'), scope) ?? '…';
  const registry = propertyOf(repository.body, 'parent');
  const registryBody = registry?.kind === 'name' ? bySymbol.get(registry.path[0] ?? '')?.body : repository.parent?.body;
  const registryName = textOf(propertyOf(registryBody, 'name'), scope);
  const whole = registryBody ? [registryName ?? '…', name] : name.split('/');
  return {
    range: spotOf(value),
    value: `registries/${whole[0] ?? '…'}/repositories/${whole.slice(1).join('/') || '…'}`,
  };
}
