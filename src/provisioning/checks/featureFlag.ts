import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import { armIdSubscription } from '../../domain/armId.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import { featureFlag as requirement, featureName, featureNamespace } from '../requirements/featureFlag.ts';
import type { Repair } from '../types.ts';
import { caution, notApplicable, ok, problem, warning, type PlanCheck, type RuleCheck } from './check.ts';
import type { Facts } from './facts.ts';
import { readRuleLink } from './repairs.ts';

/**
 * The service may still demand the preview feature (Azure/acr#747). No one but it knows: a rule with an identity shows that it does not,
 * as does a cloud without the feature; one that could not be written, that it may.
 */
export const featureFlag: RuleCheck & PlanCheck = {
  id: 'featureFlag',
  title: () => l10n.t('Preview feature'),
  pull: 'dependsOn',
  shared: 'registry',
  needs: () => 'Microsoft.Features/providers/features/read',
  async run(facts) {
    const rule = await facts.rule();
    if (!rule.identity) {
      return notApplicable('identityNone', l10n.t('Only cache rules with a managed identity may need it.'));
    }
    if (rule.provisioningState !== 'Failed' && rule.provisioningState !== 'Canceled') {
      return ok(
        'featureNotNeeded',
        l10n.t('Azure accepted the rule with its identity, so the feature is not required.'),
      );
    }
    const state = await readState(facts);
    const evidence = [{ text: `${featureNamespace}/${featureName}: ${state}` }];
    if (state === 'Registered') {
      return ok('featureRegistered', l10n.t('The preview feature {0} is registered.', featureName), evidence);
    }
    if (state === 'NotFound')
      return ok('featureAbsent', l10n.t('This cloud has no preview feature {0}.', featureName), evidence);
    if (state === 'Pending' || state === 'Registering') {
      return warning(
        'featureRegistering',
        l10n.t('The preview feature {0} is being registered ({1}).', featureName, state),
        l10n.t('Wait until it is registered, then write the rule again.'),
        { evidence },
      );
    }
    return problem(
      'featureFlag',
      l10n.t('The preview feature {0} is not registered, which may be why the rule could not be created.', featureName),
      l10n.t('Register the feature in the subscription, then write the rule again.'),
      { evidence, repair: await register(facts) },
    );
  },
  async beforeWrite(facts) {
    const { allowFeatureRegistration, downstream } = facts.wanted;
    if (allowFeatureRegistration) return [];
    const [state, rules, toWrite] = await Promise.all([
      ifReadable(() => readState(facts)),
      ifReadable(facts.rules),
      facts.rulesToWrite(),
    ]);
    const isProven = rules?.some((rule) => rule.identity !== undefined) ?? false;
    if (toWrite === 0 || isProven || state === undefined || state === 'Registered' || state === 'NotFound') return [];
    const text = l10n.t(
      'It is not registered, and Azure should no longer require it. Register {0} in the subscription of {1} if creating the rule fails with CannotCreateCacheRuleWithManagedIdentity.',
      featureName,
      downstream.loginServer,
    );
    return [caution('featureFlag', text)];
  },
};

function readState({ registryId, context: { azure, signal } }: Facts) {
  return azure.features.get(armIdSubscription(registryId), featureNamespace, featureName, { signal });
}

async function register(facts: Facts): Promise<Repair | undefined> {
  const found = await readRuleLink(facts);
  if (!found) return undefined;
  const { link, mapping } = found;
  return {
    id: 'registerFeature',
    about: [link.downstream.id],
    link: { ...link, allowFeatureRegistration: true },
    title: () => l10n.t('Register the preview feature and write the rule again'),
    once: (wanted) => [requirement(wanted)],
    each: (wanted) => [{ ...cacheRule(wanted, mapping), resolvesFindings: ['targetExists', 'ruleLimit'] }],
    confirmation: {
      sentence: l10n.t(
        'Registering a feature permanently changes the whole subscription {0}.',
        armIdSubscription(facts.registryId),
      ),
    },
  };
}
