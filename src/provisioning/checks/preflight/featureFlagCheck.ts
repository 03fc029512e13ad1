import * as l10n from '@vscode/l10n';
import { armIdSubscription } from '../../../domain/armId.ts';
import { readRules } from '../../engine/reads.ts';
import { featureName, featureNamespace } from '../../requirements/featureFlag.ts';
import type { Finding } from '../../types.ts';
import { ifReadable, type Inspections, type LinkContext, missingRequirements, warning } from './findings.ts';

/**
 * Whether the service may still demand the preview feature. No one but the service knows: a registry that already has a rule with
 * an identity does not, nor does a cloud without the feature; else an unregistered one is worth a warning.
 */
export async function checkFeatureFlag(context: LinkContext, inspections: Inspections): Promise<Finding[]> {
  const { link } = context;
  if (link.allowFeatureRegistration) return [];
  const subscription = armIdSubscription(link.downstream.id);
  const [state, rules, missing] = await Promise.all([
    ifReadable(() =>
      context.azure.features.get(subscription, featureNamespace, featureName, { signal: context.signal }),
    ),
    ifReadable(() => readRules(context, link.downstream.id)),
    missingRequirements(inspections),
  ]);
  const isProven = rules?.some((rule) => rule.identity !== undefined) ?? false;
  const matters = missing.some((requirement) => requirement.kind === 'cacheRule');
  if (!matters || isProven || state === undefined || state === 'Registered' || state === 'NotFound') return [];
  return [
    warning(
      'featureFlag',
      l10n.t(
        'The feature {0} is not registered in the subscription of {1}. Since 2026 Azure should not demand it any more; if creating the rule still fails with CannotCreateCacheRuleWithManagedIdentity, agree to register it.',
        featureName,
        link.downstream.loginServer,
      ),
    ),
  ];
}
