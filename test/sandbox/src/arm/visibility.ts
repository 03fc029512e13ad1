import { isAtOrAbove } from '../rbac/scopes.ts';
import type { SubscriptionState } from '../types.ts';
import type { ArmCall } from './call.ts';
import { subscriptionOf } from './call.ts';

export function subscriptionScope(call: ArmCall): string {
  return `/subscriptions/${subscriptionOf(call).id}`;
}

/** Who may do anything inside a subscription also sees the subscription itself: their own scope stands for it. */
export function visibleScope(call: ArmCall): string {
  const scope = subscriptionScope(call);
  const own = [...call.core.state.roleAssignments.values()].find(
    (one) => one.principalId === call.caller.oid && isAtOrAbove(scope, one.scope),
  );
  return own?.scope ?? scope;
}

/** Subscriptions of the token's tenant where the caller has any role, there or below. */
export function visibleSubscriptions(call: ArmCall): SubscriptionState[] {
  const scopes = [...call.core.state.roleAssignments.values()]
    .filter((one) => one.principalId === call.caller.oid)
    .map((one) => one.scope);
  return [...call.core.state.subscriptions.values()].filter((one) => {
    const scope = `/subscriptions/${one.id}`;
    return (
      one.tenantId === call.caller.tid && scopes.some((held) => isAtOrAbove(held, scope) || isAtOrAbove(scope, held))
    );
  });
}
