import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { armIdName } from '../../domain/armId.ts';
import { ok, problem, warning, type Check } from '../diagnosis/check.ts';

/** Tiers that have artifact cache (Microsoft, artifact-cache-overview). */
const tiers = new Set(['basic', 'standard', 'premium']);

export const registryReady: Check = {
  id: 'registryReady',
  title: () => l10n.t('State of the registry'),
  pull: 'dependsOn',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const name = armIdName(facts.registryId);
    const registry = await facts.registry().catch((error: unknown) => {
      if (isAzureError(error, 'notFound')) return undefined;
      throw error;
    });
    if (!registry) {
      return problem(
        l10n.t('The registry {0} does not exist any more, or its subscription is not visible.', name),
        l10n.t('Refresh the view; a rule goes with its registry.'),
      );
    }
    const state = registry.provisioningState ?? 'Succeeded';
    const evidence = [
      { text: `${registry.loginServer}, ${registry.sku}, ${state}, ${registry.location}`, resourceId: registry.id },
    ];
    if (!tiers.has(registry.sku.toLowerCase())) {
      return problem(
        l10n.t('{0} has the tier {1}, which has no artifact cache.', name, registry.sku),
        l10n.t('Change the tier to Basic, Standard or Premium.'),
        { evidence },
      );
    }
    if (state === 'Succeeded') {
      return ok(
        l10n.t('{0} ({1}) is ready; its login server is {2}.', name, registry.sku, registry.loginServer),
        evidence,
      );
    }
    if (state === 'Failed' || state === 'Canceled') {
      return warning(
        l10n.t('The last change of {0} ended as {1}.', name, state),
        l10n.t('Make the change again; if it fails again, give Microsoft support the correlation id.'),
        { evidence },
      );
    }
    if (state === 'Deleting') {
      return problem(
        l10n.t('{0} is being deleted.', name),
        l10n.t('Refresh the view once it is gone; a rule goes with its registry.'),
        { evidence },
      );
    }
    const next = l10n.t('Wait until it is ready, then diagnose again.');
    return state === 'Updating'
      ? warning(l10n.t('{0} is being updated.', name), next, { evidence })
      : problem(l10n.t('{0} is in state {1}.', name, state), next, { evidence });
  },
};
