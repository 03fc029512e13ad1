import * as l10n from '@vscode/l10n';
import type { Azure } from '../../../azure/azure.ts';
import { isAzureError } from '../../../azure/errors.ts';
import { armIdKey, armIdName } from '../../../domain/armId.ts';
import { whyManaged } from '../../../domain/managedRules.ts';
import type { CacheRule } from '../../../domain/types.ts';
import { accessRevocations, type AccessRevocation } from '../../access/accessRevocations.ts';
import { readIdentityUsage, usersOf, withoutRuleOf, type IdentityReference } from '../../access/identityUsage.ts';
import { linkOfRule, type LinkOfRule } from '../../link/linkOfRule.ts';
import { readIdentityToGo } from '../../engine/reads.ts';
import { withoutRule } from '../../requirements/withoutRule.ts';
import { fingerprintOf } from '../../engine/sameRule.ts';
import type { CacheLink, WalkContext } from '../../types.ts';
import { createWalkContext } from '../../engine/walkContext.ts';
import { repositoryItems } from './repositoryItems.ts';
import type { CleanUpItem, CleanUpPlan, UnfinishedCleanUp } from './types.ts';

export interface PlanCleanUpOptions {
  readonly signal?: AbortSignal;
  /** A clean-up that was not finished: tells what to look for when the rule itself is gone, and what the user had chosen. */
  readonly remembered?: UnfinishedCleanUp;
}

/**
 * The dry run: what the rule's set-up left in Azure, and who else needs it. Changes nothing. Items are in the order in which they
 * are taken away: what depends on a thing before the thing.
 * @throws AzureError `cancelled`; `notFound` when the rule is gone and nothing is remembered; whatever else keeps the rule from
 * being read. What else cannot be read is an item that is not offered and says why.
 */
export async function planCleanUp(
  azure: Azure,
  ruleId: string,
  options: PlanCleanUpOptions = {},
): Promise<CleanUpPlan> {
  const callOptions = options.signal ? { signal: options.signal } : {};
  const rule = await readRule(azure, ruleId, options);
  const managed = whyManaged(armIdName(ruleId));
  if (rule && managed) return { ruleId, rule, target: rule.targetRepository, items: [ruleItem(rule, managed)] };
  const derived = rule ? await linkOfRule(azure, rule, callOptions) : undefined;
  const link = derived ? (derived.ok ? derived.link : undefined) : options.remembered?.link;
  const target = rule?.targetRepository ?? options.remembered?.target ?? '';
  const context = createWalkContext(azure, callOptions);
  const principalId = rule ? rule.identity?.principalId : options.remembered?.principalId;
  const [access, repositories] = await Promise.all([
    link
      ? accessItems(context, link, ruleId, principalId)
      : derived?.ok === false
        ? unknownIdentity(rule, derived.reason)
        : [],
    repositoryItems(azure, ruleId, target, callOptions),
  ]);
  // What was chosen for a rule says nothing about another one that was made since.
  const before = rule && options.remembered?.mark !== ruleMark(rule) ? undefined : options.remembered;
  return {
    ruleId,
    ...(rule ? { rule } : {}),
    ...(link ? { link } : {}),
    target,
    ...(principalId === undefined ? {} : { principalId }),
    items: [...(rule ? [ruleItem(rule, trailLost(rule, derived))] : []), ...access, ...repositories].map((item) =>
      asBefore(item, before),
    ),
  };
}

/** Tells a rule from another one of its name. */
export function ruleMark(rule: CacheRule): string {
  const { creationDate = '', identityId = '', principalId = '', credentialSetId = '' } = fingerprintOf(rule);
  const parts = [creationDate, rule.sourceRepository, rule.targetRepository, identityId, principalId, credentialSetId];
  return parts.join(' ').toLowerCase();
}

/** Selected as the user had chosen when the clean-up was begun. */
function asBefore(item: CleanUpItem, remembered: UnfinishedCleanUp | undefined): CleanUpItem {
  const { id, offered, selectedByDefault, isOther } = item;
  if (!remembered || !offered || isOther) return item;
  const isSelected = selectedByDefault ? !remembered.kept.includes(id) : remembered.chosen.includes(id);
  return isSelected === selectedByDefault ? item : { ...item, selectedByDefault: isSelected, isAsBefore: true };
}

async function readRule(azure: Azure, ruleId: string, options: PlanCleanUpOptions): Promise<CacheRule | undefined> {
  try {
    return await azure.cacheRules.get(ruleId, options.signal ? { signal: options.signal } : {});
  } catch (error) {
    if (options.remembered && isAzureError(error, 'notFound')) return undefined;
    throw error;
  }
}

/** Without the rule nothing leads to its identity and permissions any more: so it stays until those can be read. */
function trailLost(rule: CacheRule, derived: LinkOfRule | undefined): string | undefined {
  const mayHaveIdentity = rule.identity !== undefined || rule.identityUnknown === true;
  if (!mayHaveIdentity || !derived || derived.ok || !['unreadable', 'upstreamNotVisible'].includes(derived.code)) {
    return undefined;
  }
  return l10n.t(
    '{0} Without the rule its identity would not be found again. To delete the rule alone, use Delete Cache Rule.',
    derived.reason,
  );
}

