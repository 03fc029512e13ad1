import * as vscode from 'vscode';
import { armIdKey, armIdName } from '../../domain/armId.ts';
import { pickRegistry } from '../pages/pickResource.ts';
import type { Command } from '../services/services.ts';
import { registryIdOf } from '../shared/registryIdOf.ts';
import { showWarningMessage } from '../shared/messages.ts';
import { textOf } from '../shared/textOf.ts';

/** Shows a registry and its cache rules in our tree, from wherever it was clicked; of `{ registryId, ruleId }` the rule, opened. */
export const showCacheRules: Command = async (services, node) => {
  const { inventory, connection, tree } = services;
  const id = registryIdOf(node) ?? (await pickRegistry(services, node, vscode.l10n.t('Show Cache Rules'))).id;
  await vscode.commands.executeCommand('acrCache.registries.focus');
  await services.azure();
  await connection.start();
  if (!inventory.state.registries.has(armIdKey(id))) {
    const select = vscode.l10n.t('Select Subscriptions');
    const answer = await showWarningMessage(
      vscode.l10n.t(
        '{0} is not shown: its subscription is not selected, or your account cannot see it.',
        armIdName(id),
      ),
      select,
    );
    if (answer === select) await vscode.commands.executeCommand('acrCache.selectSubscriptions');
    return;
  }
  const ruleId = textOf(node, 'ruleId');
  await tree.reveal(id, ruleId);
  if (ruleId !== undefined) await vscode.commands.executeCommand('acrCache.openRule', { ruleId });
};
