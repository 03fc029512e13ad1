import * as l10n from '@vscode/l10n';
import type { AzureResource } from '../../azure/azure.ts';
import { ifReadable, recover } from '../../azure/failures.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { armIdKey, armIdName, armIdSubscription, sameArmId } from '../../domain/armId.ts';
import { overlaps, setOfPatterns, type RepositorySet } from '../../domain/condition/repositorySet.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { roleName } from '../../domain/roles.ts';
import type { CacheRule, RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import type { Key } from '../engine/memo.ts';
import { allRules, readRules } from '../engine/reads.ts';
import type { CacheLink, WalkContext } from '../types.ts';

/** A managed identity, or what is left of one: its assignments outlive it. */
export interface IdentityReference {
  readonly id: string;
  readonly principalId: string;
  /** It was deleted: nothing can be asked of itself. */
  readonly isGone?: boolean;
}

/** Everything that is known to depend on an identity. */
export interface IdentityUsage {
  /** Cache rules of every visible registry. */
  readonly rules: readonly CacheRule[];
  /** Virtual machines, clusters, apps … that carry it. */
  readonly resources: readonly AzureResource[];
  readonly federatedCredentials: readonly string[];
  /** All of the principal's, in every visible subscription of the tenant. */
  readonly assignments: readonly RoleAssignment[];
  /** What could not be read, one sentence each: a use there would not be known. */
  readonly unknown: readonly string[];
}

/**
 * `registryId`: one more registry whose rules are asked, visible or not.
 * @throws AzureError `cancelled` only; a read that fails is a sentence of `unknown`.
 */
export async function readIdentityUsage(
  context: WalkContext,
  identity: IdentityReference,
  registryId: string,
): Promise<IdentityUsage> {
  const { azure, signal } = context;
  const unknown: string[] = [];
  const known = <T>(read: Promise<T[]>, failure: (message: string) => string): Promise<T[]> =>
    recover(read, ({ message }): T[] => {
      unknown.push(failure(message));
      return [];
    });
  const name = armIdName(identity.id);
  const tenantId = azure.subscriptions.find(({ id }) => id === armIdSubscription(identity.id))?.tenantId;
  const subscriptions = azure.subscriptions.filter((one) => tenantId === undefined || one.tenantId === tenantId);
  const [uses, resources, federatedCredentials, assignments] = await Promise.all([
    readRulesOfIdentity(context, identity.id, registryId),
    known(azure.resources.usingIdentity(identity.id, { signal }), (why) =>
      l10n.t('Could not find the Azure resources that use {0}: {1}', name, why),
    ),
    known(
      identity.isGone ? Promise.resolve([]) : azure.identities.federatedCredentials(identity.id, { signal }),
      (why) => l10n.t('Could not read the federated credentials of {0}: {1}', name, why),
    ),
    mapBounded(subscriptions, 8, (one) =>
      known(azure.roles.listForPrincipal(`/subscriptions/${one.id}`, identity.principalId, { signal }), (why) =>
        l10n.t('Could not read the role assignments in subscription {0}: {1}', one.name, why),
      ),
    ),
  ]);
  if (uses.unreadable > 0) {
    unknown.push(l10n.t('Could not read the cache rules of {0} registries or subscriptions.', uses.unreadable));
  }
  const unseen = (azure.unselected ?? []).filter((one) => tenantId === undefined || one.tenantId === tenantId);
  if (unseen.length > 0) unknown.push(notLookedAt(unseen.map(({ name }) => name)));
  // Assignments above the subscriptions are listed by each of them.
  const distinct = new Map(assignments.flat().map((assignment) => [armIdKey(assignment.id), assignment]));
  return { rules: uses.rules, resources, federatedCredentials, assignments: [...distinct.values()], unknown };
}

/**
 * The cache rules that authenticate as the identity, and how many registries or subscriptions could not be read: a use there would not
 * be known. Azure has no dependable index for it: `listAssociatedResources` exists in two old previews only and is not known to report
 * cache rules, so every visible registry is asked, and `registryId`, visible or not.
 */
async function readRulesOfIdentity(
  context: WalkContext,
  identityId: string,
  registryId: string,
): Promise<{ readonly rules: CacheRule[]; readonly unreadable: number }> {
  const { azure, signal } = context;
  const listed = await context.memo({ kind: 'registries' }, () =>
    azure.registries.list(
      azure.subscriptions.map((subscription) => subscription.id),
      { signal },
    ),
  );
  const ids = new Map(listed.registries.map((registry) => [armIdKey(registry.id), registry.id]));
  ids.set(armIdKey(registryId), registryId);

  let unreadable = listed.failures.length;
  const rules = await mapBounded([...ids.values()], 8, async (id) => {
    const found = await ifReadable(() => readRules(context, id));
    // A rule whose identity its api-version does not tell may use it.
    if (!found || found.some(({ identityUnknown }) => identityUnknown)) unreadable += 1;
    return found ?? [];
  });
  return { rules: rules.flat().filter((rule) => rule.identity && sameArmId(rule.identity.id, identityId)), unreadable };
}

/** Most names of subscriptions that one sentence holds. */
const maxNamed = 5;

function notLookedAt(names: readonly string[]): string {
  return l10n.t(
    '{0} subscriptions of the tenant are not selected and were not searched: {1}. Select them with "Select Subscriptions" and try again.',
    names.length,
    [...names.slice(0, maxNamed), ...(names.length > maxNamed ? ['…'] : [])].join(', '),
  );
}

/** Who depends on the link's identity, read once in a walk; while a plan is made without the rule, which is about to go. */
export async function readUsageBeside(
  context: WalkContext,
  link: CacheLink,
  identity: IdentityReference,
  ruleId: string,
): Promise<IdentityUsage> {
  const key: Key = { kind: 'identityUsage', id: armIdKey(identity.id), part: identity.principalId };
  const usage = await context.memo(key, () => readIdentityUsage(context, identity, link.downstream.id));
  return context.assumesNeeds ? withoutRuleOf(usage, ruleId) : usage;
}

/** What `readUsageBeside` reads. */
export function usageKeys(identityId: string): Key[] {
  return [{ kind: 'registries' }, allRules, { kind: 'identityUsage', id: armIdKey(identityId) }];
}

/** The usage without one rule, which is about to go. */
export function withoutRuleOf(usage: IdentityUsage, ruleId: string): IdentityUsage {
  return { ...usage, rules: usage.rules.filter((rule) => !sameArmId(rule.id, ruleId)) };
}

/** Who else authenticates as the identity by other means than cache rules, one sentence each. */
export function carriersOf({ resources, federatedCredentials }: IdentityUsage): string[] {
  return [
    ...resources.map(({ name, type }) => l10n.t('{0} ({1}) uses this identity.', name, type)),
    ...federatedCredentials.map((name) =>
      l10n.t('The federated credential {0} lets a workload outside Azure sign in as this identity.', name),
    ),
  ];
}

/** Everyone who needs the identity, one sentence each. */
export function usersOf(usage: IdentityUsage): string[] {
  return [
    ...usage.rules.map((rule) =>
      l10n.t('Cache rule {0} in {1} uses this identity.', rule.name, armIdName(rule.registryId)),
    ),
    ...carriersOf(usage),
    ...usage.assignments.map((assignment) =>
      l10n.t('This identity has the role {0} at {1}.', roleName(assignment.roleId), assignment.scope),
    ),
  ];
}

/** What a cache rule that exists reads in the upstream as the identity. */
export interface Need {
  readonly rule: CacheRule;
  /** `all` of a rule whose source is not understood: it may be anything. */
  readonly pattern: RepositoryPattern;
}

/** What these rules of one identity read from the link's upstream, or may read. */
export function needsOf(link: CacheLink, rules: readonly CacheRule[]): Need[] {
  return rules.flatMap((rule) => {
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok) return [{ rule, pattern: { kind: 'all' } }];
    return isSameRegistry(source.value.loginServer, link.source.loginServer)
      ? [{ rule, pattern: source.value.pattern }]
      : [];
  });
}

/** The needs that have a repository in common with the set. */
export function needsWithin(needs: readonly Need[], set: RepositorySet): Need[] {
  return needs.filter(({ pattern }) => overlaps(setOfPatterns([pattern]), set));
}

/**
 * Whether both hosts may be the same registry: besides its login server it has others that start with the same name (with `:443`,
 * `name.region.geo.azurecr.io`, `name.privatelink.azurecr.io`). Two registries taken for one only leave more in place.
 */
function isSameRegistry(host: string, loginServer: string): boolean {
  const nameOf = (text: string): string => text.toLowerCase().replace(/[.:].*/s, '');
  return nameOf(host) === nameOf(loginServer);
}
