import * as vscode from 'vscode';
import { mapBounded } from '../../../common/mapBounded.ts';
import { withCancel } from '../../shared/withCancel.ts';
import type { Services } from '../../services/services.ts';
import { scanWorkspace, whileScanning, type WorkspaceScan } from '../scan/scan.lazy.ts';

/** More lists of rules than the inventory reads at a time would only wait there. */
const rulesAtOnce = 8;

/** Looks at all files, with progress. Undefined if the user cancelled. */
export function scanForMove(services: Services): Promise<WorkspaceScan | undefined> {
  return whileScanning(vscode.l10n.t('Finding image references'), (options) => scanWorkspace(services, options));
}

/** Reads the rules of all registries that are not current, with progress; false if the user cancelled. What fails stays unknown. */
export async function loadAllRules({ inventory }: Services): Promise<boolean> {
  const open = [...inventory.state.registries.values()].filter(({ rulesFreshness }) => rulesFreshness !== 'current');
  if (open.length === 0) return true;
  const title = vscode.l10n.t('Loading the cache rules of {0} registries', open.length);
  return withCancel(title, async (progress, signal) => {
    try {
      await mapBounded(open, rulesAtOnce, async ({ registry }) => {
        await inventory.loadRules(registry.id, { signal });
        progress.report({ message: registry.name, increment: 100 / open.length });
      });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  });
}
