import type { Answer } from '../core.ts';
import type { ArmCall, Route } from './call.ts';
import { ok, page, param, subscriptionOf } from './call.ts';
import { ArmError } from './errors.ts';

/** How long Azure takes to register a preview feature here: registering → registered, sandbox-clock milliseconds. */
const registrationMs = 500;
/** The preview features this sandbox knows. */
const known = [['Microsoft.ContainerRegistry', 'ArtifactCacheManagedIdentityAuthentication']] as const;

const base = '/subscriptions/{subscription}/providers/Microsoft.Features';
const one = `${base}/providers/{namespace}/features/{feature}`;
const type = 'Microsoft.Features/features';
const scope = (call: ArmCall): string => `/subscriptions/${subscriptionOf(call).id}`;

export const featureRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${base}/features`,
    type,
    action: `${type}/read`,
    scope,
    handle: (call) =>
      page(
        call,
        known.map(([namespace, feature]) => body(call, namespace, feature)),
      ),
  },
  {
    method: 'GET',
    path: `${base}/providers/{namespace}/features`,
    type,
    action: 'Microsoft.Features/providers/features/read',
    scope,
    handle: (call) =>
      page(
        call,
        known
          .filter(([namespace]) => namespace.toLowerCase() === param(call, 'namespace').toLowerCase())
          .map(([namespace, feature]) => body(call, namespace, feature)),
      ),
  },
  {
    method: 'GET',
    path: one,
    type,
    action: 'Microsoft.Features/providers/features/read',
    scope,
    handle: (call) => ok(bodyOf(call)),
  },
  {
    method: 'POST',
    path: `${one}/register`,
    type,
    action: 'Microsoft.Features/providers/features/register/action',
    scope,
    handle: register,
  },
  {
    method: 'POST',
    path: `${one}/unregister`,
    type,
    action: 'Microsoft.Features/providers/features/unregister/action',
    scope,
    handle: unregister,
  },
];

function featureOf(call: ArmCall): readonly [namespace: string, feature: string] {
  const [namespace, feature] = [param(call, 'namespace'), param(call, 'feature')];
  const found = known.find(
    (pair) => pair[0].toLowerCase() === namespace.toLowerCase() && pair[1].toLowerCase() === feature.toLowerCase(),
  );
  if (!found) throw new ArmError(404, 'FeatureNotFound', `The feature '${feature}' could not be found.`);
  return found;
}

function key(call: ArmCall, namespace: string, feature: string): string {
  return `${subscriptionOf(call).id}/${namespace}/${feature}`.toLowerCase();
}

function bodyOf(call: ArmCall): unknown {
  return body(call, ...featureOf(call));
}

function body(call: ArmCall, namespace: string, feature: string): unknown {
  return {
    properties: { state: call.core.state.features.get(key(call, namespace, feature)) ?? 'NotRegistered' },
    id: `/subscriptions/${subscriptionOf(call).id}/providers/Microsoft.Features/providers/${namespace}/features/${feature}`,
    type: 'Microsoft.Features/providers/features',
    name: `${namespace}/${feature}`,
  };
}

function register(call: ArmCall): Answer {
  const [namespace, feature] = featureOf(call);
  const { features } = call.core.state;
  const id = key(call, namespace, feature);
  if (features.get(id) !== 'Registered') {
    features.set(id, 'Registering');
    call.core.runLater(registrationMs, () => {
      if (features.get(id) === 'Registering') features.set(id, 'Registered');
    });
  }
  return ok(body(call, namespace, feature));
}

function unregister(call: ArmCall): Answer {
  const [namespace, feature] = featureOf(call);
  call.core.state.features.set(key(call, namespace, feature), 'Unregistered');
  return ok(body(call, namespace, feature));
}
