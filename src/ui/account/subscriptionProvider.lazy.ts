import { VSCodeAzureSubscriptionProvider } from '@microsoft/vscode-azext-azureauth';
import * as vscode from 'vscode';
import { addTransportPolicies } from '../../azure/http/pipeline.ts';
import { isQuiet } from '../shared/quietly.ts';
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
  /** Its requests go the way of all others, by VS Code's proxy. What azureauth does with a challenge opens a dialog. */
  protected override async getSubscriptionClient(
    ...args: Parameters<VSCodeAzureSubscriptionProvider['getSubscriptionClient']>
  ): ReturnType<VSCodeAzureSubscriptionProvider['getSubscriptionClient']> {
    const made = await super.getSubscriptionClient(...args);
    addTransportPolicies(made.client.pipeline, {});
    if (isQuiet()) made.client.pipeline.removePolicy({ name: 'BearerChallengePolicy' });
    return made;
  }

  protected override getTenantFilters(): Promise<string[]> {
    return Promise.resolve([...new Set(selectedSubscriptions().map(({ tenantId }) => tenantId))]);
  }

  protected override getSubscriptionFilters(): Promise<string[]> {
    return Promise.resolve(selectedSubscriptions().map(({ subscriptionId }) => subscriptionId));
  }
}
