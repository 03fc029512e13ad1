import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import type { Cloud } from '../../azure/clouds.ts';
import { createAzure } from '../../azure/createAzure.ts';
import { cliCloud, cliCredential, cliSubscriptions, type CliSubscription } from './azureCli.lazy.ts';
import { configuredAudience } from './cloudSettings.lazy.ts';
import { bySelection, parseSelection } from './selection.ts';
import { showInformationMessage } from '../shared/messages.ts';

/** The account as the Azure CLI has it (`acrCache.signIn`: `azureCli`). The CLI keeps the state; nothing is kept here. */
export interface AzureCliSession {
  cloud(): Promise<Cloud>;
  /** Undefined if the CLI is signed out. Shows nothing. @throws AzureError */
  connect(): Promise<Azure | undefined>;
  allSubscriptions(): Promise<CliSubscription[]>;
  /** Whether the CLI is signed in; if not, says how. `again`: says it also when it is. @throws AzureError */
  signIn(again: boolean): Promise<boolean>;
  /** The CLI signs in to further tenants and clouds by its own commands: tells which. */
  explainTenants(): void;
  explainCloud(): void;
}

export function createAzureCliSession(log: vscode.LogOutputChannel): AzureCliSession {
  const cloud = () => cliCloud(configuredAudience());

  return {
    cloud,
    allSubscriptions: () => cliSubscriptions(),

    async connect() {
      const [current, all] = await Promise.all([cloud(), cliSubscriptions()]);
      if (all.length === 0) return undefined;
      const setting = vscode.workspace.getConfiguration('acrCache').get('selectedSubscriptions');
      const { chosen, unselected } = bySelection(all, parseSelection(setting));
      log.debug(`Azure CLI: cloud ${current.name}, ${chosen.length} of ${all.length} subscriptions`);
      const accessOf = (subscription: CliSubscription) => ({
        id: subscription.subscriptionId,
        name: subscription.name,
        tenantId: subscription.tenantId,
        accountId: subscription.account.id,
        credential: cliCredential(subscription),
      });
      return createAzure({
        cloud: current,
        log: (line) => log.debug(line),
        subscriptions: chosen.map(accessOf),
        unselected: unselected.map(accessOf),
      });
    },

    async signIn(again) {
      const isSignedIn = (await cliSubscriptions()).length > 0;
      if (isSignedIn && !again) return true;
      offerTerminal(
        isSignedIn
          ? vscode.l10n.t('The Azure CLI is signed in. To use another account, run "az login", then refresh.')
          : vscode.l10n.t('The Azure CLI is not signed in, or has no subscription. Run "az login", then refresh.'),
        'az login',
      );
      return isSignedIn;
    },

    explainTenants: () =>
      offerTerminal(
        vscode.l10n.t('To sign in to another tenant, run "az login --tenant" with its ID, then refresh.'),
        'az login --tenant ',
      ),
    explainCloud: () =>
      offerTerminal(
        vscode.l10n.t('To switch the cloud of the Azure CLI, run "az cloud set" and "az login", then refresh.'),
        'az cloud set --name ',
      ),
  };
}

/** Says what to run; on request types it into a terminal, without running it. */
function offerTerminal(message: string, command: string): void {
  const open = vscode.l10n.t('Open Terminal');
  // Not waited for: a notification can stay open for hours.
  void showInformationMessage(message, open).then((answer) => {
    if (answer !== open) return;
    const terminal = vscode.window.createTerminal({ name: vscode.l10n.t('Azure CLI') });
    terminal.show();
    terminal.sendText(command, false);
  });
}
