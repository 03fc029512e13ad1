import type { Answer } from '../../core.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { RoleAssignmentState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { clientName, page } from '../call.ts';
import { ArmError, armErrors } from '../errors.ts';
import { scopeOf } from './scopes.ts';

const type = 'Microsoft.Authorization/roleAssignmentScheduleInstances';
const path = '{+scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances';

/**
 * What is in effect now, with how long: Privileged Identity Management lists permanent assignments, those with an end and those
 * activated from an eligible one (rest-api-specs, authorization 2020-10-01, `RoleAssignmentScheduleInstance`).
 */
export const scheduleInstanceRoutes: readonly Route[] = [
  { method: 'GET', path, type, action: `${type}/read`, scope: scopeOf, handle: list },
];

function list(call: ArmCall): Answer {
  const { core, caller, apiVersion } = call;
  const { scheduleInstances } = core.options;
  const scope = scopeOf(call);
  if (scheduleInstances === 'absent') {
    throw armErrors.unknownType('roleAssignmentScheduleInstances', 'Microsoft.Authorization', apiVersion, [
      '2022-04-01',
    ]);
  }
  if (scheduleInstances === 'forbidden') {
    throw armErrors.authorizationFailed(clientName(caller), caller.oid, `${type}/read`, scope);
  }
  const filter = call.request.query.get('$filter') ?? '';
  if (!/^atScope\(\)$/i.test(filter)) {
    throw new ArmError(400, 'UnsupportedQuery', `The filter '${filter}' is not supported.`);
  }
  const found = [...core.state.roleAssignments.values()].filter((one) => isAtOrAbove(one.scope, scope));
  return page(call, found.map(instanceOf));
}

function instanceOf(assignment: RoleAssignmentState): unknown {
  const { temporary, scope, name, id } = assignment;
  return {
    properties: {
      scope: scope === '' ? '/' : scope,
      roleDefinitionId: assignment.roleDefinitionId,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      roleAssignmentScheduleId: `${scope}/providers/Microsoft.Authorization/roleAssignmentSchedules/${name}`,
      originRoleAssignmentId: id,
      status: temporary?.assignmentType === 'Activated' ? 'Provisioned' : 'Accepted',
      startDateTime: new Date(assignment.createdAt).toISOString(),
      endDateTime: temporary?.endDateTime ?? null,
      linkedRoleEligibilityScheduleId: null,
      linkedRoleEligibilityScheduleInstanceId: null,
      assignmentType: temporary?.assignmentType ?? 'Assigned',
      memberType: 'Direct',
      createdOn: new Date(assignment.createdAt).toISOString(),
      condition: assignment.condition ?? null,
      conditionVersion: assignment.conditionVersion ?? null,
    },
    name,
    id: `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances/${name}`,
    type,
  };
}
