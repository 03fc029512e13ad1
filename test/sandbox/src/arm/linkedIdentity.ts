import { isAllowed } from '../rbac/isAllowed.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { parseResourceId } from '../ids.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall } from './call.ts';
import { clientName } from './call.ts';
import { ArmError, armErrors } from './errors.ts';
import { identityType } from './identities.ts';

const assign = 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action';
/** The form that Managed Identity Operator is written in. */
const assignOne = 'Microsoft.ManagedIdentity/userAssignedIdentities/default/assign/action';

/**
 * The `identity` of a resource with user-assigned identities, as ARM stores it: `principalId` and `clientId` are copied from the identity
 * at this moment, so a recreated identity leaves them stale. Undefined for type None.
 * @throws ArmError 400 for a wrong shape or an identity that is not there, 403 LinkedAuthorizationFailed
 */
export function userAssignedIdentity(
  call: ArmCall,
  identity: JsonObject,
  resourceId: string,
  action: string,
): NonNullable<ResourceState['identity']> | undefined {
  const type = stringAt(identity, 'type');
  if (type?.toLowerCase() === 'none') return undefined;
  if (type === undefined || !/^(UserAssigned|SystemAssigned, ?UserAssigned|SystemAssigned)$/i.test(type)) {
    throw armErrors.badRequest(
      'InvalidIdentityType',
      `The identity type '${type ?? ''}' is invalid. Supported identity types are: SystemAssigned, UserAssigned, 'SystemAssigned, UserAssigned', None.`,
    );
  }
  const entries = Object.entries(objectAt(identity, 'userAssignedIdentities')).filter(([, value]) => isObject(value));
  if (type.toLowerCase() === 'userassigned' && entries.length === 0) {
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
      throw armErrors.linkedAuthorizationFailed(clientName(caller), caller.oid, action, resourceId, assign, id);
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
  return { type, userAssignedIdentities };
}
