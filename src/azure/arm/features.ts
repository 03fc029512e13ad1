import * as l10n from '@vscode/l10n';
import type { AzureAccess, FeaturesClient, FeatureState } from '../azure.ts';
import { invalid, undefinedIf } from '../failures.ts';
import { sleep, waitUnit } from '../http/wait.ts';
import { record, text } from '../../common/json.ts';
import { onceAccepted } from './operations.ts';
import type { ArmSessions } from './sessions.ts';

const apiVersion = '2021-07-01';
const providersApiVersion = '2021-04-01';
const states: readonly FeatureState[] = [
  'NotRegistered',
  'Pending',
  'Registering',
  'Registered',
  'Unregistering',
  'Unregistered',
];

/** Retry delays between the polls of a registration: soon at first, then every ten, for about ten minutes. */
const pollWaits = [1, 2, 4, ...Array.from({ length: 60 }, () => 10)];

/** Preview features by ARM REST (Microsoft.Features). */
export function createFeaturesClient(sessions: ArmSessions, retry: AzureAccess['retry']): FeaturesClient {
  const unit = waitUnit(retry);

  async function read(
    subscriptionId: string,
    namespace: string,
    feature: string,
    signal?: AbortSignal,
  ): Promise<FeatureState> {
    const { arm } = sessions.forSubscription(subscriptionId);
    const path = featurePath(subscriptionId, namespace, feature);
    const found = await undefinedIf(['notFound'], arm.send('GET', path, { signal }));
    return found ? stateOf(found.body) : 'NotFound';
  }

  return {
    get: (subscriptionId, namespace, feature, { signal } = {}) => read(subscriptionId, namespace, feature, signal),

    async register(subscriptionId, namespace, feature, { signal } = {}) {
      const { arm } = sessions.forSubscription(subscriptionId);
      const started = await arm.send('POST', featurePath(subscriptionId, namespace, feature, '/register'), { signal });
      return onceAccepted(async () => {
        let state = stateOf(started.body);
        // `Pending` waits for Microsoft's approval, which polling cannot hasten.
        for (const wait of pollWaits) {
          if (state !== 'Registering' && state !== 'NotRegistered') break;
          await sleep(wait * unit, signal);
          state = await read(subscriptionId, namespace, feature, signal);
        }
        if (state === 'Registered') {
          // The provider only takes the feature up when it is registered again.
          const provider = `/subscriptions/${subscriptionId}/providers/${namespace}/register?api-version=${providersApiVersion}`;
          await arm.send('POST', provider, { signal });
        }
        return state;
      });
    },
  };
}

function featurePath(subscriptionId: string, namespace: string, feature: string, suffix = ''): string {
  if (![namespace, feature].every((name) => /^[A-Za-z][\w.-]{0,99}$/.test(name))) {
    throw invalid(
      'InvalidFeatureName',
      l10n.t('"{0}" is not a feature name.', `${namespace}/${feature}`.slice(0, 100)),
    );
  }
  return `/subscriptions/${subscriptionId}/providers/Microsoft.Features/providers/${namespace}/features/${feature}${suffix}?api-version=${apiVersion}`;
}

function stateOf(body: unknown): FeatureState {
  const state = text(record(record(body)?.['properties'])?.['state']);
  return states.find((known) => known === state) ?? 'NotRegistered';
}