function ruleItem(rule: CacheRule, unknown: string | undefined): CleanUpItem {
  return {
    id: 'cacheRule',
    kind: 'cacheRule',
    title: l10n.t('Cache rule {0}', rule.name),
    resourceId: rule.id,
    todo: withoutRule(rule).describe().todo,
    inUseBy: [],
    ...(unknown === undefined ? {} : { unknown }),
    offered: unknown === undefined,
    selectedByDefault: unknown === undefined,
  };
}

/** The identity's permissions on the upstream, and the identity. */
async function accessItems(
  context: WalkContext,
  link: CacheLink,
  ruleId: string,
  principalId: string | undefined,
): Promise<CleanUpItem[]> {
  const read = await readReference(context, link.authentication.identityId, principalId);
  if ('reason' in read) return [identityItem(link.authentication.identityId, [], read.reason)];
  if (!read.reference) return [];
  const usage = withoutRuleOf(await readIdentityUsage(context, read.reference, link.downstream.id), ruleId);
  const revocations = accessRevocations(link, usage);
  const isOther = principalId !== undefined && principalId.toLowerCase() !== read.reference.principalId.toLowerCase();
  const former = isOther ? await formerItems(context, link, ruleId, principalId) : [];
  const items = [...revocations.map(accessItem).map((item) => (isOther ? ofOther(item) : item)), ...former];
  if (!read.exists) return items;
  const going = new Set(
    revocations.flatMap(({ action, assignment }) => (action.kind === 'delete' ? [assignment.id] : [])),
  );
  const left = { ...usage, assignments: usage.assignments.filter(({ id }) => !going.has(id)) };
  const found = identityItem(
    link.authentication.identityId,
    usersOf(left),
    left.unknown.join(' '),
    read.reference.principalId,
  );
  return [...items, isOther ? ofOther(found) : found];
}

/** Someone made it again, perhaps for something else: it is taken away only when the user says so. */
function ofOther(item: CleanUpItem): CleanUpItem {
  return { ...item, isOther: true, selectedByDefault: false };
}

/** The permissions of the identity that the rule was made with, where another one has its name now: they outlive it. */
async function formerItems(
  context: WalkContext,
  link: CacheLink,
  ruleId: string,
  principalId: string,
): Promise<CleanUpItem[]> {
  const former = { id: link.authentication.identityId, principalId, isGone: true };
  const usage = withoutRuleOf(await readIdentityUsage(context, former, link.downstream.id), ruleId);
  return accessRevocations(link, usage).map(accessItem);
}

/** The identity; when it was deleted, what is remembered of it, since its assignments outlive it. */
async function readReference(
  context: WalkContext,
  identityId: string,
  principalId: string | undefined,
): Promise<{ reference: IdentityReference | undefined; exists: boolean } | { reason: string }> {
  try {
    const identity = await readIdentityToGo(context, identityId);
    if (identity) return { reference: identity, exists: true };
  } catch (error) {
    if (!isAzureError(error) || error.kind === 'cancelled') throw error;
    return { reason: l10n.t('The identity could not be read: {0}', error.message) };
  }
  return {
    reference: principalId ? { id: identityId, principalId, isGone: true } : undefined,
    exists: false,
  };
}

export function accessItemId(revocation: AccessRevocation): string {
  return `roleAssignment:${armIdKey(revocation.assignment.id)}`;
}

function accessItem(revocation: AccessRevocation): CleanUpItem {
  const offered = revocation.inUseBy.length === 0 && revocation.unknown === undefined;
  return {
    id: accessItemId(revocation),
    kind: 'roleAssignment',
    title: revocation.title,
    resourceId: revocation.assignment.id,
    principalId: revocation.assignment.principalId,
    assignment: revocation.assignment,
    isNarrowed: revocation.action.kind === 'narrow',
    todo: revocation.todo,
    inUseBy: revocation.inUseBy,
    ...(revocation.unknown === undefined ? {} : { unknown: revocation.unknown }),
    offered,
    selectedByDefault: offered,
  };
}

function identityItem(
  identityId: string,
  inUseBy: readonly string[],
  unknown: string,
  principalId?: string,
): CleanUpItem {
  const name = armIdName(identityId);
  const offered = inUseBy.length === 0 && unknown === '';
  return {
    id: 'identity',
    kind: 'identity',
    title: l10n.t('Managed identity {0}', name),
    resourceId: identityId,
    ...(principalId === undefined ? {} : { principalId }),
    todo: l10n.t('Delete the managed identity {0}.', name),
    inUseBy,
    ...(unknown === '' ? {} : { unknown }),
    offered,
    selectedByDefault: offered,
  };
}

/** Without the upstream nobody can say which permissions the identity has there. */
function unknownIdentity(rule: CacheRule | undefined, reason: string): CleanUpItem[] {
  if (!rule?.identity) return [];
  return [identityItem(rule.identity.id, [], reason)];
}
