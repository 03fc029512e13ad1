import * as vscode from 'vscode';
import { formatSelection, type SelectedSubscription } from './selection.ts';
import { selectedSubscriptions, storeSelectedSubscriptions } from './subscriptionProvider.lazy.ts';
import { showInformationMessage } from '../shared/messages.ts';
import { plainRows } from '../shared/plainRows.ts';

/** A subscription of whichever way of signing in. */
interface AzureSubscription extends SelectedSubscription {
  readonly name: string;
  readonly account: { readonly label: string };
}

interface SubscriptionPick extends vscode.QuickPickItem {
  readonly subscription?: AzureSubscription;
}

/** Multi-pick of the subscriptions of all signed-in tenants. Choosing all of them stores nothing: new ones are then shown too. */
export async function selectSubscriptions(session: {
  allSubscriptions(): Promise<readonly AzureSubscription[]>;
}): Promise<void> {
  const selected = new Set(selectedSubscriptions().map(formatSelection));
  const listed = session.allSubscriptions();
  const picked = await vscode.window.showQuickPick<SubscriptionPick>(
    listed.then((all) => plainRows(picksOf(all, selected))),
    {
      title: vscode.l10n.t('Select Subscriptions'),
      placeHolder: vscode.l10n.t('Choose the subscriptions whose registries are shown'),
      canPickMany: true,
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) return;
  const chosen = picked.flatMap(({ subscription }) => subscription ?? []);
  const total = (await listed).length;
  if (chosen.length === 0 && total > 0) {
    void showInformationMessage(vscode.l10n.t('No subscription was chosen, so all are shown.'));
  }
  await storeSelectedSubscriptions(chosen.length === total ? [] : chosen);
}

function picksOf(subscriptions: readonly AzureSubscription[], selected: ReadonlySet<string>): SubscriptionPick[] {
  const byTenant = new Map<string, AzureSubscription[]>();
  for (const subscription of subscriptions) {
    const tenant = vscode.l10n.t('Tenant {0} as {1}', subscription.tenantId, subscription.account.label);
    byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), subscription]);
  }
  return [...byTenant].flatMap(([tenant, members]): SubscriptionPick[] => [
    ...(byTenant.size > 1 ? [{ label: tenant, kind: vscode.QuickPickItemKind.Separator }] : []),
    ...members.map((subscription) => ({
      label: subscription.name,
      description: subscription.subscriptionId,
      ...(byTenant.size > 1 ? {} : { detail: tenant }),
      picked: selected.size === 0 || selected.has(formatSelection(subscription)),
      subscription,
    })),
  ]);
}
