import { ConditionSyntaxError, parseCondition } from '../../rbac/condition.ts';
import { roleDefinition } from '../../rbac/roleDefinitions.ts';
import type { RoleDefinition } from '../../rbac/roleDefinitions.ts';
import { isGuid } from '../../ids.ts';
import { stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ArmCall } from '../call.ts';
import { armErrors } from '../errors.ts';

export interface WantedAssignment {
  readonly role: RoleDefinition;
  readonly principalId: string;
  readonly principalType: string;
  readonly condition?: string;
  readonly conditionVersion?: string;
  readonly description?: string;
}

const texts = [
  'roleDefinitionId',
  'principalId',
  'principalType',
  'condition',
  'conditionVersion',
  'description',
  'delegatedManagedIdentityResourceId',
];
const principalTypes = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'];
/** Conditions came with the 2020-03-01-preview version of role assignments; older ones do not know these properties. */
const firstWithConditions = '2020-03-01';

/**
 * Reads and checks the properties of a role assignment to be written.
 * @throws ArmError 400: the name, the role, the principal or the condition is not acceptable
 */
export function readAssignment(call: ArmCall, name: string, properties: JsonObject): WantedAssignment {
  if (!isGuid(name)) {
    throw armErrors.badRequest(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  }
  const wrong = texts.find((one) => !['string', 'undefined'].includes(typeof (properties[one] ?? undefined)));
  if (wrong !== undefined)
    throw armErrors.invalidContent(`Error converting the value of '${wrong}' to type 'System.String'`);
  const roleId = stringAt(properties, 'roleDefinitionId');
  const principalId = stringAt(properties, 'principalId');
  if (roleId === undefined || principalId === undefined) {
    throw armErrors.badRequest('BadRequestFormat', 'The request was incorrectly formatted.');
  }
  const role = /^(\/subscriptions\/[^/]+)?\/providers\/Microsoft\.Authorization\/roleDefinitions\/[^/]+$/i.test(roleId)
    ? roleDefinition(roleId)
    : undefined;
  if (!role) {
    const last = roleId.split('/').at(-1) ?? '';
    throw armErrors.badRequest(
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${last.replaceAll('-', '')}' does not exist.`,
    );
  }
  const description = stringAt(properties, 'description');
  return {
    role,
    principalId,
    principalType: principalTypeOf(call, principalId, stringAt(properties, 'principalType')),
    ...(call.apiVersion.slice(0, 10) >= firstWithConditions && condition(properties)),
    ...(description !== undefined && { description }),
  };
}

/** With principalType Azure does not look the principal up; without, a principal of the last moments is not found yet. */
function principalTypeOf(call: ArmCall, principalId: string, given: string | undefined): string {
  const { state, options, clock } = call.core;
  if (!isGuid(principalId)) {
    throw armErrors.badRequest(
      'InvalidPrincipalId',
      `A valid principal ID must be provided for role assignment. The principal ID '${principalId}' is not a GUID.`,
    );
  }
  const principal = [...state.principals.values()].find(
    (one) => one.objectId.toLowerCase() === principalId.toLowerCase(),
  );
  if (given === undefined) {
    if (!principal || clock.now() < principal.createdAt + options.principalReplicationMs) {
      throw armErrors.badRequest(
        'PrincipalNotFound',
        `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${state.tenantId}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
      );
    }
    return principal.type;
  }
  if (!principalTypes.includes(given)) {
    throw armErrors.badRequest(
      'InvalidPrincipalType',
      `The principal type '${given}' is invalid. Valid values are ${principalTypes.join(', ')}.`,
    );
  }
  if (principal && principal.type !== given) {
    throw armErrors.badRequest(
      'UnmatchedPrincipalType',
      `The PrincipalId '${principalId.replaceAll('-', '')}' has type '${principal.type}' , which is different from specified PrinciaplType '${given}'.`,
    );
  }
  return given;
}

/**
 * One message for every refused condition, also for version 1.0 (Azure/azure-cli#15683, MicrosoftDocs/azure-docs#119449); its code was not
 * found in public text. Recorded: any role takes one, also a role whose actions no condition can name.
 */
function condition(properties: JsonObject): Partial<Pick<WantedAssignment, 'condition' | 'conditionVersion'>> {
  const text = stringAt(properties, 'condition');
  const version = stringAt(properties, 'conditionVersion');
  if (text === undefined || text === '') return {};
  if (version === '2.0' && isCondition(text)) return { condition: text, conditionVersion: version };
  throw armErrors.badRequest('InvalidRoleAssignmentCondition', 'The given role assignment condition is invalid.');
}

function isCondition(text: string): boolean {
  try {
    parseCondition(text);
    return true;
  } catch (error) {
    if (error instanceof ConditionSyntaxError) return false;
    throw error;
  }
}
