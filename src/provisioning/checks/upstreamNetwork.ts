import * as l10n from '@vscode/l10n';
import { isRestricted } from './preflight/registryChecks.ts';
import { trustedServices } from '../requirements/trustedServices.ts';
import { notApplicable, ok, unknown, warning, type Check } from '../diagnosis/check.ts';
import { settingRepair } from '../diagnosis/settingRepair.ts';

/** What cache rules need of a restricted upstream is not in Microsoft's documentation; trusted services are what it can offer. */
export const upstreamNetwork: Check = {
  id: 'upstreamNetwork',
  title: () => l10n.t('Network rules of the upstream'),
  pull: 'dependsOn',
  shared: 'upstream',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const upstream = await facts.upstream();
    if (!upstream) return notApplicable(l10n.t('The upstream is no visible container registry of Azure.'));
    const evidence = [
      {
        text: `publicNetworkAccess: ${upstream.publicNetworkAccess ?? '–'}, defaultAction: ${upstream.networkDefaultAction ?? '–'}, networkRuleBypassOptions: ${upstream.networkRuleBypassOptions ?? '–'}`,
        resourceId: upstream.id,
      },
    ];
    if (!isRestricted(upstream)) return ok(l10n.t('{0} does not restrict its network.', upstream.name), evidence);
    if (upstream.networkRuleBypassOptions === undefined) {
      return unknown(
        l10n.t('{0} restricts its network, and does not tell whether trusted services pass.', upstream.name),
        l10n.t('Check "Allow trusted Microsoft services" in the networking page of the registry.'),
        { evidence },
      );
    }
    if (upstream.networkRuleBypassOptions !== 'None') {
      return ok(
        l10n.t(
          '{0} restricts its network and lets trusted services through; what cache rules need there is not documented.',
          upstream.name,
        ),
        evidence,
      );
    }
    const repair = await settingRepair(facts, 'allowTrustedServicesUpstream', upstream.id, trustedServices);
    return warning(
      l10n.t('{0} restricts its network and shuts out trusted services, so pulls may be refused there.', upstream.name),
      l10n.t('If pulls fail, allow trusted Microsoft services there.'),
      { evidence, ...(repair ? { repair } : {}) },
    );
  },
};
