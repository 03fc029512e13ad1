import * as l10n from '@vscode/l10n';
import { armIdSubscription } from '../../domain/armId.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import { featureFlag as requirement, featureName, featureNamespace } from '../requirements/featureFlag.ts';
import type { CacheLink } from '../types.ts';
import { notApplicable, ok, problem, warning, type Check } from '../diagnosis/check.ts';
import { commonRepair } from '../diagnosis/commonRepair.ts';
import type { Facts } from '../diagnosis/facts.ts';
import type { Repair } from '../diagnosis/types.ts';

/** Only a rule that could not be written tells that the service may still demand the preview feature (Azure/acr#747). */
export const featureFlag: Check = {
  id: 'featureFlag',
  title: () => l10n.t('Preview feature'),
  pull: 'dependsOn',
  shared: 'registry',
  needs: () => 'Microsoft.Features/providers/features/read',
  async run(facts) {
    const rule = await facts.rule();
    if (!rule.identity) return notApplicable(l10n.t('Only rules with a managed identity may need it.'));
    if (rule.provisioningState !== 'Failed' && rule.provisioningState !== 'Canceled') {
      return ok(l10n.t('Azure accepted the rule with its identity, so it does not miss the feature.'));
    }
    const { azure, signal } = facts.context;
    const subscription = armIdSubscription(facts.registryId);
    const state = await azure.features.get(subscription, featureNamespace, featureName, { signal });
    const evidence = [{ text: `${featureNamespace}/${featureName}: ${state}` }];
    if (state === 'Registered') return ok(l10n.t('The feature {0} is registered.', featureName), evidence);
    if (state === 'NotFound') return ok(l10n.t('This cloud has no feature {0}.', featureName), evidence);
    if (state === 'Pending' || state === 'Registering') {
      return warning(
        l10n.t('The feature {0} is being registered ({1}).', featureName, state),
        l10n.t('Wait until it is, then write the rule again.'),
        { evidence },
      );
    }
    const repair = await register(facts);
    return problem(
      l10n.t('The feature {0} is not registered, which may be why the rule could not be written.', featureName),
      l10n.t('Register the feature in the subscription and write the rule again.'),
      { evidence, ...(repair ? { repair } : {}) },
    );
  },
};

async function register(facts: Facts): Promise<Repair | undefined> {
  const found = await facts.link();
  const mapping = found.ok ? found.link.mappings[0] : undefined;
  if (!found.ok || !mapping) return undefined;
  const link: CacheLink = { ...found.link, allowFeatureRegistration: true };
  return commonRepair({
    id: 'registerFeature',
    about: [link.downstream.id],
    link,
    title: () => l10n.t('Register the feature {0} and write the rule again', featureName),
    once: (wanted) => [requirement(wanted)],
    each: (wanted) => [{ ...cacheRule(wanted, mapping), resolvesFindings: ['targetExists', 'ruleLimit'] }],
    confirmation: {
      sentence: l10n.t(
        'Registering is a lasting change of the whole subscription {0}.',
        armIdSubscription(facts.registryId),
      ),
    },
  });
}
