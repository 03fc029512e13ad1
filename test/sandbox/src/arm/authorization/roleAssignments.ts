import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { Answer } from '../../core.ts';
import { isObject, objectAt } from '../../json.ts';
import { sevenDigits } from '../../times.ts';
import type { RoleAssignmentState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { jsonBody, ok, page, param } from '../call.ts';
import { ArmError, armErrors } from '../errors.ts';
import { readAssignment } from './roleAssignmentChecks.ts';
import type { WantedAssignment } from './roleAssignmentChecks.ts';
import { roleDefinitionId } from './roleDefinitions.ts';
import { scopeOf } from './scopes.ts';

const type = 'Microsoft.Authorization/roleAssignments';
const collection = '{+scope}/providers/Microsoft.Authorization/roleAssignments';
const one = `${collection}/{name}`;

/** Role assignments at any scope. PUT and DELETE answer the assignment itself; there are no operations to wait for. */
export const roleAssignmentRoutes: readonly Route[] = [
  { method: 'GET', path: collection, type, action: `${type}/read`, scope: scopeOf, handle: list },
  {
    method: 'GET',
    path: one,
    type,
    action: `${type}/read`,
    scope: scopeOf,
    handle: (call) => ok(body(assignmentOf(call))),
  },
  { method: 'PUT', path: one, type, action: `${type}/write`, scope: scopeOf, handle: put },
  { method: 'DELETE', path: one, type, action: `${type}/delete`, scope: scopeOf, handle: remove },
];

function key(scope: string, name: string): string {
  return `${scope}/providers/${type}/${name}`.toLowerCase();
}

function assignmentOf(call: ArmCall): RoleAssignmentState {
  const name = param(call, 'name');
  const found = call.core.state.roleAssignments.get(key(scopeOf(call), name));
  if (!found) throw new ArmError(404, 'RoleAssignmentNotFound', `The role assignment '${name}' is not found.`);
  return found;
}

/**
 * `$filter`: none, `atScope()`, `principalId eq '{id}'`, `assignedTo('{id}')`, joined by `and`. Without atScope() the answer holds what is
 * at, above and below the scope; with it, at and above.
 */
function list(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const filter = call.request.query.get('$filter') ?? '';
  const tests = filter
    .split(/ and /i)
    .filter((part) => part.trim() !== '')
    .map((part) => filterTest(part.trim(), scope));
  const found = [...call.core.state.roleAssignments.values()].filter(
    (assignment) =>
      (isAtOrAbove(assignment.scope, scope) || isAtOrAbove(scope, assignment.scope)) &&
      tests.every((test) => test(assignment)),
  );
  return page(
    call,
    found.map((one) => body(one)),
  );
}

function filterTest(part: string, scope: string): (assignment: RoleAssignmentState) => boolean {
  if (/^atScope\(\)$/i.test(part)) return (assignment) => isAtOrAbove(assignment.scope, scope);
  const principal = (/^principalId\s+eq\s+'?([0-9a-f-]{36})'?$/i.exec(part) ??
    /^assignedTo\('?\{?([0-9a-f-]{36})\}?'?\)$/i.exec(part))?.[1]?.toLowerCase();
  if (principal !== undefined) return (assignment) => assignment.principalId.toLowerCase() === principal;
  throw new ArmError(
    400,
    'UnsupportedQuery',
    `The filter '${part}' is not supported. Supported filters are either 'atScope()', 'principalId eq {value}' or 'assignedTo({value})'.`,
  );
}

function body(assignment: RoleAssignmentState, createdBy: string | null = assignment.createdBy ?? null): unknown {
  return {
    properties: {
      roleDefinitionId: assignment.roleDefinitionId,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      scope: assignment.scope === '' ? '/' : assignment.scope,
      condition: assignment.condition ?? null,
      conditionVersion: assignment.conditionVersion ?? null,
      createdOn: sevenDigits(assignment.createdAt),
      updatedOn: sevenDigits(assignment.updatedAt),
      createdBy,
      updatedBy: assignment.updatedBy ?? null,
      delegatedManagedIdentityResourceId: null,
      description: assignment.description ?? null,
    },
    id: assignment.id,
    type,
    name: assignment.name,
  };
}

async function put(call: ArmCall): Promise<Answer> {
  const { state, clock } = call.core;
  const scope = scopeOf(call);
  const name = param(call, 'name');
  const input = await jsonBody(call);
  if ('properties' in input && !isObject(input['properties']))
    throw armErrors.invalidContent("Error converting the value of 'properties'");
  const wanted = readAssignment(call, name, objectAt(input, 'properties'));
  const sameName = state.roleAssignments.get(key(scope, name)) ?? byName(call, name);
  if (sameName) {
    if (sameName.scope.toLowerCase() !== scope.toLowerCase() || !sameGrant(sameName, wanted)) {
      throw new ArmError(
        400,
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
    applyChange(sameName, wanted, clock.now(), call.caller.oid);
    return ok(body(sameName));
  }
  const twin = [...state.roleAssignments.values()].find(
    (one) => one.scope.toLowerCase() === scope.toLowerCase() && sameGrant(one, wanted),
  );
  if (twin) {
    throw new ArmError(
      409,
      'RoleAssignmentExists',
      `The role assignment already exists. The ID of the existing role assignment is ${twin.name.replaceAll('-', '')}.`,
    );
  }
  const now = clock.now();
  const assignment: RoleAssignmentState = {
    id: `${scope}/providers/${type}/${name}`,
    name,
    scope,
    roleDefinitionId: roleDefinitionId(wanted.role.name, scope),
    principalId: wanted.principalId,
    principalType: wanted.principalType,
    createdAt: now,
    updatedAt: now,
    createdBy: call.caller.oid,
  };
  applyChange(assignment, wanted, now, call.caller.oid);
  state.roleAssignments.set(key(scope, name), assignment);
  // Recorded: the answer that makes it does not say who did, reads do.
  return { status: 201, json: body(assignment, null) };
}

/** Assignment names are unique in a tenant, whatever their scope. */
function byName(call: ArmCall, name: string): RoleAssignmentState | undefined {
  return [...call.core.state.roleAssignments.values()].find((one) => one.name.toLowerCase() === name.toLowerCase());
}

function sameGrant(one: RoleAssignmentState, wanted: WantedAssignment): boolean {
  return (
    one.principalId.toLowerCase() === wanted.principalId.toLowerCase() &&
    one.roleDefinitionId.toLowerCase().endsWith(`/${wanted.role.name}`)
  );
}

/** What a PUT may change: condition, its version and the description. */
function applyChange(assignment: RoleAssignmentState, wanted: WantedAssignment, now: number, by: string): void {
  delete assignment.condition;
  delete assignment.conditionVersion;
  delete assignment.description;
  const { condition, conditionVersion, description } = wanted;
  Object.assign(assignment, {
    ...(condition !== undefined && { condition, conditionVersion }),
    ...(description !== undefined && { description }),
    updatedAt: now,
    updatedBy: by,
  });
}

function remove(call: ArmCall): Answer {
  const id = key(scopeOf(call), param(call, 'name'));
  const found = call.core.state.roleAssignments.get(id);
  if (!found) return { status: 204 };
  call.core.state.roleAssignments.delete(id);
  return ok(body(found));
}
