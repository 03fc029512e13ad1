import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import type { Requirement } from '../types.ts';
import { registrySetting } from './registrySetting.ts';

/**
 * A registry with a restricted network lets trusted Microsoft services through (`networkRuleBypassOptions: AzureServices`): without
 * it artifact cache cannot fill a target registry (Microsoft, artifact cache with the CLI, 2026-08-13).
 */
export function trustedServices(registryId: string): Requirement {
  const name = armIdName(registryId);
  return registrySetting({
    id: `trustedServices:${name}`,
    registryId,
    resolvesFindings: ['downstreamNetwork', 'upstreamNetwork'],
    texts: {
      title: l10n.t('Trusted services of {0}', name),
      todo: l10n.t('Allow trusted Microsoft services to reach {0}; its other network rules stay.', name),
      done: l10n.t('{0} lets trusted Microsoft services through.', name),
      missing: l10n.t('The network rules of {0} shut out trusted Microsoft services.', name),
    },
    isSet: ({ networkRuleBypassOptions: bypass }) => bypass && bypass === 'AzureServices',
    shown: (registry) => `networkRuleBypassOptions: ${registry.networkRuleBypassOptions ?? '–'}`,
    change: { trustedServices: true },
  });
}
