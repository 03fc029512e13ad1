import * as l10n from '@vscode/l10n';
import { armIdSubscription } from '../../domain/armId.ts';
import { missing, satisfied } from '../engine/inspection.ts';
import type { CacheLink, Requirement } from '../types.ts';

export const featureNamespace = 'Microsoft.ContainerRegistry';
/** In 2026-03 the service demanded it for rules with an identity (Azure/acr#747); since general availability it need not exist. */
export const featureName = 'ArtifactCacheManagedIdentityAuthentication';

/** The preview feature is registered in the downstream's subscription. */
export function featureFlag(link: CacheLink): Requirement {
  const subscription = armIdSubscription(link.downstream.id);
  return {
    id: 'featureFlag',
    kind: 'featureFlag',
    needs: [],
    describe: () => ({
      title: l10n.t('Register the preview feature for managed identities'),
      todo: l10n.t('{0}; may take minutes', featureName),
      done: l10n.t('The preview feature {0} is registered.', featureName),
    }),

    async inspect(context) {
      const state = await context.azure.features.get(subscription, featureNamespace, featureName, {
        signal: context.signal,
      });
      const evidence = [{ text: `${featureNamespace}/${featureName}: ${state}` }];
      if (state === 'Registered') {
        return satisfied(l10n.t('The preview feature {0} is registered.', featureName), evidence);
      }
      if (state === 'NotFound') {
        return satisfied(
          l10n.t('This cloud has no preview feature {0}, so it cannot require it.', featureName),
          evidence,
        );
      }
      return missing(l10n.t('The preview feature {0} is not registered ({1}).', featureName, state), evidence, {
        inProgress: state === 'Registering' || state === 'Pending',
      });
    },

    rights: [
      {
        scope: `/subscriptions/${subscription}`,
        action: 'Microsoft.Features/providers/features/register/action',
        advice: l10n.t('Registering a feature requires "Contributor" or "Owner" on the subscription.'),
      },
    ],
    reads: [],
    writes: [],
    skipsRecheck: true,
    async satisfy(context) {
      context.report(l10n.t('waiting for the feature to be registered'));
      const state = await context.azure.features.register(subscription, featureNamespace, featureName, {
        signal: context.signal,
      });
      if (state !== 'Registered') {
        throw new Error(
          l10n.t('{0} is still being registered ({1}). Run the setup again in a few minutes.', featureName, state),
        );
      }
    },
  };
}
