import { registryArmId, identityArmId } from '../src/domain/armId.ts';
import { parseRepositoryPattern } from '../src/domain/repositoryPattern.ts';
import type { CacheRule, Identity, Registry, RepositoryPattern, RoleAssignment } from '../src/domain/types.ts';
import type { InventoryState, RegistryEntry } from '../src/inventory/types.ts';

/** Values of the product for tests; what a test is about stands in the test. */
export const subscriptionId = '11111111-1111-1111-1111-111111111111';
const tenantId = '22222222-2222-2222-2222-222222222222';

export function registry(name: string, change: Partial<Registry> = {}): Registry {
  return {
    id: registryArmId(subscriptionId, 'MyResourceGroup', name),
    name,
    subscriptionId,
    resourceGroup: 'MyResourceGroup',
    location: 'westeurope',
    tenantId,
    loginServer: `${name}.example`,
    sku: 'Premium',
    roleAssignmentMode: 'AbacRepositoryPermissions',
    acceptsArmTokens: true,
    ...change,
  };
}

/** `app`, `team/*`, `*`. */
export function pattern(text: string): RepositoryPattern {
  const parsed = parseRepositoryPattern(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** A rule of `myregistry`, or of the registry that `change` names. */
export function rule(
  name: string,
  sourceRepository: string,
  targetRepository: string,
  change: Partial<CacheRule> = {},
): CacheRule {
  const registryId = change.registryId ?? registryArmId(subscriptionId, 'MyResourceGroup', 'myregistry');
  return { id: `${registryId}/cacheRules/${name}`, name, registryId, sourceRepository, targetRepository, ...change };
}

/** What is known of these registries, by somebody signed in. */
export function inventoryState(...entries: readonly RegistryEntry[]): InventoryState {
  return {
    signedIn: true,
    cloudName: 'AzureCloud',
    subscriptions: [],
    registries: new Map(entries.map((entry) => [entry.registry.id.toLowerCase(), entry])),
    freshness: 'current',
    failures: [],
  };
}

export function identity(name: string, principalId: string): Identity {
  return {
    id: identityArmId(subscriptionId, 'MyResourceGroup', name),
    name,
    resourceGroup: 'MyResourceGroup',
    location: 'westeurope',
    principalId,
    clientId: `client-${principalId}`,
    tenantId,
  };
}

export function assignment(
  roleId: string,
  principalId: string,
  scope: string,
  change: Partial<RoleAssignment> = {},
): RoleAssignment {
  return { id: `${scope}/a/${principalId}`, name: principalId, scope, roleId, principalId, ...change };
}
