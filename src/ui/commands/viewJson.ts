import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import type { Command } from '../services/services.ts';
import { pickRegistry } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';
import { withProgress } from '../shared/messages.ts';

/** Shows a registry or rule as ARM has it now, in a read-only document. */
export const viewJson: Command = async (services, node) => {
  const ruleId = textOf(node, 'ruleId');
  const id = ruleId ?? (await pickRegistry(services, node, vscode.l10n.t('View JSON'))).id;
  const registryId = ruleId === undefined ? undefined : parentArmId(ruleId);
  const name = registryId === undefined ? armIdName(id) : `${armIdName(registryId)} ${armIdName(id)}`;
  const json = await withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Loading {0}', name) },
    async () => {
      const azure = await services.azure();
      return ruleId === undefined ? azure.registries.getJson(id) : azure.cacheRules.getJson(ruleId);
    },
  );
  await services.documents.show(`${name}.json`, `${JSON.stringify(json, null, 2)}\n`, 'json');
};
