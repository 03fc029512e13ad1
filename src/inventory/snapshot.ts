import type { RuleFinding, RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule, Registry, Subscription } from '../domain/types.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

/** What was known last, for one cloud and one set of accounts. */
export interface Snapshot {
  readonly owner: SnapshotOwner;
  readonly subscriptions: readonly Subscription[];
  /** Freshness `snapshot` or `never`. */
  readonly registries: readonly RegistryEntry[];
}

/** Whose data a snapshot is. Nobody else's may be shown. */
export interface SnapshotOwner {
  readonly cloudName: string;
  readonly armEndpoint: string;
  /** VS Code account ids, sorted. */
  readonly accountIds: readonly string[];
}

/** Characters. 1,000 registries with ten rules each need about 5 million. */
export const maxSnapshotLength = 50_000_000;
export const version = 2;
export const maxSubscriptions = 10_000;
export const maxRegistries = 50_000;
/** Azure's own limit per registry. */
export const maxRules = 1000;
/** Of one rule; there are fewer checks. */
export const maxFindings = 100;
export const maxPlatforms = 100;

/** The owner of what a connection brings: its cloud and the accounts whose subscriptions are shown. */
export function ownerOf(
  cloud: { readonly name: string; readonly armEndpoint: string },
  subscriptions: readonly Pick<Subscription, 'accountId'>[],
): SnapshotOwner {
  const accountIds = [...new Set(subscriptions.map(({ accountId }) => accountId))].sort();
  return { cloudName: cloud.name, armEndpoint: cloud.armEndpoint, accountIds };
}

export function sameOwner(a: SnapshotOwner | undefined, b: SnapshotOwner | undefined): boolean {
  const keyOf = (owner: SnapshotOwner) => JSON.stringify([owner.cloudName, owner.armEndpoint, ...owner.accountIds]);
  return a !== undefined && b !== undefined && keyOf(a) === keyOf(b);
}

/** Only named fields are written, so nothing that rides along on an object (a credential) can get into the file. */
export function writeSnapshot({ cloudName, armEndpoint, accountIds }: SnapshotOwner, state: InventoryState): string {
  const registries = [...state.registries.values()].slice(0, maxRegistries).map(({ registry, rules, knowledge }) => ({
    registry: pickRegistry(registry),
    ...(rules && { rules: rules.slice(0, maxRules).map(pickRule) }),
    ...(rules && knowledge && { knowledge: [...knowledge].slice(0, maxRules).map(pickKnowledge) }),
  }));
  const subscriptions = state.subscriptions.slice(0, maxSubscriptions).map(pickSubscription);
  return JSON.stringify({ version, owner: { cloudName, armEndpoint, accountIds }, subscriptions, registries });
}

/** A copy with exactly the fields of the type. */
export function pickSubscription({ id, name, tenantId, accountId }: Subscription): Subscription {
  return { id, name, tenantId, accountId };
}

export function pickRegistry(registry: Registry): Registry {
  const { id, name, subscriptionId, resourceGroup, location, tenantId, loginServer, sku, provisioningState } = registry;
  const { roleAssignmentMode, publicNetworkAccess, networkDefaultAction, networkRuleBypassOptions } = registry;
  const { softDelete, acceptsArmTokens } = registry;
  return {
    ...{ id, name, subscriptionId, resourceGroup, location, tenantId, loginServer, sku, provisioningState },
    ...{ roleAssignmentMode, publicNetworkAccess, networkDefaultAction, networkRuleBypassOptions },
    ...{ softDelete, acceptsArmTokens },
  };
}

export function pickRule(rule: CacheRule): CacheRule {
  const { id, name, registryId, sourceRepository, targetRepository, credentialSetId } = rule;
  const { identity, identityUnknown, provisioningState, creationDate } = rule;
  return {
    ...{ id, name, registryId, sourceRepository, targetRepository, credentialSetId },
    identity: identity && { id: identity.id, principalId: identity.principalId, clientId: identity.clientId },
    ...{ identityUnknown, provisioningState, creationDate },
  };
}

function pickKnowledge([ruleId, { checkup, proof }]: readonly [string, RuleKnowledge]) {
  return {
    ruleId,
    checkup: checkup && {
      findings: checkup.findings
        .slice(0, maxFindings)
        .map(({ check, verdict, pull, title, reason, hasRepair }: RuleFinding): RuleFinding => ({
          check,
          verdict,
          pull,
          title,
          reason,
          hasRepair,
        })),
      checkedAt: checkup.checkedAt,
      served: checkup.served,
      isWhole: checkup.isWhole,
    },
    proof: proof && {
      image: proof.image,
      by: proof.by,
      provenAt: proof.provenAt,
      digest: proof.digest,
      upstream: proof.upstream,
      platforms: proof.platforms && {
        cached: proof.platforms.cached.slice(0, maxPlatforms),
        count: proof.platforms.count,
      },
    },
  };
}
