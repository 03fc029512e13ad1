import type { Answer } from '../core.ts';
import type { ArmCall, Route } from './call.ts';
import { ok, param, subscriptionOf } from './call.ts';
import { ArmError } from './errors.ts';

/** How long Azure takes to register a preview feature here: registering → registered, sandbox-clock milliseconds. */
const registrationMs = 500;
/** The preview features this sandbox knows. */
const known = [['Microsoft.ContainerRegistry', 'ArtifactCacheManagedIdentityAuthentication']] as const;

const one = '/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{feature}';
const type = 'Microsoft.Features/features';
const scope = (call: ArmCall): string => `/subscriptions/${subscriptionOf(call).id}`;

const feature = 'Microsoft.Features/providers/features';

export const featureRoutes: readonly Route[] = [
  { method: 'GET', path: one, type, action: `${feature}/read`, scope, handle: (call) => ok(bodyOf(call)) },
  { method: 'POST', path: `${one}/register`, type, action: `${feature}/register/action`, scope, handle: register },
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
