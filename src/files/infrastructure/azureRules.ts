import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import type { AzureResource, AzureTemplate } from './azureTemplate.ts';
import { textOf } from './expressions/evaluate.ts';
import { lookUp } from './expressions/lookUp.ts';
import { propertyOf, spotOf } from './expressions/values.ts';
import {
  articleScope,
  cacheRuleType,
  childNames,
  identityIn,
  repositoryType,
  roleAssignmentType,
  sidesIn,
  slashedNames,
} from './ruleParts.ts';

type Symbols = AzureTemplate['bySymbol'];

/**
 * The cache rules and the article's scopes of a Bicep file, whose modules are files of their own, or of an ARM template, also of those
 * nested in it.
 */
export function readAzureRules({ resources, bySymbol }: AzureTemplate): RuleFile {
  const defining = resources.filter(({ existing }) => existing !== true);
  const ofType = (wanted: string) => defining.filter(({ type }) => type === wanted);
  return {
    rules: ofType(cacheRuleType).map((rule) => definition(rule, bySymbol)),
    articleScopes: ofType(roleAssignmentType).flatMap(
      (assignment) => (bySymbol ? repositoryScope(assignment, bySymbol) : scopeOf(assignment)) ?? [],
    ),
  };
}

function definition(resource: AzureResource, bySymbol: Symbols): RuleDefinition {
  const { body, head, apiVersion, conditional, scope } = resource;
  const { identity, ...identityId } = identityIn(lookUp(body, 'identity', scope));
  return {
    range: head,
    ...namesOf(resource, bySymbol),
    ...sidesIn(lookUp(body, 'properties', scope)),
    identity,
    // ARM's is the key of an empty object, which is not read.
    ...(bySymbol && identityId),
    ...(apiVersion && { apiVersion }),
    ...(conditional && { conditional }),
  };
}

function namesOf({ body, parent, scope }: AzureResource, bySymbol: Symbols) {
  const name = propertyOf(body, 'name');
  if (parent) return childNames(name, propertyOf(parent.body, 'name'), scope);
  const reference = bySymbol && propertyOf(body, 'parent');
  if (!reference) return slashedNames(name, scope);
  const registry = reference.kind === 'name' ? bySymbol.get(reference.path.at(-1) ?? '') : undefined;
  return childNames(name, propertyOf(registry?.body, 'name') ?? reference, scope);
}

function scopeOf({ body, scope }: AzureResource): LiteralText | undefined {
  return articleScope(propertyOf(body, 'scope'), scope);
}

/** A resource of the type `registries/repositories` is what the article's scope looks like in Bicep. */
function repositoryScope({ body, scope }: AzureResource, bySymbol: NonNullable<Symbols>): LiteralText | undefined {
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
