import * as vscode from 'vscode';
import { pickRule } from '../../shared/pickResource.ts';
import { showInformationMessage, withProgress } from '../../shared/messages.ts';
import type { Services } from '../../services/services.ts';
import { concernsRules, findInWorkspace, locationsOf } from './ruleReferences.lazy.ts';
import { skippedInWords } from '../useCached/useCachedWords.lazy.ts';

/**
 * Shows where the workspace names images of a rule, by their names in the cache and in the source: as VS Code shows references, in
 * the editor of the first, or of the active one if it is among them. Without a rule it asks for one.
 * @throws AzureError; CancellationError
 */
export async function findRuleReferences(services: Services, node: unknown): Promise<void> {
  const { rule, registry } = await pickRule(services, node, vscode.l10n.t('Find References in Workspace'));
  let skipped: readonly string[] = [];
  const references = await withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      cancellable: true,
      title: vscode.l10n.t('Looking for images of cache rule {0}', rule.name),
    },
    (progress, token) =>
      findInWorkspace(services, concernsRules([rule.id]), {
        token,
        onProgress: (done, total) => progress.report({ message: vscode.l10n.t('{0} of {1} files', done, total) }),
        onSkipped: (some) => (skipped = some.map(({ uri }) => vscode.workspace.asRelativePath(uri))),
      }),
  );
  if (!references) return;
  const locations = locationsOf(references);
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const first = locations.find(({ uri }) => uri.toString() === active) ?? locations[0];
  const words = [
    ...(first ? [] : [noneInWords(rule.name, registry.name, skipped.length === 0)]),
    ...(skipped.length > 0 ? [skippedInWords(skipped)] : []),
  ];
  if (words.length > 0) void showInformationMessage(words.join(' '));
  if (!first) return;
  await vscode.commands.executeCommand('editor.action.showReferences', first.uri, first.range.start, locations);
}

function noneInWords(rule: string, registry: string, isAll: boolean): string {
  return isAll
    ? vscode.l10n.t('No file of the workspace names an image of cache rule {0} of {1}.', rule, registry)
    : vscode.l10n.t('In what was looked at, no file names an image of cache rule {0} of {1}.', rule, registry);
}
