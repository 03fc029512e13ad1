import { isAtOrAbove } from '../rbac/isAllowed.ts';
import { groupId, parseResourceId } from '../ids.ts';
import { stringAt, stringsAt } from '../json.ts';
import type { ResourceGroupState, ResourceState, SubscriptionState } from '../types.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmCall, Route } from './call.ts';
import { groupOf, jsonBody, ok, page, param, subscriptionOf } from './call.ts';
import { armErrors } from './errors.ts';
import { locations } from './locations.ts';

/** Tenants, subscriptions, locations, resource groups, providers and the generic resource list. */
export const subscriptionRoutes: readonly Route[] = [
  { method: 'GET', path: '/tenants', type: 'Microsoft.Resources/tenants', handle: listTenants },
  {
    method: 'GET',
    path: '/subscriptions',
    type: 'Microsoft.Resources/subscriptions',
    handle: (call) =>
      withCount(
        page(
          call,
          visibleSubscriptions(call).map((one) => subscriptionBody(call, one)),
        ),
      ),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}',
    type: 'Microsoft.Resources/subscriptions',
    action: 'Microsoft.Resources/subscriptions/read',
    scope: visibleScope,
    handle: (call) => ok(subscriptionBody(call, subscriptionOf(call))),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/locations',
    type: 'Microsoft.Resources/subscriptions/locations',
    action: 'Microsoft.Resources/subscriptions/locations/read',
    scope: visibleScope,
    handle: (call) => ok({ value: locations.map((one) => locationBody(subscriptionOf(call), one)) }),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    scope: visibleScope,
    handle: listGroups,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
    handle: (call) => ok(groupBody(groupOf(call))),
  },
  {
    method: 'HEAD',
    path: '/subscriptions/{subscription}/resourceGroups/{group}',
    type: 'Microsoft.Resources/resourceGroups',
    action: 'Microsoft.Resources/subscriptions/resourceGroups/read',
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
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers',
    type: 'Microsoft.Resources/providers',
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: visibleScope,
    handle: (call) =>
      page(
        call,
        Object.keys(apiVersions).map((namespace) => providerBody(call, namespace)),
      ),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/{namespace}',
    type: 'Microsoft.Resources/providers',
    action: 'Microsoft.Resources/subscriptions/providers/read',
    scope: visibleScope,
    handle: (call) => ok(providerBody(call, knownNamespace(call))),
  },
  {
    method: 'POST',
    path: '/subscriptions/{subscription}/providers/{namespace}/register',
    type: 'Microsoft.Resources/providers',
    action: 'Microsoft.Resources/subscriptions/providers/register/action',
    scope: subscriptionScope,
    handle: (call) => ok(providerBody(call, knownNamespace(call))),
  },
];

function subscriptionScope(call: ArmCall): string {
  return `/subscriptions/${subscriptionOf(call).id}`;
}

/** Who may do anything inside a subscription also sees the subscription itself: their own scope stands for it. */
function visibleScope(call: ArmCall): string {
  const scope = subscriptionScope(call);
  const own = [...call.core.state.roleAssignments.values()].find(
    (one) => one.principalId === call.caller.oid && isAtOrAbove(scope, one.scope),
  );
  return own?.scope ?? scope;
}

