import * as vscode from 'vscode';
import type { Services } from '../../services/services.ts';
import { pickRule } from '../../pages/pickResource.ts';
import { leftInWords, tellSentences } from '../leftInWords.ts';
import { concernsRules, findInWorkspace, locationsOf } from './references.lazy.ts';
import { whileScanning } from './scan.lazy.ts';

/**
 * Shows where the workspace names images of a rule, by their names in the cache and in the source: as VS Code shows references, in
 * the editor of the first, or of the active one if it is among them. Without a rule it asks for one.
 * @throws AzureError; CancellationError
 */
export async function findRuleReferences(services: Services, node: unknown): Promise<void> {
  const { rule, registry } = await pickRule(services, node, vscode.l10n.t('Find References in Workspace'));
  const found = await whileScanning(vscode.l10n.t('Finding images of cache rule {0}', rule.name), (options) =>
    findInWorkspace(services, concernsRules([rule.id]), options),
  );
  if (!found) return;
  const locations = locationsOf(found.references);
  const active = vscode.window.activeTextEditor?.document.uri.toString();
  const first = locations.find(({ uri }) => uri.toString() === active) ?? locations[0];
  const skipped = found.skipped.map(({ path }) => path);
  const words = [
    ...(first ? [] : [noneInWords(rule.name, registry.name, skipped.length === 0)]),
    ...leftInWords({ skipped }),
  ];
  void tellSentences(services, vscode.l10n.t('References to {0}', rule.name), words);
  if (!first) return;
  await vscode.commands.executeCommand('editor.action.showReferences', first.uri, first.range.start, locations);
}

function noneInWords(rule: string, registry: string, isAll: boolean): string {
  return isAll
    ? vscode.l10n.t('No file in the workspace references an image of cache rule {0} in {1}.', rule, registry)
    : vscode.l10n.t('No scanned file references an image of cache rule {0} in {1}.', rule, registry);
}
