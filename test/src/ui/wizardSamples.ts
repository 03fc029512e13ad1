import { registryArmId, identityArmId } from '../../../src/domain/armId.ts';
import { parseRepositoryPattern } from '../../../src/domain/repositoryPattern.ts';
import type { CacheRule, Identity, Registry, RepositoryPattern, RoleAssignment } from '../../../src/domain/types.ts';

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

export function pattern(text: string): RepositoryPattern {
  const parsed = parseRepositoryPattern(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

export function rule(name: string, sourceRepository: string, targetRepository: string): CacheRule {
  const registryId = registryArmId(subscriptionId, 'MyResourceGroup', 'myregistry');
  return { id: `${registryId}/cacheRules/${name}`, name, registryId, sourceRepository, targetRepository };
}

export function identity(name: string, principalId: string): Identity {
  return {
    id: identityArmId(subscriptionId, 'MyResourceGroup', name),
    name,
    subscriptionId,
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
