import { randomUUID } from 'node:crypto';
import { isAllowed } from '../../rbac/isAllowed.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { parseResourceId } from '../../ids.ts';
import type { ResourceState } from '../../types.ts';
import type { ArmCall } from '../call.ts';
import { clientName, subscriptionOf } from '../call.ts';
import { ArmError, armErrors } from '../errors.ts';
import { identityType } from '../identities.ts';

const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
/** The form that Managed Identity Operator is written in. */
const assignOne = 'Microsoft.ManagedIdentity/userAssignedIdentities/default/assign/action';

type Kind = 'SystemAssigned' | 'UserAssigned';

/** What a registry takes; a cache rule takes user-assigned, a credential set system-assigned ones only. */
export const anyIdentity: readonly Kind[] = ['SystemAssigned', 'UserAssigned'];

/**
 * The `identity` that a body asks for, as ARM stores it: `principalId` and `clientId` of user-assigned ones are copied at this moment,
 * so a recreated identity leaves them stale. Undefined for none. A principal that the resource has already stays.
 * @throws ArmError 400 for a wrong shape, a kind that the type does not take or an identity that is not there, 403 LinkedAuthorizationFailed
 */
export function managedIdentity(
  call: ArmCall,
  given: unknown,
  resource: Pick<ResourceState, 'id' | 'name' | 'type' | 'identity'>,
  supported: readonly Kind[],
): ResourceState['identity'] {
  if (!isObject(given)) return undefined;
  const kinds = kindsOf(given, resource.type, supported);
  if (kinds.length === 0) return undefined;
  const users = kinds.includes('UserAssigned') ? usersOf(call, given, resource) : undefined;
  return {
    // As the registry service spells it.
    type: kinds.map((kind) => kind.charAt(0).toLowerCase() + kind.slice(1)).join(', '),
    ...(kinds.includes('SystemAssigned') && systemIdentity(call, resource)),
    ...(users && { userAssignedIdentities: users }),
  };
}

function kindsOf(identity: JsonObject, resourceType: string, supported: readonly Kind[]): readonly Kind[] {
  const type = stringAt(identity, 'type');
  if (type?.toLowerCase() === 'none') return [];
  if (type === undefined || !/^(UserAssigned|SystemAssigned, ?UserAssigned|SystemAssigned)$/i.test(type)) {
    throw armErrors.badRequest(
      'InvalidIdentityType',
      `The identity type '${type ?? ''}' is invalid. Supported identity types are: SystemAssigned, UserAssigned, 'SystemAssigned, UserAssigned', None.`,
    );
  }
  const kinds = anyIdentity.filter((kind) => new RegExp(`\\b${kind}\\b`, 'i').test(type));
  if (kinds.every((kind) => supported.includes(kind))) return kinds;
  // Azure/azure-rest-api-specs#32154
  throw armErrors.badRequest(
    'CannotSetResourceIdentity',
    `Resource type '${resourceType}' does not support creation of '${kinds.join(', ')}' resource identity. The supported types are '${supported.join(', ')}'.`,
  );
}

/** The service principal of a resource, made with it. */
function systemIdentity(
  call: ArmCall,
  { name, identity }: Pick<ResourceState, 'name' | 'identity'>,
): { principalId: string; tenantId: string } {
  const { tenantId } = subscriptionOf(call);
  const principalId = identity?.principalId ?? randomUUID();
  const { principals } = call.core.state;
  if (!principals.has(principalId)) {
    const createdAt = call.core.clock.now();
    principals.set(principalId, { objectId: principalId, tenantId, type: 'ServicePrincipal', name, createdAt });
  }
  return { principalId, tenantId };
}

function usersOf(
  call: ArmCall,
  identity: JsonObject,
  { id: resourceId, type }: Pick<ResourceState, 'id' | 'type'>,
): Record<string, { clientId: string; principalId: string }> {
  const given = objectAt(identity, 'userAssignedIdentities');
  const wrong = Object.keys(given).find((id) => given[id] !== null && !isObject(given[id]));
  if (wrong !== undefined) throw armErrors.invalidContent(`Error converting value of '${wrong}'`);
  const entries = Object.entries(given).filter(([, value]) => value !== null);
  if (entries.length === 0) {
    throw armErrors.badRequest(
      'InvalidIdentityValues',
      `Invalid value for the identities '' on the resource. The 'UserAssigned' identity type requires at least one identity in 'userAssignedIdentities'.`,
    );
  }
  const userAssignedIdentities: Record<string, { clientId: string; principalId: string }> = {};
  for (const [id] of entries) {
    if (parseResourceId(id)?.type?.toLowerCase() !== identityType.toLowerCase()) {
      throw armErrors.badRequest(
        'LinkedInvalidPropertyId',
        `Property id '${id}' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified resource Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'.`,
      );
    }
    const { core, caller } = call;
    const allowed = [assign, assignOne].some((one) => isAllowed(core, caller.oid, one, id, { kind: 'action' }));
    if (!allowed)
      throw armErrors.linkedAuthorizationFailed(
        clientName(caller),
        caller.oid,
        `${type}/write`,
        resourceId,
        assign,
        id,
      );
    const found = core.state.resources.get(id.toLowerCase());
    if (!found) {
      throw new ArmError(
        400,
        'FailedIdentityOperation',
        `Identity operation for resource '${resourceId}' failed with error 'Failed to perform resource identity operation. Status: 'BadRequest'. Response: '{"error":{"code":"BadRequest","message":"Resource '${id}' was not found."}}'.'.`,
      );
    }
    // As the identity service spells it, with /resourcegroups/.
    userAssignedIdentities[found.id] = {
      clientId: stringAt(found.properties, 'clientId') ?? '',
      principalId: stringAt(found.properties, 'principalId') ?? '',
    };
  }
  return userAssignedIdentities;
}
