import * as l10n from '@vscode/l10n';
import type { Azure } from '../../../azure/azure.ts';
import { AzureError } from '../../../azure/errors.ts';
import { armIdName, parentArmId, sameArmId } from '../../../domain/armId.ts';
import { createRuleIndex } from '../../../domain/ruleMatching.ts';
import type { RoleAssignment } from '../../../domain/types.ts';
import {
  accessRevocations,
  changedMeanwhile,
  isSameGrant,
  isSameHolder,
  performRevocation,
} from '../../access/accessRevocations.ts';
import { readIdentityUsage, usersOf } from '../../access/identityUsage.ts';
import { readIdentity, readIdentityNow, readIdentityToGo } from '../../engine/reads.ts';
import { withoutRule } from '../../requirements/withoutRule.ts';
import { isSameRule } from '../../engine/sameRule.ts';
import type { CacheLink, WalkContext } from '../../types.ts';
import { createWalkContext } from '../../engine/walkContext.ts';
import { accessItemId } from './planCleanUp.ts';
import { repositoryItemId } from './repositoryItems.ts';
import type { CleanUpItem, CleanUpPlan, Revocation } from './types.ts';

/**
 * Takes one item away, after looking again whether someone needs it now: the plan may be old, and a permission that the user
 * chose to keep keeps its identity. Then looks whether it is really gone.
 * @throws AzureError
 */
export async function takeAway(
  azure: Azure,
  plan: CleanUpPlan,
  item: CleanUpItem,
  { signal, timeScale = 1 }: { readonly signal: AbortSignal; readonly timeScale?: number | undefined },
): Promise<Revocation> {
  const context = createWalkContext(azure, { signal, timeScale });
  switch (item.kind) {
    case 'cacheRule':
      return takeRule(context, plan);
    case 'roleAssignment':
      return plan.link ? takeAccess(context, plan.link, item) : stays(item, []);
    case 'identity':
      return plan.link ? takeIdentity(context, plan.link, item) : stays(item, []);
    case 'cachedRepository':
      return takeRepository(context, plan, item);
  }
}

async function takeRule(context: WalkContext, plan: CleanUpPlan): Promise<Revocation> {
  if (!plan.rule) return { gone: true, reason: l10n.t('The cache rule {0} is gone.', armIdName(plan.ruleId)) };
  const requirement = withoutRule(plan.rule);
  const before = await requirement.inspect(context);
  // Another rule has its name. One that only seems gone is deleted all the same: that harms nothing.
  const isOther = before.verdict === 'satisfied' && before.evidence.length > 0;
  if (isOther || before.verdict === 'conflicting') return { gone: false, reason: before.reason };
  await requirement.satisfy(context);
  const after = await requirement.inspect(context);
  if (after.verdict !== 'satisfied') throw stillThere(after.reason);
  return { gone: true, reason: requirement.describe().done };
}

async function takeAccess(context: WalkContext, link: CacheLink, item: CleanUpItem): Promise<Revocation> {
  const { azure, signal } = context;
  // By the principal of the dry run: an identity of the same name made since is another one, and this outlives the old one.
  const owner = item.principalId;
  const end = item.resourceId.search(/\/providers\/Microsoft\.Authorization\//i);
  const scope = end < 0 ? item.resourceId : item.resourceId.slice(0, end);
  const isMeant = (one: RoleAssignment): boolean => sameArmId(one.id, item.resourceId);
  // The listing at the upstream shows also what is below it; without an identity only the scope itself can be asked.
  const list = (): Promise<RoleAssignment[]> =>
    owner
      ? azure.roles.listForPrincipal(link.source.id, owner, { signal })
      : azure.roles.listAtScope(scope, { signal });
  const assignment = (await list()).find(isMeant);
  if (!assignment) return { gone: true, reason: l10n.t('{0}: gone.', item.title) };
  const changed = changedMeanwhile(assignment);
  if (item.assignment && !isSameHolder(assignment, item.assignment)) return stays(item, [changed]);
  const { principalId } = assignment;
  const present = await readIdentity(context, link.authentication.identityId);
  const isGone = !present || !isSamePrincipal(present.principalId, principalId);
  const owned = { id: link.authentication.identityId, principalId, isGone };
  const usage = await readIdentityUsage(context, owned, link.downstream.id);
  const revocation = accessRevocations(link, usage).find((one) => accessItemId(one) === item.id);
  if (!revocation) return stays(item, usage.unknown);
  if (revocation.action.kind === 'none') return stays(item, [...revocation.inUseBy, revocation.unknown ?? '']);
  // What is narrowed keeps what was added to it since; what is deleted has to be what was looked at.
  const isNarrowed = revocation.action.kind === 'narrow';
  const isReviewed = isNarrowed || !item.assignment || isSameGrant(assignment, item.assignment);
  if (isNarrowed !== item.isNarrowed || !isReviewed) return stays(item, [changed]);
  await performRevocation(context, revocation);
  if (revocation.action.kind === 'delete' && (await list()).some(isMeant)) throw stillThere(item.title);
  return { gone: true, reason: revocation.done };
}

function isSamePrincipal(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

async function takeIdentity(context: WalkContext, link: CacheLink, item: CleanUpItem): Promise<Revocation> {
  const { azure, signal } = context;
  const { identityId: id } = link.authentication;
  const present = await readIdentityToGo(context, id);
  if (!present) return { gone: true, reason: l10n.t('The managed identity {0} is gone.', armIdName(id)) };
  if (item.principalId !== undefined && !isSamePrincipal(present.principalId, item.principalId)) {
    return stays(item, [
      l10n.t('It was deleted and made again since the review, so it may be for something else. Look again.'),
    ]);
  }
  const usage = await readIdentityUsage(context, present, link.downstream.id);
  const why = [...usersOf(usage), ...usage.unknown];
  if (why.length > 0) return stays(item, why);
  await azure.identities.delete(id, { signal });
  if (await readIdentityNow(context, id)) throw stillThere(item.title);
  return { gone: true, reason: l10n.t('The managed identity {0} was deleted.', armIdName(id)) };
}

async function takeRepository(context: WalkContext, plan: CleanUpPlan, item: CleanUpItem): Promise<Revocation> {
  const { azure, signal } = context;
  const registryId = parentArmId(plan.ruleId) ?? '';
  const repository = item.id.slice(repositoryItemId('').length);
  const [registry, rules] = await Promise.all([
    azure.registries.get(registryId, { signal }),
    azure.cacheRules.list(registryId, { signal }),
  ]);
  const others = rules.filter((rule) => !(plan.rule && sameArmId(rule.id, plan.ruleId) && isSameRule(rule, plan.rule)));
  const user = createRuleIndex(others).match(repository);
  if (user) return stays(item, [l10n.t('The cache rule {0} fills it too.', user.rule.name)]);
  const content = azure.registry(registry);
  await content.deleteRepository(repository, { signal });
  if (await content.repositoryExists(repository, { signal })) throw stillThere(item.title);
  return { gone: true, reason: l10n.t('{0}: gone.', item.title) };
}

function stays(item: CleanUpItem, why: readonly string[]): Revocation {
  return { gone: false, reason: l10n.t('{0} stays: {1}', item.title, why.join(' ').trim()) };
}

function stillThere(what: string): AzureError {
  return new AzureError(l10n.t('Azure says that it is still there. {0}', what), {
    kind: 'operationFailed',
    code: 'StillThere',
  });
}
