import { roleDefinition, roleDefinitions } from '../../rbac/roleDefinitions.ts';
import type { RoleDefinition } from '../../rbac/roleDefinitions.ts';
import type { Answer } from '../../core.ts';
import type { ArmCall, Route } from '../call.ts';
import { ok, page, param } from '../call.ts';
import { ArmError } from '../errors.ts';
import { scopeOf } from './scopes.ts';

const type = 'Microsoft.Authorization/roleDefinitions';

export const roleDefinitionRoutes: readonly Route[] = [
  { method: 'GET', path: '{+scope}/providers/Microsoft.Authorization/roleDefinitions', type, handle: list },
  { method: 'GET', path: '{+scope}/providers/Microsoft.Authorization/roleDefinitions/{name}', type, handle: get },
];

/** As ARM names a role: below its subscription when the scope has one. */
export function roleDefinitionId(name: string, scope: string): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return `${subscription}/providers/${type}/${name}`;
}

/** `$filter`: `roleName eq 'x'`, `type eq 'BuiltInRole'`, `atScopeAndBelow()`, joined by `and`. */
function list(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const filter = call.request.query.get('$filter') ?? '';
  let roles = roleDefinitions;
  for (const part of filter.split(/ and /i)) {
    const test = /^\s*(roleName|type)\s+eq\s+'([^']*)'\s*$/i.exec(part);
    if (test?.[1]?.toLowerCase() === 'rolename')
      roles = roles.filter((role) => role.roleName.toLowerCase() === test[2]?.toLowerCase());
    else if (test) roles = test[2]?.toLowerCase() === 'builtinrole' ? roles : [];
    else if (part.trim() !== '' && !/^\s*(atScopeAndBelow|atScope)\(\)\s*$/i.test(part)) {
      throw new ArmError(
        400,
        'UnsupportedQuery',
        `The filter '${filter}' is not supported. Supported filters are either 'atScopeAndBelow()', 'type eq {value}' or 'roleName eq {value}'.`,
      );
    }
  }
  return page(
    call,
    roles.map((role) => body(role, scope)),
  );
}

function get(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const name = param(call, 'name');
  const role = roleDefinition(name);
  if (!role)
    throw new ArmError(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${name.replaceAll('-', '')}' does not exist.`,
    );
  return ok(body(role, scope));
}

function body(role: RoleDefinition, scope: string): unknown {
  const { actions, notActions, dataActions, notDataActions } = role;
  return {
    properties: {
      roleName: role.roleName,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      createdOn: '2018-01-01T00:00:00.0000000Z',
      updatedOn: '2024-01-01T00:00:00.0000000Z',
      createdBy: null,
      updatedBy: null,
    },
    id: roleDefinitionId(role.name, scope),
    type,
    name: role.name,
  };
}
