import type { Answer } from '../../core.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { DenyAssignmentState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { page } from '../call.ts';
import { armErrors } from '../errors.ts';
import { scopeOf } from './scopes.ts';

const type = 'Microsoft.Authorization/denyAssignments';
const path = '{+scope}/providers/Microsoft.Authorization/denyAssignments';

/** What is denied at, above and below a scope. The sandbox has those that Azure makes. */
export const denyAssignmentRoutes: readonly Route[] = [
  { method: 'GET', path, type, action: `${type}/read`, scope: scopeOf, handle: list },
];

/** `$filter`: none, or `atScope()`, which leaves out what is below the scope. */
function list(call: ArmCall): Answer {
  const scope = scopeOf(call);
  const filter = call.request.query.get('$filter') ?? '';
  const isAtScope = /^atScope\(\)$/i.test(filter);
  if (filter !== '' && !isAtScope)
    throw armErrors.badRequest('BadRequestFormat', `The filter '${filter}' is not supported by the sandbox.`);
  const found = [...call.core.state.denyAssignments.values()].filter(
    (one) => isAtOrAbove(one.scope, scope) || (!isAtScope && isAtOrAbove(scope, one.scope)),
  );
  return page(call, found.map(bodyOf));
}

function bodyOf(one: DenyAssignmentState): unknown {
  const principals = (ids: readonly string[]): unknown[] =>
    ids.map((id) => ({ id, type: /^[0-]+$/.test(id) ? 'SystemDefined' : 'ServicePrincipal' }));
  return {
    properties: {
      denyAssignmentName: one.name,
      description: '',
      permissions: [
        {
          actions: one.actions ?? [],
          notActions: one.notActions ?? [],
          dataActions: one.dataActions ?? [],
          notDataActions: one.notDataActions ?? [],
        },
      ],
      scope: one.scope,
      doNotApplyToChildScopes: one.doNotApplyToChildScopes,
      principals: principals(one.principals),
      excludePrincipals: principals(one.excludePrincipals),
      isSystemProtected: true,
    },
    id: `${one.scope}/providers/${type}/${one.id}`,
    type,
    name: one.id,
  };
}
