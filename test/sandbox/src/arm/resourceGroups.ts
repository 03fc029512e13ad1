import { isAllowed } from '../rbac/isAllowed.ts';
import { isAtOrAbove } from '../rbac/scopes.ts';
import { groupId } from '../ids.ts';
import { stringAt, stringsAt } from '../json.ts';
import type { Answer } from '../core.ts';
import type { ResourceGroupState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { groupOf, ok, page, param, resourceBody, subscriptionOf } from './call.ts';
import { armErrors } from './errors.ts';
import { locationNamed } from './locations.ts';
import { pollOperation, registryType } from './registries/registries.ts';
import { systemData } from './registries/registryBody.ts';
import { resourceFilter } from './resourceFilter.ts';
import { subscriptionScope, visibleScope } from './visibility.ts';

const readGroups = 'Microsoft.Resources/subscriptions/resourceGroups/read';

/** Resource groups, and ARM's list of what is in a group or subscription. */
export const resourceGroupRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups',
    type: 'Microsoft.Resources/resourceGroups',
    action: readGroups,
    scope: visibleScope,
    handle: listGroups,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: readGroups,
    handle: (call) => ok(groupBody(groupOf(call))),
  },
  {
    method: 'HEAD',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: readGroups,
    handle: (call) => ({ status: call.group ? 204 : 404 }),
  },
  {
    method: 'PUT',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    handle: putGroup,
  },
  {
    method: 'PATCH',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    handle: patchGroup,
  },
  {
    method: 'DELETE',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    handle: removeGroup,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/operationresults/{operation}',
    type: 'Microsoft.Resources/subscriptions/operationresults',
    handle: pollOperation,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resources',
    type: 'Microsoft.Resources/resources',
    action: 'Microsoft.Resources/subscriptions/resources/read',
    handle: (call) => listResources(call, subscriptionScope(call)),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}/resources',
    type: 'Microsoft.Resources/resources',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
    scope: (call) => groupOf(call).id,
    handle: (call) => listResources(call, groupOf(call).id),
  },
];

function listGroups(call: ArmCall): Answer {
  const groups = [...call.core.state.resourceGroups.values()].filter(
    (one) => one.subscriptionId === subscriptionOf(call).id && isVisible(call, one.id),
  );
  return page(call, groups.map(groupBody), top(call));
}

/** Who may read a group, or holds any role inside it, sees it. */
function isVisible(call: ArmCall, group: string): boolean {
  const { core, caller } = call;
  if (isAllowed(core, caller.oid, readGroups, group, { kind: 'action' })) return true;
  return [...core.state.roleAssignments.values()].some(
    (one) => one.principalId === caller.oid && isAtOrAbove(group, one.scope),
  );
}

function top(call: ArmCall): number | undefined {
  const text = call.request.query.get('$top');
  return text === null ? undefined : Number(text) || undefined;
}

function groupBody(group: ResourceGroupState): unknown {
  return {
    id: group.id,
    name: group.name,
    type: 'Microsoft.Resources/resourceGroups',
    location: group.location,
    ...(group.tags && { tags: group.tags }),
    properties: { provisioningState: 'Succeeded' },
  };
}

/** Azure's rule: 1–90 of letters, digits, underscore, hyphen, period, parentheses, not ending in a period. */
const groupName = /^[-\p{L}\p{Nd}_.()]{0,89}[-\p{L}\p{Nd}_()]$/u;

async function putGroup(call: ArmCall): Promise<Answer> {
  const body = await resourceBody(call);
  const name = param(call, 'group');
  if (!groupName.test(name)) {
    throw armErrors.badRequest(
      'InvalidParameter',
      `The provided resource group name '${name}' has these invalid characters or a wrong length. The name can only be a letter, digit, '-', '.', '(', ')' or '_', and must not end with '.'.`,
    );
  }
  const location = locationNamed(stringAt(body, 'location'));
  const existing = call.group;
  if (existing && existing.location !== location) {
    throw armErrors.badRequest(
      'InvalidResourceGroupLocation',
      `Invalid resource group location '${location}'. The Resource group already exists in location '${existing.location}'.`,
    );
  }
  const subscription = subscriptionOf(call);
  const group: ResourceGroupState = existing ?? {
    id: groupId(subscription.id, name),
    name,
    location,
    subscriptionId: subscription.id,
  };
  group.tags = stringsAt(body, 'tags');
  call.core.state.resourceGroups.set(group.id.toLowerCase(), group);
  return { status: existing ? 200 : 201, json: groupBody(group) };
}

async function patchGroup(call: ArmCall): Promise<Answer> {
  const body = await resourceBody(call);
  const group = groupOf(call);
  if ('tags' in body) group.tags = stringsAt(body, 'tags');
  return ok(groupBody(group));
}

/** With all that is in it; role assignments stay behind. */
function removeGroup(call: ArmCall): Answer {
  const { state, registryHost } = call.core;
  const group = groupOf(call);
  const place = { id: group.id, location: group.location, results: `${subscriptionScope(call)}/operationresults` };
  const headers = call.operations.start(call, place, 'RESOURCEGROUPDELETION', 'Deleting', async (failure) => {
    if (failure) return;
    for (const [key, { id, type }] of state.resources) {
      if (!isAtOrAbove(group.id, id)) continue;
      state.resources.delete(key);
      if (type === registryType) await registryHost?.stop(id);
    }
    state.resourceGroups.delete(group.id.toLowerCase());
  });
  return { status: 202, headers };
}

function listResources(call: ArmCall, scope: string): Answer {
  const test = resourceFilter(call.request.query.get('$filter') ?? '');
  // Only tracked resources (those with a location) are in ARM's own list.
  const found = [...call.core.state.resources.values()].filter(
    (one) => one.location !== undefined && isAtOrAbove(scope, one.id) && test(one),
  );
  return page(
    call,
    found.map((one) => ({
      id: one.id,
      name: one.name,
      type: one.type,
      location: one.location,
      ...(one.sku && { sku: one.sku }),
      ...(one.identity && { identity: one.identity }),
      tags: one.tags ?? {},
      systemData: systemData(one),
    })),
    top(call),
  );
}
