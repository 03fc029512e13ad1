import { isGuid, parseResourceId } from '../../ids.ts';
import type { ArmCall } from '../call.ts';
import { param } from '../call.ts';
import { armErrors } from '../errors.ts';

/**
 * The scope before `/providers/Microsoft.Authorization/…`: '' is the tenant's root, else `/subscriptions/…` with one leading slash.
 * @throws ArmError 404 when its subscription, group or a resource the sandbox keeps does not exist
 */
export function scopeOf(call: ArmCall): string {
  const { core } = call;
  const text = param(call, 'scope').replace(/^\/+|\/+$/g, '');
  if (text === '') return '';
  const scope = `/${text}`;
  const id = parseResourceId(scope);
  if (!id || !isGuid(id.subscriptionId))
    throw armErrors.badRequest('InvalidRequestUri', `The scope '${scope}' is invalid.`);
  const subscription = core.state.subscriptions.get(id.subscriptionId.toLowerCase());
  if (!subscription) throw armErrors.subscriptionNotFound(id.subscriptionId);
  if (id.group !== undefined && !core.state.resourceGroups.has(scope.toLowerCase().split('/').slice(0, 5).join('/'))) {
    throw armErrors.groupNotFound(id.group);
  }
  return scope;
}
