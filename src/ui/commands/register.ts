import * as vscode from 'vscode';
import { runCommand } from '../shared/errors.ts';
import type { Command, Services } from '../shared/services.ts';
import { selectCloud, selectSubscriptions, signIn, signInToTenant } from './account.ts';
import { setUpCache, verifyRule } from './cache.ts';
import { copyDetail, copyLoginServer, copyPullCommand, copyResourceId } from './copy.ts';
import { deleteRule } from './deleteRule.ts';
import { clearFilter, filter } from './filter.ts';
import { openInPortal } from './openInPortal.ts';
import { refresh } from './refresh.ts';
import { viewJson } from './viewJson.ts';

/** Every command with what it does in words, for its error message. The ids are those of package.json. */
function table(): Record<string, { readonly doing: string; readonly run: Command }> {
  return {
    'acrCache.signIn': { doing: vscode.l10n.t('Signing in to Azure'), run: signIn },
    'acrCache.signInToTenant': { doing: vscode.l10n.t('Signing in to the tenant'), run: signInToTenant },
    'acrCache.selectSubscriptions': { doing: vscode.l10n.t('Selecting subscriptions'), run: selectSubscriptions },
    'acrCache.selectCloud': { doing: vscode.l10n.t('Switching the cloud'), run: selectCloud },
    'acrCache.refresh': { doing: vscode.l10n.t('Refreshing'), run: refresh },
    'acrCache.filter': { doing: vscode.l10n.t('Filtering'), run: filter },
    'acrCache.clearFilter': { doing: vscode.l10n.t('Clearing the filter'), run: clearFilter },
    'acrCache.setUpCache': { doing: vscode.l10n.t('Setting up the cache'), run: setUpCache },
    'acrCache.verifyRule': { doing: vscode.l10n.t('Verifying the cache rule'), run: verifyRule },
    'acrCache.copyLoginServer': { doing: vscode.l10n.t('Copying the login server'), run: copyLoginServer },
    'acrCache.copyResourceId': { doing: vscode.l10n.t('Copying the resource ID'), run: copyResourceId },
    'acrCache.copyPullCommand': { doing: vscode.l10n.t('Copying the pull command'), run: copyPullCommand },
    'acrCache.copyDetail': { doing: vscode.l10n.t('Copying the value'), run: copyDetail },
    'acrCache.openInPortal': { doing: vscode.l10n.t('Opening the portal'), run: openInPortal },
    'acrCache.viewJson': { doing: vscode.l10n.t('Reading the resource'), run: viewJson },
    'acrCache.deleteRule': { doing: vscode.l10n.t('Deleting the cache rule'), run: deleteRule },
    'acrCache.showLog': {
      doing: vscode.l10n.t('Showing the log'),
      run: ({ log }) => {
        log.show();
        return Promise.resolve();
      },
    },
  };
}

/** Registers all commands. Each shows its own failures and never rejects. */
export function registerCommands(services: Services): vscode.Disposable {
  const registrations = Object.entries(table()).map(([id, { doing, run }]) =>
    vscode.commands.registerCommand(id, (node?: unknown) => runCommand(doing, services.log, () => run(services, node))),
  );
  return vscode.Disposable.from(...registrations);
}
