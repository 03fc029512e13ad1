import * as l10n from '@vscode/l10n';
import type { Azure } from '../azure/azure.ts';
import { sameArmId } from '../domain/armId.ts';
import { findTargetConflict } from '../domain/ruleConflicts.ts';
import type { CacheRule } from '../domain/types.ts';
import { requirementsOf } from './graph.ts';
import { linkOfRule } from './linkOfRule.ts';
import { planOf } from './planOf.ts';
import { readIdentity, readRules } from './reads.ts';
import { cacheRule, findEquivalentRule, inspectRule } from './requirements/cacheRule.ts';
import { ruleIdentity } from './requirements/ruleIdentity.ts';
import { samePaths, withoutRule } from './requirements/withoutRule.ts';
import type { CacheLink, Plan, RepositoryMapping, Requirement } from './types.ts';

export { resetTag, type ResetTagResult } from './resetTag.ts';

export interface ChangeRuleOptions {
  readonly signal?: AbortSignal;
}

/**
 * A rule's paths cannot be patched: a new rule with the same identity, whose permission is extended if need be, and the old one
 * deleted, in one plan. The new one comes first, unless its name or target is the old one's. What is cached stays where it is.
 * A second plan for the same rule object and mapping does the rest of one that was cut off.
 * @throws Error when the rule's set-up cannot be derived (no identity, upstream not visible) or nothing would change
 */
export async function replaceRulePlan(
  azure: Azure,
  rule: CacheRule,
  newMapping: RepositoryMapping,
  options: ChangeRuleOptions = {},
): Promise<Plan> {
  const derived = await setUpOf(azure, rule, options);
  const link: CacheLink = { ...derived, mappings: [newMapping] };
  const isSameName = rule.name.toLowerCase() === newMapping.ruleName.toLowerCase();
  if (isSameName && findEquivalentRule(link, newMapping, [rule])) {
    throw new Error(l10n.t('The cache rule {0} maps this already: there is nothing to replace.', rule.name));
  }
  const isInTheWay = isSameName || findTargetConflict(newMapping.target, [rule]) !== undefined;
  const created = cacheRule(link, newMapping);
  const before = requirementsOf(link).filter((requirement) => requirement.kind !== 'cacheRule');
  const prepared = before.map(({ id }) => id);
  const old = withoutRule(rule, isInTheWay ? prepared : [...prepared, created.id]);
  const replacing: Requirement = {
    ...created,
    needs: isInTheWay ? [...created.needs, old.id] : created.needs,
    async inspect(context) {
      const [rules, identity] = await Promise.all([readRules(context, link.downstream.id), readIdentity(context)]);
      const others = rules.filter((one) => !(sameArmId(one.id, rule.id) && samePaths(one, rule)));
      return inspectRule(link, newMapping, others, identity?.principalId);
    },
  };
  const steps = isInTheWay ? [old, replacing] : [replacing, old];
  return planOf(azure, link, [...before, ...steps], options);
}

/**
 * Lets the rule authenticate as another identity, which gets the permission first. The old identity and its permission stay:
 * clean them up when nothing else needs them.
 * @throws Error when the rule's set-up cannot be derived
 */
export async function changeIdentityPlan(
  azure: Azure,
  rule: CacheRule,
  identity: CacheLink['identity'],
  options: ChangeRuleOptions = {},
): Promise<Plan> {
  const link: CacheLink = { ...(await setUpOf(azure, rule, options)), identity };
  const [mapping] = link.mappings;
  if (!mapping) throw new Error(l10n.t('The cache rule {0} maps nothing.', rule.name));
  const before = requirementsOf(link).filter((requirement) => requirement.kind !== 'cacheRule');
  return planOf(azure, link, [...before, ruleIdentity(link, mapping)], options);
}

/** The set-up the rule is part of; the article's form of access, which nothing shows to work, is replaced by a condition. */
async function setUpOf(azure: Azure, rule: CacheRule, { signal }: ChangeRuleOptions): Promise<CacheLink> {
  const derived = await linkOfRule(azure, rule, signal ? { signal } : {});
  if (!derived.ok) throw derived.error ?? new Error(derived.reason);
  const { link } = derived;
  return link.access === 'repositoryScope' ? { ...link, access: 'condition' } : link;
}
