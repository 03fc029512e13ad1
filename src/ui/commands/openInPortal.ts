import * as vscode from 'vscode';
import { parentArmId } from '../../domain/armId.ts';
import type { Command } from '../services/services.ts';
import { pickRegistry } from '../pages/pickResource.ts';
import { textOf } from '../shared/textOf.ts';

/** Opens a subscription or registry in the cloud's own portal. A rule has no page of its own: its registry is opened. */
export const openInPortal: Command = async (services, node) => {
  const { inventory, account } = services;
  const ruleId = textOf(node, 'ruleId');
  const subscriptionId = textOf(node, 'subscriptionId');
  const id =
    subscriptionId === undefined
      ? ((ruleId && parentArmId(ruleId)) ??
        (await pickRegistry(services, node, vscode.l10n.t('Open in Azure Portal'))).id)
      : `/subscriptions/${subscriptionId}`;
  const subscription = inventory.state.subscriptions.find(({ id: known }) =>
    id.toLowerCase().startsWith(`/subscriptions/${known.toLowerCase()}`),
  );
  const { portal } = await account.cloud();
  // A custom cloud's portal comes from the settings, and VS Code would open any scheme.
  if (!/^https:\/\//i.test(portal))
    throw new Error(vscode.l10n.t("The cloud's portal address, {0}, is not an https address.", portal));
  const tenant = subscription ? `@${subscription.tenantId}/` : '';
  await vscode.env.openExternal(vscode.Uri.parse(`${portal}/#${tenant}resource${encodeURI(id)}`));
};
