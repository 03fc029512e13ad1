import { createIdentity } from './arm/identities.ts';
import { newRegistryProperties } from './arm/registries/registryBody.ts';
import { registryType } from './arm/registries/registries.ts';
import { roleDefinitionId } from './arm/authorization/roleDefinitions.ts';
import type { Core } from './core.ts';
import { groupId, guidOf, resourceId } from './ids.ts';
import { defaultUser, ensurePrincipal } from './principals.ts';
import { roleDefinitions } from './rbac/roleDefinitions.ts';
import type { ResourceState, RoleAssignmentState, Scenario, ScenarioRegistry } from './types.ts';

/** A day before the start, so that nothing of the seed counts as new. */
const seedAge = 24 * 3600 * 1000;

/** Makes the state of a scenario. Returns its registries with the seeds of their content, in the scenario's order. */
export function loadScenario(core: Core, scenario: Scenario): { registry: ResourceState; seed: ScenarioRegistry }[] {
  const { state } = core;
  const createdAt = core.clock.now() - seedAge;
  const registries: { registry: ResourceState; seed: ScenarioRegistry }[] = [];
  ensurePrincipal(state, defaultUser, 'User', state.tenantId);
  for (const subscription of scenario.subscriptions) {
    const tenantId = subscription.tenantId ?? state.tenantId;
    state.subscriptions.set(subscription.id.toLowerCase(), { id: subscription.id, name: subscription.name, tenantId });
    const user = ensurePrincipal(state, defaultUser, 'User', tenantId);
    assign(core, `/subscriptions/${subscription.id}`, scenario.userRole ?? 'Owner', user.objectId, 'User', createdAt);
    for (const group of subscription.resourceGroups) {
      const id = groupId(subscription.id, group.name);
      state.resourceGroups.set(id.toLowerCase(), {
        id,
        name: group.name,
        location: group.location,
        subscriptionId: subscription.id,
      });
      for (const name of group.identities ?? [])
        createIdentity(core, subscription.id, group.name, name, group.location);
      for (const seed of group.registries ?? []) {
        const registry: ResourceState = {
          id: resourceId(subscription.id, group.name, registryType, seed.name),
          name: seed.name,
          type: registryType,
          location: group.location,
          tags: {},
          sku: { name: seed.sku, tier: seed.sku },
          properties: {
            ...newRegistryProperties(createdAt),
            loginServer: core.names.loginServer(seed.name, undefined),
            ...(seed.roleAssignmentMode && { roleAssignmentMode: seed.roleAssignmentMode }),
            ...seed.properties,
          },
          createdAt,
        };
        state.resources.set(registry.id.toLowerCase(), registry);
        registries.push({ registry, seed });
        for (const { role, principal, type = 'User', temporary } of seed.assignments ?? []) {
          const { objectId } = ensurePrincipal(state, principal, type, tenantId);
          const assignment = assign(core, registry.id, role, objectId, type, createdAt);
          if (temporary) assignment.temporary = temporary;
        }
      }
    }
  }
  return registries;
}

function assign(
  core: Core,
  scope: string,
  roleName: string,
  principalId: string,
  principalType: string,
  createdAt: number,
): RoleAssignmentState {
  const role = roleDefinitions.find((one) => one.roleName === roleName);
  if (!role) throw new Error(`The scenario names the role '${roleName}', which the sandbox does not know.`);
  const name = guidOf('assignment', scope, role.name, principalId);
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
  const assignment: RoleAssignmentState = {
    id,
    name,
    scope,
    roleDefinitionId: roleDefinitionId(role.name, scope),
    principalId,
    principalType,
    createdAt,
    updatedAt: createdAt,
  };
  core.state.roleAssignments.set(id.toLowerCase(), assignment);
  return assignment;
}
