import type { Core } from '../core.ts';
import type { DenyAssignmentState } from '../types.ts';
import { matchesPattern } from './condition.ts';
import { isAtOrAbove } from './scopes.ts';

/** Of a deny assignment's principals: everybody. */
const everyone = '00000000-0000-0000-0000-000000000000';

/** The deny assignment that keeps a principal from an action whatever roles it has; Azure makes them, people only see them. */
export function denyingAssignment(
  core: Core,
  principalId: string,
  action: string,
  scope: string,
  kind: 'action' | 'dataAction',
): DenyAssignmentState | undefined {
  const principal = principalId.toLowerCase();
  const matches = (patterns: readonly string[] = []): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, action));
  return [...core.state.denyAssignments.values()].find((one) => {
    const reaches = one.doNotApplyToChildScopes
      ? isAtOrAbove(one.scope, scope) && isAtOrAbove(scope, one.scope)
      : isAtOrAbove(one.scope, scope);
    const names = (ids: readonly string[]): boolean => ids.some((id) => id.toLowerCase() === principal);
    if (!reaches || names(one.excludePrincipals) || !(one.principals.includes(everyone) || names(one.principals)))
      return false;
    return kind === 'action'
      ? matches(one.actions) && !matches(one.notActions)
      : matches(one.dataActions) && !matches(one.notDataActions);
  });
}
