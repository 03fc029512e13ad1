import * as l10n from '@vscode/l10n';
import { softDeleteOff } from '../requirements/softDeleteOff.ts';
import { ok, problem, unknown, type Check } from '../diagnosis/check.ts';
import { settingRepair } from '../diagnosis/settingRepair.ts';

/** Soft delete "doesn't support registries configured for … artifact cache" (Microsoft, soft delete policy). */
export const softDelete: Check = {
  id: 'softDelete',
  title: () => l10n.t('Soft delete'),
  pull: 'independent',
  shared: 'registry',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const registry = await facts.registry();
    if (registry.softDelete === undefined) {
      return unknown(
        l10n.t('Could not be checked: this cloud does not tell whether soft delete is on in {0}.', registry.name),
        l10n.t('Look at "Soft delete" of the registry in the portal.'),
      );
    }
    const evidence = [
      { text: `softDeletePolicy: ${registry.softDelete ? 'enabled' : 'disabled'}`, resourceId: registry.id },
    ];
    if (!registry.softDelete) return ok(l10n.t('Soft delete is off.'), evidence);
    const repair = await settingRepair(facts, 'softDeleteOff', registry.id, softDeleteOff);
    return problem(
      l10n.t('Soft delete is on in {0}; Azure does not support it together with artifact cache.', registry.name),
      l10n.t('Turn soft delete off.'),
      { evidence, ...(repair ? { repair } : {}) },
    );
  },
};
