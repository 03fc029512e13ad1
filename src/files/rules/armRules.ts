import { readArm, type ArmResource } from '../infrastructure/armTemplate.ts';
import { placed } from '../infrastructure/expressions/evaluate.ts';
import { lookUp } from '../infrastructure/expressions/lookUp.ts';
import { propertyOf } from '../infrastructure/expressions/values.ts';
import type { LiteralText, RuleDefinition, RuleFile } from '../types.ts';
import {
  articleScope,
  cacheRuleType,
  childNames,
  identityIn,
  roleAssignmentType,
  sidesIn,
  slashedNames,
} from './ruleParts.ts';

/** The cache rules and the article's scopes of an ARM template, also of those nested in it. Never throws. */
export function readArmRules(text: string): RuleFile {
  const { resources } = readArm(text);
  const rules: RuleDefinition[] = [];
  const articleScopes: LiteralText[] = [];
  for (const resource of resources) {
    if (resource.type === cacheRuleType) rules.push(definition(resource));
    if (resource.type !== roleAssignmentType) continue;
    const found = articleScope(propertyOf(resource.body, 'scope'), resource.scope);
    if (found) articleScopes.push(found);
  }
  return { rules, articleScopes };
}

function definition({ body, head, extent, apiVersion, conditional, scope, parent }: ArmResource): RuleDefinition {
  const name = propertyOf(body, 'name');
  return {
    range: placed(head, scope),
    extent: placed(extent, scope),
    ...(parent ? childNames(name, propertyOf(parent.body, 'name'), scope) : slashedNames(name, scope)),
    ...sidesIn(lookUp(body, 'properties', scope)),
    // Its id is the key of an empty object, which is not read.
    identity: identityIn(lookUp(body, 'identity', scope)).identity,
    ...(apiVersion && { apiVersion: { ...apiVersion, range: placed(apiVersion.range, scope) } }),
    ...(conditional && { conditional }),
  };
}
