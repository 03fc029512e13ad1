import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { AzureError } from '../../azure/errors.ts';
import { isQuiet } from '../shared/quietly.ts';
import type { Services } from './services.ts';

/** Adds to the parts what is made of several of them. */
export function createServices(parts: Omit<Services, 'azure'>): Services {
  const { account, connection, observations } = parts;
  const recording = new WeakMap<Azure, Azure>();
  let accounts = 0;
  account.onDidChange(() => {
    accounts++;
    observations.clear();
  });

  async function azure(options: { readonly allowNoSubscription?: boolean } = {}) {
    let found = await account.connect();
    if (!found && !isQuiet()) {
      if (!(await account.signIn())) throw new vscode.CancellationError();
      found = await account.connect();
    }
    if (!found) {
      throw new AzureError(vscode.l10n.t('You are not signed in to Azure. Sign in, then retry.'), {
        kind: 'unauthenticated',
        code: 'NoSession',
      });
    }
    // A sign-in above has changed them.
    const asked = accounts;
    void connection.start();
    if (found.subscriptions.length === 0 && !options.allowNoSubscription) {
      throw new Error(
        vscode.l10n.t(
          'No subscription is selected, or your account has none. Run "ACR Cache: Select Subscriptions…", or sign in to another tenant.',
        ),
      );
    }
    const { recordingAzure } = await import('./recordingAzure.lazy.ts');
    let known = recording.get(found);
    if (!known) recording.set(found, (known = recordingAzure(found, observations, () => accounts === asked)));
    return known;
  }

  return { ...parts, azure };
}
