import { each, type Sliced } from '../slices.ts';
import { readArm, type ArmResource } from '../syntax/armTemplate.ts';
import { placed } from '../syntax/evaluate.ts';
import { propertyOf } from '../syntax/values.ts';
import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import {
  articleScope,
  cacheRuleType,
  childNames,
  credentialPresence,
  identityParts,
  literal,
  roleAssignmentType,
  slashedNames,
} from './ruleParts.ts';

/** The cache rules and the article's scopes of an ARM template, also of those nested in it. Never throws. */
export function* readArmRules(text: string): Sliced<RuleFile> {
  const { resources } = yield* readArm(text);
  const rules: RuleDefinition[] = [];
  const articleScopes: LiteralText[] = [];
  yield* each(resources, (resource) => {
    if (resource.type === cacheRuleType) rules.push(definition(resource));
    if (resource.type !== roleAssignmentType) return;
    const found = articleScope(propertyOf(resource.body, 'scope'), resource.scope);
    if (found) articleScopes.push(found);
  });
  return { rules, articleScopes };
}

function definition({ body, head, extent, apiVersion, conditional, scope, parent }: ArmResource): RuleDefinition {
  const properties = propertyOf(body, 'properties');
  // Given by an expression as a whole; nothing at all is not written either, as JSON's `{}` leaves no scalar.
  const isOpen = properties !== undefined && properties.kind !== 'object';
  const name = propertyOf(body, 'name');
  const source = literal(propertyOf(properties, 'sourceRepository'), scope);
  const target = literal(propertyOf(properties, 'targetRepository'), scope);
  return {
    range: placed(head, scope),
    extent: placed(extent, scope),
    ...(parent ? childNames(name, propertyOf(parent.body, 'name'), scope) : slashedNames(name, scope)),
    ...(source && { source }),
    ...(target && { target }),
    // Its id is the key of an empty object, which is not read.
    identity: identityParts(propertyOf(body, 'identity'), scope, false).identity,
    credentialSet: credentialPresence(propertyOf(properties, 'credentialSetResourceId'), scope, isOpen),
    ...(apiVersion && { apiVersion: { ...apiVersion, range: placed(apiVersion.range, scope) } }),
    ...(conditional && { conditional }),
  };
}
