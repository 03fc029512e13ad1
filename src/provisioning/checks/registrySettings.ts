import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import type { Registry } from '../../domain/types.ts';
import { softDeleteOff, trustedServices as allowTrustedServices } from '../requirements/registrySettings.ts';
import type { Evidence, Finding, Repair, Requirement } from '../types.ts';
import {
  notApplicable,
  ok,
  problem,
  sameBeforeWrite,
  type PlanCheck,
  type RuleCheck,
  unknown,
  warning,
} from './check.ts';
import type { Facts } from './facts.ts';

/** Microsoft, artifact cache with the CLI (2026-08-13): otherwise "Artifact cache can't populate the target registry". */
export const trustedServices: RuleCheck & PlanCheck = {
  id: 'trustedServices',
  title: () => l10n.t('Network rules of the registry'),
  // Pulls pass without it; it is the copy that does not.
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judgeOwnNetwork,
  beforeWrite: sameBeforeWrite(judgeOwnNetwork),
};

/** What cache rules need of a restricted upstream is not in Microsoft's documentation; trusted services are what it can offer. */
export const upstreamNetwork: RuleCheck & PlanCheck = {
  id: 'upstreamNetwork',
  title: () => l10n.t('Network rules of the upstream'),
  pull: 'dependsOn',
  shared: 'upstream',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judgeUpstreamNetwork,
  beforeWrite: sameBeforeWrite(judgeUpstreamNetwork),
};

async function judgeOwnNetwork(facts: Facts): Promise<Finding> {
  const registry = await facts.registry();
  const judged = judgeNetwork(registry);
  if ('verdict' in judged) return judged;
  const { evidence } = judged;
  if (judged.letsThrough) {
    const reason = l10n.t('{0} restricts network access, but allows trusted services.', registry.name);
    return ok('trustedServicesPass', reason, evidence);
  }
  return problem(
    'downstreamNetwork',
    l10n.t('The network rules of {0} block trusted services. Images can be pulled, but are not cached.', registry.name),
    l10n.t('Allow trusted Microsoft services (az acr update --allow-trusted-services true).'),
    {
      evidence,
      severity: 'warning',
      repair: await settingRepair(facts, 'allowTrustedServices', registry.id, allowTrustedServices),
    },
  );
}

async function judgeUpstreamNetwork(facts: Facts): Promise<Finding> {
  const upstream = await facts.upstream();
  if (!upstream) {
    return notApplicable('upstreamNotVisible', l10n.t('The upstream is not an Azure container registry you can see.'));
  }
  const judged = judgeNetwork(upstream);
  if ('verdict' in judged) {
    return judged.verdict === 'ok' ? judged : { ...judged, code: 'upstreamNetwork', severity: 'warning' };
  }
  const { evidence } = judged;
  if (judged.letsThrough) {
    const reason = l10n.t(
      '{0} restricts its network, but allows trusted services. What cache rules need there is not documented.',
      upstream.name,
    );
    return { ...ok('upstreamNetwork', reason, evidence), severity: 'warning' };
  }
  return warning(
    'upstreamNetwork',
    l10n.t('The network rules of {0} block trusted services. {0} may refuse pulls.', upstream.name),
    l10n.t('If pulls fail, allow trusted Microsoft services on {0}.', upstream.name),
    {
      evidence,
      severity: 'warning',
      repair: await settingRepair(facts, 'allowTrustedServicesUpstream', upstream.id, allowTrustedServices),
    },
  );
}

function judgeNetwork(registry: Registry): Finding | { readonly letsThrough: boolean; readonly evidence: Evidence[] } {
  const { publicNetworkAccess = '–', networkDefaultAction = '–', networkRuleBypassOptions: bypass } = registry;
  const settings = `publicNetworkAccess: ${publicNetworkAccess}, defaultAction: ${networkDefaultAction}`;
  const evidence = [{ text: `${settings}, networkRuleBypassOptions: ${bypass ?? '–'}`, resourceId: registry.id }];
  const isRestricted =
    ['Disabled', 'SecuredByPerimeter'].includes(publicNetworkAccess) || networkDefaultAction === 'Deny';
  if (!isRestricted) {
    return ok('networkOpen', l10n.t('{0} does not restrict network access.', registry.name), evidence);
  }
  if (bypass !== undefined) return { letsThrough: bypass !== 'None', evidence };
  return unknown(
    'trustedServicesUnknown',
    l10n.t('{0} restricts network access. Azure did not return whether trusted services are allowed.', registry.name),
    l10n.t('Check "Allow trusted Microsoft services" on the registry\'s Networking page.'),
    { evidence },
  );
}

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
        l10n.t('Could not be checked: Azure did not return whether {0} has virtual network rules.', registry.name),
        l10n.t('Check in the portal whether service endpoints are used, since trusted services do not work with them.'),
      );
    }
    const evidence = [{ text: `virtualNetworkRules: ${count}`, resourceId: registry.id }];
    return count === 0
      ? ok('virtualNetworksNone', l10n.t('{0} allows no subnet through a service endpoint.', registry.name), evidence)
      : problem(
          'virtualNetworks',
          l10n.t(
            '{0} allows {1} subnets through service endpoints. Trusted services do not work in such a registry, so nothing is cached.',
            registry.name,
            count,
          ),
          l10n.t('Use private endpoints or IP rules instead of virtual network rules.'),
          { evidence },
        );
  },
};

/** Soft delete "doesn't support registries configured for … artifact cache" (Microsoft, soft delete policy). */
export const softDelete: RuleCheck & PlanCheck = {
  id: 'softDelete',
  title: () => l10n.t('Soft delete'),
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judgeSoftDelete,
  beforeWrite: sameBeforeWrite(judgeSoftDelete),
};

async function judgeSoftDelete(facts: Facts): Promise<Finding> {
  const registry = await facts.registry();
  if (registry.softDelete === undefined) {
    return unknown(
      'softDeleteUnknown',
      l10n.t('Could not check soft delete on {0}: this cloud does not report it.', registry.name),
      l10n.t('Check "Soft delete" of the registry in the portal.'),
    );
  }
  const evidence = [
    { text: `softDeletePolicy: ${registry.softDelete ? 'enabled' : 'disabled'}`, resourceId: registry.id },
  ];
  if (!registry.softDelete) return ok('softDeleteOff', l10n.t('Soft delete is off.'), evidence);
  return problem(
    'softDelete',
    l10n.t('Soft delete is on in {0}. Azure does not support it together with artifact cache.', registry.name),
    l10n.t('Turn off soft delete.'),
    { evidence, severity: 'warning', repair: await settingRepair(facts, 'softDeleteOff', registry.id, softDeleteOff) },
  );
}

/** A repair of one setting of a registry; undefined when the rule's link is not known, which a plan needs. */
async function settingRepair(
  facts: Facts,
  id: string,
  registryId: string,
  setting: (registryId: string) => Requirement,
): Promise<Repair | undefined> {
  const found = await ifReadable(facts.link);
  if (!found?.ok) return undefined;
  const requirement = setting(registryId);
  const title = (): string => requirement.describe().title;
  return { id, about: [registryId], link: found.link, title, once: () => [requirement] };
}
