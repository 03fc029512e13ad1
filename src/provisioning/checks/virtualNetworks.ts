import * as l10n from '@vscode/l10n';
import { notApplicable, ok, problem, unknown, type RuleCheck } from './check.ts';

/** "Allow trusted services" does not apply to registries with service endpoints (Microsoft, allow-access-trusted-services). */
export const virtualNetworks: RuleCheck = {
  id: 'virtualNetworks',
  title: () => l10n.t('Virtual network rules of the registry'),
  // Pulls pass without it; it is the copy that does not.
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const registry = await facts.registry();
    const count = registry.virtualNetworkRules;
    if (registry.networkDefaultAction !== 'Deny') {
      return notApplicable('networkOpen', l10n.t('{0} has no rules for selected networks.', registry.name));
    }
    if (count === undefined) {
      return unknown(
        'virtualNetworksUnknown',
        l10n.t('Could not be checked: Azure does not tell whether {0} has virtual network rules.', registry.name),
        l10n.t(
          'Look in the portal whether subnets are let in by service endpoints: trusted services do not work there.',
        ),
      );
    }
    const evidence = [{ text: `virtualNetworkRules: ${count}`, resourceId: registry.id }];
    return count === 0
      ? ok('virtualNetworksNone', l10n.t('{0} lets no subnet in by a service endpoint.', registry.name), evidence)
      : problem(
          'virtualNetworks',
          l10n.t(
            '{0} lets {1} subnets in by service endpoints; trusted services do not work in such a registry, so nothing is cached.',
            registry.name,
            count,
          ),
          l10n.t('Use private endpoints or IP rules instead of virtual network rules.'),
          { evidence },
        );
  },
};
