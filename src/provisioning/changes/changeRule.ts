import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions } from '../../azure/azure.ts';
import { whyManaged } from '../../domain/managedRules.ts';
import { findTargetConflict } from '../../domain/ruleConflicts.ts';
import type { CacheRule } from '../../domain/types.ts';
import { requirementsOf } from '../requirements/requirementsOf.ts';
import { linkOfRule } from '../link/linkOfRule.ts';
import { ruleOf } from '../link/ruleOf.ts';
import { planOf } from '../plan.ts';
import { cacheRule, findEquivalentRule } from '../requirements/cacheRule.ts';
import { inspectAsIfDeleted, replacedRule } from '../requirements/absence/replacedRule.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import { withoutRule } from '../requirements/absence/withoutRule.ts';
import { withoutSource } from '../requirements/absence/withoutSource.ts';
import { fingerprintOf, otherRule, whyOtherUnlessChanged, withFingerprint } from '../engine/sameRule.ts';
import type { CacheLink, Finding, Fingerprint, Plan, Purpose, RepositoryMapping, Requirement } from '../types.ts';

export interface Replacement {
  /** With the new mapping. */
  readonly link: CacheLink;
  readonly requirements: readonly Requirement[];
  readonly creation: Requirement;
  readonly deletion: Requirement;
  /** The old rule has to go before the new one can be made. */
  readonly isInTheWay: boolean;
}

/**
 * A rule's paths cannot be patched: a new rule with the same identity, whose permission is extended if need be, and the old one
 * deleted, in one plan. The new one comes first, unless its name or target is the old one's; then what is uncertain about the new
 * one blocks, since the old one does not come back. Last goes the permission that only the old one needed. What is cached stays.
 * A second plan for the same rule object and mapping does the rest of one that was cut off.
 * @throws Error when the rule's setup cannot be derived (no identity, upstream not visible) or nothing would change
 */
export async function replaceRulePlan(
  azure: Azure,
  rule: CacheRule,
  newMapping: RepositoryMapping,
  options: CallOptions = {},
): Promise<Plan> {
  return replacementPlan(azure, await setUpOf(azure, rule, options), rule, newMapping, options);
}

export type ReplacePurpose = Extract<Purpose, { kind: 'replace' }>;

/** The rest of a replacement that was cut off, whose old rule may be gone. */
export async function resumeReplacePlan(
  azure: Azure,
  purpose: ReplacePurpose,
  options: CallOptions = {},
): Promise<Plan> {
  const { before, rule: known, newMapping } = replacedBy(purpose);
  const rule = purpose.rule ? withFingerprint(known, purpose.rule) : known;
  return replacementPlan(azure, before, rule, newMapping, options);
}

export function replacementOf(purpose: ReplacePurpose): Replacement {
  const { before, rule, newMapping } = replacedBy(purpose);
  return replacement(before, rule, newMapping);
}

function replacedBy({ link, replaces }: ReplacePurpose): {
  readonly before: CacheLink;
  readonly rule: CacheRule;
  readonly newMapping: RepositoryMapping;
} {
  const { downstream, source, access, mappings } = link;
  const { kind, identityId } = link.authentication;
  const [newMapping] = mappings;
  if (!newMapping) throw new Error(l10n.t('Cache rule {0} maps nothing.', replaces.ruleName));
  // A replacement neither switches a registry nor makes an identity: nobody has consented to what a file allows of that.
  const before: CacheLink = { downstream, source, authentication: { kind, identityId }, access, mappings: [replaces] };
  return { before, rule: ruleOf(before, replaces), newMapping };
}

/** `before`: the setup that `rule` is or was part of. */
async function replacementPlan(
  azure: Azure,
  before: CacheLink,
  rule: CacheRule,
  newMapping: RepositoryMapping,
  options: CallOptions,
): Promise<Plan> {
  refuseManaged(rule);
  if (isSameName(rule, newMapping) && findEquivalentRule({ ...before, mappings: [newMapping] }, newMapping, [rule])) {
    throw new Error(l10n.t('Cache rule {0} already maps this, so there is nothing to replace.', rule.name));
  }
  const { link, requirements, deletion, isInTheWay } = replacement(before, rule, newMapping);
  const [replaces] = before.mappings;
  const purpose = replaces && { kind: 'replace' as const, link, replaces, rule: fingerprintOf(rule) };
  const plan = await planOf(azure, { requirements, link, purpose }, options);
  return isInTheWay ? blockOnUncertainty(plan, deletion.id) : plan;
}

