import { isAtOrAbove } from '../../rbac/scopes.ts';
import { roleDefinition } from '../../rbac/roleDefinitions.ts';
import type { Answer } from '../../core.ts';
import type { ArmCall, Route } from '../call.ts';
import { page } from '../call.ts';
import { scopeOf } from './scopes.ts';

export const permissionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '{+scope}/providers/Microsoft.Authorization/permissions',
    type: 'Microsoft.Authorization/permissions',
    handle: list,
  },
];

/** The lists of every role the caller holds at the scope or above; empty for a caller without any. */
function list(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const held = [...call.core.state.roleAssignments.values()].filter(
    (one) => one.principalId === call.caller.oid && isAtOrAbove(one.scope, scope),
  );
  return page(
    call,
    held.flatMap((assignment) => {
      const role = roleDefinition(assignment.roleDefinitionId);
      if (!role) return [];
      const { actions, notActions, dataActions, notDataActions } = role;
      return [
        {
          actions,
          notActions,
          dataActions,
          notDataActions,
          condition: assignment.condition ?? null,
          conditionVersion: assignment.conditionVersion ?? null,
        },
      ];
    }),
  );
}
