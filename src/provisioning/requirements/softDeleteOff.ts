import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import type { Requirement } from '../types.ts';
import { registrySetting } from './registrySetting.ts';

/** Soft delete is off: it "doesn't support registries configured for … artifact cache" (Microsoft, soft delete policy). */
export function softDeleteOff(registryId: string): Requirement {
  const name = armIdName(registryId);
  return registrySetting({
    id: `softDeleteOff:${name}`,
    registryId,
    resolvesFindings: ['softDelete'],
    texts: {
      title: l10n.t('Soft delete of {0}', name),
      todo: l10n.t('Turn soft delete off in {0}.', name),
      done: l10n.t('Soft delete is off in {0}.', name),
      missing: l10n.t('Soft delete is on in {0}.', name),
    },
    isSet: ({ softDelete }) => (softDelete === undefined ? undefined : !softDelete),
    shown: ({ softDelete }) =>
      `softDeletePolicy: ${softDelete === undefined ? '–' : softDelete ? 'enabled' : 'disabled'}`,
    change: { softDelete: false },
  });
}
