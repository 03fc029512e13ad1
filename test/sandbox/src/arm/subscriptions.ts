import type { SubscriptionState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { ok, page, subscriptionOf } from './call.ts';
import { locations } from './locations.ts';
import { visibleScope, visibleSubscriptions } from './visibility.ts';

/** Tenants, subscriptions and their locations. */
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
];

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