function replacement(before: CacheLink, rule: CacheRule, newMapping: RepositoryMapping): Replacement {
  const link: CacheLink = { ...before, mappings: [newMapping] };
  const isInTheWay = isSameName(rule, newMapping) || findTargetConflict(newMapping.target, [rule]) !== undefined;
  const created = cacheRule(link, newMapping);
  const preparation = requirementsOf(link).filter((requirement) => requirement.kind !== 'cacheRule');
  const prepared = preparation.map(({ id }) => id);
  const deletion = isInTheWay
    ? replacedRule(rule, link, newMapping, prepared)
    : withoutRule(rule, [...prepared, created.id]);
  const creation: Requirement = {
    ...created,
    needs: isInTheWay ? [...created.needs, deletion.id] : created.needs,
    inspect: (context) => inspectAsIfDeleted(context, rule, link, newMapping),
  };
  const freed = withoutSource(before, rule, ruleOf(link, newMapping), [...prepared, created.id, deletion.id]);
  const steps = isInTheWay ? [deletion, creation, freed] : [creation, deletion, freed];
  return { link, requirements: [...preparation, ...steps], creation, deletion, isInTheWay };
}

function isSameName(rule: CacheRule, { ruleName }: RepositoryMapping): boolean {
  return rule.name.toLowerCase() === ruleName.toLowerCase();
}

/** What might keep the new rule from being made: without it, an old rule deleted first would be lost. */
const uncertain: ReadonlySet<string> = new Set([
  'targetUnknown',
  'rightUnknown',
  'denialUnknown',
  'rightDenied',
  'right',
]);

/** The plan whose doubts block as long as the old rule is there to be lost. */
function blockOnUncertainty(plan: Plan, oldId: string): Plan {
  const isThere = plan.steps.some(
    ({ requirement, inspection }) => requirement.id === oldId && inspection.verdict !== 'satisfied',
  );
  if (!isThere || !plan.findings.some(({ code }) => uncertain.has(code))) return plan;
  const findings = plan.findings.map((finding): Finding => {
    return uncertain.has(finding.code) ? { ...finding, severity: 'blocking' } : finding;
  });
  return { ...plan, findings, canApply: false };
}

/**
 * Lets the rule authenticate as another identity, which gets the permission first. The old identity and its permission stay:
 * clean them up when nothing else needs them.
 * @param link the rule's setup with the other identity
 * @throws Error when Azure manages the rule, or the link maps nothing
 */
export async function changeIdentityPlan(
  azure: Azure,
  rule: CacheRule,
  link: CacheLink,
  options: CallOptions = {},
): Promise<Plan> {
  refuseManaged(rule);
  if (link.mappings.length === 0) throw new Error(l10n.t('Cache rule {0} maps nothing.', rule.name));
  const purpose = { kind: 'changeIdentity', link, rule: fingerprintOf(rule) } as const;
  return planOf(azure, { requirements: identityChangeOf(link, rule), link, purpose }, options);
}

/**
 * What a change of the identity to that of the link is made of, in the order in which it is done. `rule`: as it was looked at; one
 * that is another by then is not changed.
 */
export function identityChangeOf(link: CacheLink, rule?: CacheRule): Requirement[] {
  const before = requirementsOf(link).filter((requirement) => requirement.kind !== 'cacheRule');
  return [...before, ...link.mappings.slice(0, 1).map((mapping) => ruleIdentity(link, mapping, rule))];
}

/**
 * The rule of a change of identity that was cut off, to be changed again: by its paths and fingerprint the one that it was begun for.
 * @throws Error if there is another one of the name by now; AzureError `notFound` if there is none
 */
export async function readChangedRule(
  azure: Azure,
  link: CacheLink,
  fingerprint: Fingerprint | undefined,
  options: CallOptions = {},
): Promise<CacheRule> {
  const [mapping] = link.mappings;
  if (!mapping) throw new Error(l10n.t('The setup maps nothing.'));
  const known = ruleOf(link, mapping);
  const now = await azure.cacheRules.get(known.id, options);
  const seen = withFingerprint(known, fingerprint ?? fingerprintOf(now));
  const why = whyOtherUnlessChanged(now, seen, link.authentication.identityId);
  if (why) throw new Error(otherRule(now, why));
  return now;
}

function refuseManaged(rule: CacheRule): void {
  const managed = whyManaged(rule.name);
  if (managed) throw new Error(managed);
}

/** The setup the rule is part of; the article's form of access, which nothing shows to work, is replaced by a condition. */
async function setUpOf(azure: Azure, rule: CacheRule, options: CallOptions): Promise<CacheLink> {
  const derived = await linkOfRule(azure, rule, options);
  if (!derived.ok) throw derived.error ?? new Error(derived.reason);
  const { link } = derived;
  return link.access === 'repositoryScope' ? { ...link, access: 'condition' } : link;
}
