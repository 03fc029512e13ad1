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
    cures: ['softDelete'],
    words: {
      title: l10n.t('Soft delete of {0}', name),
      todo: l10n.t('Turn soft delete off in {0}.', name),
      done: l10n.t('Soft delete is off in {0}.', name),
      undo: l10n.t('Leave soft delete of {0} as it is.', name),
      missing: l10n.t('Soft delete is on in {0}.', name),
      stays: l10n.t('Soft delete of {0} stays off.', name),
    },
    isSet: ({ softDelete }) => (softDelete === undefined ? undefined : !softDelete),
    shown: ({ softDelete }) =>
      `softDeletePolicy: ${softDelete === undefined ? '–' : softDelete ? 'enabled' : 'disabled'}`,
    change: { softDelete: false },
  });
}
