import * as vscode from 'vscode';
import { mapBounded } from '../../../common/mapBounded.ts';
import { withProgress } from '../../shared/messages.ts';
import { withCancel } from '../../shared/withCancel.ts';
import type { Services } from '../../services/services.ts';
import { scanWorkspace } from '../scan/scan.lazy.ts';
import type { ScannedFile } from '../types.ts';

/** A file of the workspace as the plan and the report know it. */
export interface WorkspaceFile extends ScannedFile {
  readonly path: string;
}

export interface WorkspaceFiles {
  readonly files: readonly WorkspaceFile[];
  readonly references: number;
  readonly filesRead: number;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}

/** More lists of rules than the inventory reads at a time would only wait there. */
const rulesAtOnce = 8;

/** Looks at all files, with progress. Undefined if the user cancelled. */
export async function scanForMove(services: Services): Promise<WorkspaceFiles | undefined> {
  return withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Looking for image references'),
    },
    async (progress, token) => {
      let shown = 0;
      const scan = await scanWorkspace(services, {
        token,
        onProgress: (done, total) => {
          const percent = Math.floor((100 * done) / Math.max(1, total));
          if (percent === shown) return;
          progress.report({ message: vscode.l10n.t('{0} of {1} files', done, total), increment: percent - shown });
          shown = percent;
        },
      });
      if (token.isCancellationRequested) return undefined;
      const files = scan.files.map((file) => ({ ...file, path: vscode.workspace.asRelativePath(file.uri) }));
      return {
        files,
        references: files.reduce((sum, { references }) => sum + references.length, 0),
        filesRead: scan.filesRead,
        skipped: scan.skipped.map(({ uri, reason }) => ({ path: vscode.workspace.asRelativePath(uri), reason })),
      };
    },
  );
}

/** Reads the rules of all registries that are not current, with progress; false if the user cancelled. What fails stays unknown. */
export async function loadAllRules({ inventory }: Services): Promise<boolean> {
  const open = [...inventory.state.registries.values()].filter(({ rulesFreshness }) => rulesFreshness !== 'current');
  if (open.length === 0) return true;
  const title = vscode.l10n.t('Reading the cache rules of {0} registries', open.length);
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