function listTenants(call: ArmCall): ReturnType<typeof ok> {
  const names = new Set([call.core.state.tenantId]);
  for (const principal of call.core.state.principals.values()) {
    if (principal.name === call.core.state.principals.get(call.caller.oid)?.name) names.add(principal.tenantId);
  }
  return page(
    call,
    [...names].map((tenantId, index) => ({
      id: `/tenants/${tenantId}`,
      tenantId,
      countryCode: 'US',
      displayName: index === 0 ? 'Sandbox' : `Sandbox ${index + 1}`,
      domains: ['sandbox.test'],
      defaultDomain: 'sandbox.test',
      tenantType: 'AAD',
      tenantCategory: tenantId === call.core.state.tenantId ? 'Home' : 'ProjectedBy',
    })),
  );
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

function withCount(answer: ReturnType<typeof ok>): ReturnType<typeof ok> {
  const body = answer.json as { value: unknown[] };
  return { ...answer, json: { ...body, count: { type: 'Total', value: body.value.length } } };
}

function subscriptionBody(call: ArmCall, one: SubscriptionState): unknown {
  return {
    id: `/subscriptions/${one.id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: one.id,
    tenantId: one.tenantId,
    displayName: one.name,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function locationBody(
  subscription: SubscriptionState,
  [name, displayName, geography]: (typeof locations)[number],
): unknown {
  return {
    id: `/subscriptions/${subscription.id}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: `(${geography}) ${displayName}`,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geography, geographyGroup: geography },
  };
}

function listGroups(call: ArmCall): ReturnType<typeof ok> {
  const groups = [...call.core.state.resourceGroups.values()].filter(
    (one) => one.subscriptionId === subscriptionOf(call).id,
  );
  return page(call, groups.map(groupBody), top(call));
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

async function putGroup(call: ArmCall): Promise<ReturnType<typeof ok>> {
  const body = await jsonBody(call);
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

/** Azure's short name of a region, given that or its display name. @throws ArmError 400 */
export function locationNamed(text: string | undefined): string {
  if (text === undefined)
    throw armErrors.badRequest('LocationRequired', 'The location property is required for this definition.');
  const short = text.toLowerCase().replaceAll(' ', '');
  if (locations.some(([name]) => name === short)) return short;
  const list = locations.map(([name]) => name).join(',');
  throw armErrors.badRequest(
    'LocationNotAvailableForResourceType',
    `The provided location '${text}' is not available. List of available regions is '${list}'.`,
  );
}

/** `$filter`: `resourceType eq 'x'`, `name eq 'x'`, `resourceGroup eq 'x'`, joined by `and`. */
function listResources(call: ArmCall, scope: string): ReturnType<typeof ok> {
  const filter = call.request.query.get('$filter');
  const tests = (filter ?? '')
    .split(/ and /i)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const match = /^\s*(resourceType|name|resourceGroup)\s+eq\s+'([^']*)'\s*$/i.exec(part);
      if (!match?.[1] || match[2] === undefined)
        throw armErrors.badRequest(
          'InvalidFilterInQueryString',
          `Invalid $filter '${filter ?? ''}' specified in the query string.`,
        );
      const [property, value] = [match[1].toLowerCase(), match[2].toLowerCase()];
      return (one: ResourceState): boolean =>
        (property === 'resourcetype'
          ? one.type
          : property === 'name'
            ? one.name
            : (parseResourceId(one.id)?.group ?? '')
        ).toLowerCase() === value;
    });
  // Only tracked resources (those with a location) are in ARM's own list.
  const found = [...call.core.state.resources.values()].filter(
    (one) => one.location !== undefined && isAtOrAbove(scope, one.id) && tests.every((test) => test(one)),
  );
  return page(
    call,
    found.map((one) => ({
      id: one.id,
      name: one.name,
      type: one.type,
      location: one.location,
      ...(one.sku && { sku: one.sku }),
      tags: one.tags ?? {},
    })),
    top(call),
  );
}

function knownNamespace(call: ArmCall): string {
  const given = param(call, 'namespace');
  const namespace = Object.keys(apiVersions).find((known) => known.toLowerCase() === given.toLowerCase());
  if (namespace === undefined) throw armErrors.invalidNamespace(given);
  return namespace;
}

function providerBody(call: ArmCall, namespace: string): unknown {
  return {
    id: `/subscriptions/${subscriptionOf(call).id}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: 'Registered',
    resourceTypes: Object.entries(apiVersions[namespace] ?? {}).map(([resourceType, versions]) => ({
      resourceType,
      locations: locations.map(([, displayName]) => displayName),
      apiVersions: versions,
      capabilities: 'None',
    })),
  };
}
