import * as l10n from '@vscode/l10n';
import type { Registry } from '../../domain/types.ts';
import { trustedServices as requirement } from '../requirements/trustedServices.ts';
import type { Evidence, Finding } from '../types.ts';
import {
  notApplicable,
  ok,
  problem,
  sameBeforeWrite,
  unknown,
  warning,
  type PlanCheck,
  type RuleCheck,
} from './check.ts';
import type { Facts } from './facts.ts';
import { settingRepair } from './repairs.ts';

/** Microsoft, artifact cache with the CLI (2026-08-13): otherwise "Artifact cache can't populate the target registry". */
export const trustedServices: RuleCheck & PlanCheck = {
  id: 'trustedServices',
  title: () => l10n.t('Network rules of the registry'),
  // Pulls pass without it; it is the copy that does not.
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judgeRegistry,
  beforeWrite: sameBeforeWrite(judgeRegistry),
};

/** What cache rules need of a restricted upstream is not in Microsoft's documentation; trusted services are what it can offer. */
export const upstreamNetwork: RuleCheck & PlanCheck = {
  id: 'upstreamNetwork',
  title: () => l10n.t('Network rules of the upstream'),
  pull: 'dependsOn',
  shared: 'upstream',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judgeUpstream,
  beforeWrite: sameBeforeWrite(judgeUpstream),
};

async function judgeRegistry(facts: Facts): Promise<Finding> {
  const registry = await facts.registry();
  const judged = judge(registry);
  if ('verdict' in judged) return judged;
  const { evidence } = judged;
  if (judged.letsThrough) {
    const reason = l10n.t('{0} restricts its network, but lets trusted services through.', registry.name);
    return ok('trustedServicesPass', reason, evidence);
  }
  return problem(
    'downstreamNetwork',
    l10n.t('The network rules of {0} shut out trusted services: pulls pass, but nothing is cached.', registry.name),
    l10n.t('Allow trusted Microsoft services (az acr update --allow-trusted-services true).'),
    {
      evidence,
      severity: 'warning',
      repair: await settingRepair(facts, 'allowTrustedServices', registry.id, requirement),
    },
  );
}

async function judgeUpstream(facts: Facts): Promise<Finding> {
  const upstream = await facts.upstream();
  if (!upstream) {
    return notApplicable('upstreamNotVisible', l10n.t('The upstream is no visible container registry of Azure.'));
  }
  const judged = judge(upstream);
  if ('verdict' in judged) {
    return judged.verdict === 'ok' ? judged : { ...judged, code: 'upstreamNetwork', severity: 'warning' };
  }
  const { evidence } = judged;
  if (judged.letsThrough) {
    const reason = l10n.t(
      '{0} restricts its network and lets trusted services through; what cache rules need there is not documented.',
      upstream.name,
    );
    return { ...ok('upstreamNetwork', reason, evidence), severity: 'warning' };
  }
  return warning(
    'upstreamNetwork',
    l10n.t('{0} restricts its network and shuts out trusted services, so pulls may be refused there.', upstream.name),
    l10n.t('If pulls fail, allow trusted Microsoft services there.'),
    {
      evidence,
      severity: 'warning',
      repair: await settingRepair(facts, 'allowTrustedServicesUpstream', upstream.id, requirement),
    },
  );
}

function judge(registry: Registry): Finding | { readonly letsThrough: boolean; readonly evidence: Evidence[] } {
  const { publicNetworkAccess = '–', networkDefaultAction = '–', networkRuleBypassOptions: bypass } = registry;
  const settings = `publicNetworkAccess: ${publicNetworkAccess}, defaultAction: ${networkDefaultAction}`;
  const evidence = [{ text: `${settings}, networkRuleBypassOptions: ${bypass ?? '–'}`, resourceId: registry.id }];
  const isRestricted =
    ['Disabled', 'SecuredByPerimeter'].includes(publicNetworkAccess) || networkDefaultAction === 'Deny';
  if (!isRestricted) {
    return ok('networkOpen', l10n.t('{0} does not restrict its network.', registry.name), evidence);
  }
  if (bypass !== undefined) return { letsThrough: bypass !== 'None', evidence };
  return unknown(
    'trustedServicesUnknown',
    l10n.t('{0} restricts its network, and does not tell whether trusted services pass.', registry.name),
    l10n.t('Check "Allow trusted Microsoft services" in the networking page of the registry.'),
    { evidence },
  );
}
