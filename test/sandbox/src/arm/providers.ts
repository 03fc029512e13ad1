import { apiVersions, typesOf } from './apiVersions.ts';
import type { ArmCall, Route } from './call.ts';
import { ok, page, param, subscriptionOf } from './call.ts';
import { armErrors } from './errors.ts';
import { locations } from './locations.ts';
import { subscriptionScope, visibleScope } from './visibility.ts';

/** Resource providers with their types and api-versions. All are registered. */
export const providerRoutes: readonly Route[] = [
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
    resourceTypes: Object.entries(typesOf(call.core, namespace)).map(([resourceType, versions]) => ({
      resourceType,
      locations: locations.map(([, displayName]) => displayName),
      apiVersions:
        resourceType === 'registries/cacheRules'
          ? versions.filter((version) => !call.core.options.unlistedRuleVersions.includes(version))
          : versions,
      capabilities: 'None',
    })),
  };
}
