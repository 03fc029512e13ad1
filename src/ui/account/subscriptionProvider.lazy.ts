import { VSCodeAzureSubscriptionProvider } from '@microsoft/vscode-azext-azureauth';
import * as vscode from 'vscode';
import { type SelectedSubscription, formatSelection, parseSelection } from './selection.ts';

/** The subscriptions the user chose; empty: all. */
export function selectedSubscriptions(): SelectedSubscription[] {
  return parseSelection(vscode.workspace.getConfiguration('acrCache').get('selectedSubscriptions'));
}

/** Stores the choice in the user's settings; an empty list removes it. */
export async function storeSelectedSubscriptions(selected: readonly SelectedSubscription[]): Promise<void> {
  const value = selected.length > 0 ? selected.map(formatSelection) : undefined;
  await vscode.workspace
    .getConfiguration('acrCache')
    .update('selectedSubscriptions', value, vscode.ConfigurationTarget.Global);
}

/** azureauth's provider, filtered by our own setting instead of the Azure Resources extension's. */
export class SubscriptionProvider extends VSCodeAzureSubscriptionProvider {
  protected override getTenantFilters(): Promise<string[]> {
    return Promise.resolve([...new Set(selectedSubscriptions().map(({ tenantId }) => tenantId))]);
  }

  protected override getSubscriptionFilters(): Promise<string[]> {
    return Promise.resolve(selectedSubscriptions().map(({ subscriptionId }) => subscriptionId));
  }
}
