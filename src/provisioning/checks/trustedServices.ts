import * as l10n from '@vscode/l10n';
import { isRestricted } from './preflight/registryChecks.ts';
import { trustedServices as requirement } from '../requirements/trustedServices.ts';
import { ok, problem, unknown, type Check } from '../diagnosis/check.ts';
import { settingRepair } from '../diagnosis/settingRepair.ts';

/** Microsoft, artifact cache with the CLI (2026-08-13): otherwise "Artifact cache can't populate the target registry". */
export const trustedServices: Check = {
  id: 'trustedServices',
  title: () => l10n.t('Network rules of the registry'),
  // Pulls pass without it; it is the copy that does not.
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const registry = await facts.registry();
    const evidence = [
      {
        text: `publicNetworkAccess: ${registry.publicNetworkAccess ?? '–'}, defaultAction: ${registry.networkDefaultAction ?? '–'}, networkRuleBypassOptions: ${registry.networkRuleBypassOptions ?? '–'}`,
        resourceId: registry.id,
      },
    ];
    if (!isRestricted(registry)) return ok(l10n.t('{0} does not restrict its network.', registry.name), evidence);
    if (registry.networkRuleBypassOptions === undefined) {
      return unknown(
        l10n.t('{0} restricts its network, and does not tell whether trusted services pass.', registry.name),
        l10n.t('Check "Allow trusted Microsoft services" in the networking page of the registry.'),
        { evidence },
      );
    }
    if (registry.networkRuleBypassOptions !== 'None') {
      return ok(l10n.t('{0} restricts its network, but lets trusted services through.', registry.name), evidence);
    }
    const repair = await settingRepair(facts, 'allowTrustedServices', registry.id, requirement);
    return problem(
      l10n.t('The network rules of {0} shut out trusted services: pulls pass, but nothing is cached.', registry.name),
      l10n.t('Allow trusted Microsoft services (az acr update --allow-trusted-services true).'),
      { evidence, ...(repair ? { repair } : {}) },
    );
  },
};
