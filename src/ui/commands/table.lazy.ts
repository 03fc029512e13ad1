import * as vscode from 'vscode';
import { showCacheRules } from './showCacheRules.ts';
import type { Command } from '../services/services.ts';
import { selectCloud, selectSubscriptions, signIn, signInToTenant } from './account.ts';
import { setUpAnyCache, setUpCache, setUpRepositoryCache, verifyRule } from './cache.ts';
import { changeIdentity, cleanUp, replaceRule, resetTag, switchToAbac } from './changes.ts';
import { copyDetail, copyLoginServer, copyPullCommand, copyResourceId } from './copy.ts';
import { exportSetUp } from './exportSetUp.ts';
import { clearFilter, filter } from './filter.ts';
import { goBack } from '../pages/leftPage.ts';
import { openInPortal } from './openInPortal.ts';
import { cancelReading, refresh, refreshAll } from './refresh.ts';
import { viewJson } from './viewJson.ts';

/** Every command with what it does in words, for its error message. The ids are those of package.json. */
export function commandTable(): Record<string, { readonly activity: string; readonly run: Command }> {
  return {
    'acrCache.signIn': { activity: vscode.l10n.t('Signing in to Azure'), run: signIn },
    'acrCache.signInToTenant': { activity: vscode.l10n.t('Signing in to the tenant'), run: signInToTenant },
    'acrCache.selectSubscriptions': { activity: vscode.l10n.t('Selecting subscriptions'), run: selectSubscriptions },
    'acrCache.selectCloud': { activity: vscode.l10n.t('Switching the cloud'), run: selectCloud },
    'acrCache.refresh': { activity: vscode.l10n.t('Refreshing'), run: refresh },
    'acrCache.refreshAll': { activity: vscode.l10n.t('Refreshing'), run: refreshAll },
    'acrCache.cancelReading': { activity: vscode.l10n.t('Cancelling'), run: cancelReading },
    'acrCache.resume': {
      activity: vscode.l10n.t('Resuming'),
      run: async (services, node) => (await import('../changes/offerResume.lazy.ts')).resumeUnfinished(services, node),
    },
    'acrCache.discardUnfinished': {
      activity: vscode.l10n.t('Discarding'),
      run: async (services, node) => (await import('../changes/offerResume.lazy.ts')).discardUnfinished(services, node),
    },
    'acrCache.goBack': { activity: vscode.l10n.t('Going back'), run: goBack },
    'acrCache.filter': { activity: vscode.l10n.t('Filtering'), run: filter },
    'acrCache.clearFilter': { activity: vscode.l10n.t('Clearing the filter'), run: clearFilter },
    'acrCache.setUpCache': { activity: vscode.l10n.t('Setting up the cache'), run: setUpCache },
    'acrCache.setUpRepositoryCache': {
      activity: vscode.l10n.t('Setting up the cache'),
      run: setUpRepositoryCache,
    },
    'acrCache.setUpAnyCache': { activity: vscode.l10n.t('Setting up the cache'), run: setUpAnyCache },
    'acrCache.verifyRule': { activity: vscode.l10n.t('Verifying the cache rule'), run: verifyRule },
    'acrCache.openRule': {
      activity: vscode.l10n.t('Opening the cache rule'),
      run: async (services, node) => (await import('../reports/ruleDocument.lazy.ts')).openRule(services, node),
    },
    'acrCache.diagnoseRule': {
      activity: vscode.l10n.t('Diagnosing the cache rule'),
      run: async (services, node) => (await import('../diagnosis/diagnose.lazy.ts')).diagnoseRule(services, node),
    },
    'acrCache.diagnoseRegistry': {
      activity: vscode.l10n.t('Diagnosing the registry'),
      run: async (services, node) => (await import('../diagnosis/diagnose.lazy.ts')).diagnoseRegistry(services, node),
    },
    'acrCache.showDiagnosis': {
      activity: vscode.l10n.t('Showing the diagnosis'),
      run: async (services, node) => (await import('../diagnosis/diagnose.lazy.ts')).showDiagnosis(services, node),
    },
    'acrCache.repairRule': {
      activity: vscode.l10n.t('Repairing the cache rule'),
      run: async (services, node) => (await import('../diagnosis/repair.lazy.ts')).repairRule(services, node),
    },
    'acrCache.explainPullError': {
      activity: vscode.l10n.t('Explaining the pull error'),
      run: async (services, node) =>
        (await import('../diagnosis/explainPull.lazy.ts')).explainPullError(services, node),
    },
    'acrCache.explainTerminalSelection': {
      activity: vscode.l10n.t('Explaining the pull error'),
      run: async (services) => (await import('../diagnosis/explainPull.lazy.ts')).explainTerminalSelection(services),
    },
    'acrCache.refreshReport': {
      activity: vscode.l10n.t('Refreshing the document'),
      run: async (services, node) => (await import('./reports.lazy.ts')).refreshReport(services, node),
    },
    'acrCache.copyReport': {
      activity: vscode.l10n.t('Copying the document'),
      run: async (services, node) => (await import('./reports.lazy.ts')).copyReport(services, node),
    },
    'acrCache.copyRuleLink': {
      activity: vscode.l10n.t('Copying the link'),
      run: async (services, node) => (await import('./reports.lazy.ts')).copyRuleLink(services, node),
    },
    'acrCache.copyLoginServer': { activity: vscode.l10n.t('Copying the login server'), run: copyLoginServer },
    'acrCache.copyResourceId': { activity: vscode.l10n.t('Copying the resource ID'), run: copyResourceId },
    'acrCache.copyPullCommand': { activity: vscode.l10n.t('Copying the pull command'), run: copyPullCommand },
    'acrCache.copyDetail': { activity: vscode.l10n.t('Copying the value'), run: copyDetail },
    'acrCache.openInPortal': { activity: vscode.l10n.t('Opening the portal'), run: openInPortal },
    'acrCache.viewJson': { activity: vscode.l10n.t('Loading the resource'), run: viewJson },
    'acrCache.switchToAbac': { activity: vscode.l10n.t('Switching to ABAC'), run: switchToAbac },
    'acrCache.cleanUp': { activity: vscode.l10n.t('Deleting the cache rule'), run: cleanUp },
    'acrCache.replaceRule': { activity: vscode.l10n.t('Replacing the cache rule'), run: replaceRule },
    'acrCache.changeIdentity': { activity: vscode.l10n.t('Changing the identity'), run: changeIdentity },
    'acrCache.resetTag': { activity: vscode.l10n.t('Evicting the cached tag'), run: resetTag },
    'acrCache.exportSetUp': { activity: vscode.l10n.t('Exporting'), run: exportSetUp },
    'acrCache.saveExport': {
      activity: vscode.l10n.t('Saving the export'),
      run: async (_, node) => (await import('../export/openExport.lazy.ts')).saveExport(node),
    },
    'acrCache.moveWorkspace': {
      activity: vscode.l10n.t('Using cached images'),
      run: async (services) => {
        await (await import('../workspace/move/moveWorkspace.lazy.ts')).moveWorkspace(services);
      },
    },
    'acrCache.showCacheRules': { activity: vscode.l10n.t('Showing the cache rules'), run: showCacheRules },
    'acrCache.createRuleFor': {
      activity: vscode.l10n.t('Creating a cache rule'),
      run: async (services, node) => (await import('../editor/createRuleFor.lazy.ts')).createRuleFor(services, node),
    },
    'acrCache.pullImage': {
      activity: vscode.l10n.t('Pulling through the cache'),
      run: async (services, node) => (await import('../verify/pullImage.ts')).pullImage(services, node),
    },
    'acrCache.useCachedReference': {
      activity: vscode.l10n.t('Using the cached image'),
      run: async (services, node) =>
        (await import('../workspace/useCached/useCached.lazy.ts')).useCachedReference(services, node),
    },
    'acrCache.useCachedInWorkspace': {
      activity: vscode.l10n.t('Using the cached images'),
      run: async (services, node) =>
        (await import('../workspace/useCached/useCached.lazy.ts')).useCachedInWorkspace(services, node),
    },
    'acrCache.findRuleReferences': {
      activity: vscode.l10n.t('Finding references'),
      run: async (services, node) =>
        (await import('../workspace/scan/findRuleReferences.lazy.ts')).findRuleReferences(services, node),
    },
    'acrCache.showLog': {
      activity: vscode.l10n.t('Showing the log'),
      run: ({ log }) => {
        log.show();
        return Promise.resolve();
      },
    },
  };
}
