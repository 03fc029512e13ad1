import * as l10n from '@vscode/l10n';
import { softDeleteOff } from '../requirements/softDeleteOff.ts';
import type { Finding } from '../types.ts';
import { ok, problem, sameBeforeWrite, unknown, type PlanCheck, type RuleCheck } from './check.ts';
import type { Facts } from './facts.ts';
import { settingRepair } from './repairs.ts';

/** Soft delete "doesn't support registries configured for … artifact cache" (Microsoft, soft delete policy). */
export const softDelete: RuleCheck & PlanCheck = {
  id: 'softDelete',
  title: () => l10n.t('Soft delete'),
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  run: judge,
  beforeWrite: sameBeforeWrite(judge),
};

async function judge(facts: Facts): Promise<Finding> {
  const registry = await facts.registry();
  if (registry.softDelete === undefined) {
    return unknown(
      'softDeleteUnknown',
      l10n.t('Could not be checked: this cloud does not tell whether soft delete is on in {0}.', registry.name),
      l10n.t('Look at "Soft delete" of the registry in the portal.'),
    );
  }
  const evidence = [
    { text: `softDeletePolicy: ${registry.softDelete ? 'enabled' : 'disabled'}`, resourceId: registry.id },
  ];
  if (!registry.softDelete) return ok('softDeleteOff', l10n.t('Soft delete is off.'), evidence);
  return problem(
    'softDelete',
    l10n.t('Soft delete is on in {0}; Azure does not support it together with artifact cache.', registry.name),
    l10n.t('Turn soft delete off.'),
    { evidence, severity: 'warning', repair: await settingRepair(facts, 'softDeleteOff', registry.id, softDeleteOff) },
  );
}
