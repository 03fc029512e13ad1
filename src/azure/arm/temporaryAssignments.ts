import { armIdName } from '../../domain/armId.ts';
import type { TemporaryAssignment } from '../azure.ts';
import { record, text } from '../../common/json.ts';
import type { ArmSession } from './sessions.ts';

/**
 * What Privileged Identity Management says of the assignments at or above a scope: those that were activated, or have an end.
 * `RoleAssignmentScheduleInstance` of rest-api-specs, authorization 2020-10-01.
 */
export async function listTemporary(
  { arm }: ArmSession,
  scope: string,
  signal: AbortSignal | undefined,
): Promise<TemporaryAssignment[]> {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?$filter=atScope()&api-version=2020-10-01`;
  return (await arm.list(path, signal)).flatMap((instance) => temporaryOf(instance) ?? []);
}

function temporaryOf({ properties }: Record<string, unknown>): TemporaryAssignment | undefined {
  const values = record(properties);
  const [scope, roleDefinitionId] = [text(values?.['scope']), text(values?.['roleDefinitionId'])];
  const [principalId, endsAt] = [text(values?.['principalId']), text(values?.['endDateTime'])];
  const isActivated = text(values?.['assignmentType'])?.toLowerCase() === 'activated';
  if (!scope || !roleDefinitionId || !principalId || (!isActivated && endsAt === undefined)) return undefined;
  const assignmentId = text(values?.['originRoleAssignmentId']);
  return {
    assignmentId,
    scope,
    roleId: armIdName(roleDefinitionId).toLowerCase(),
    principalId,
    endsAt,
  };
}
