import * as vscode from 'vscode';
import { whileOpening } from '../pages/opening.ts';
import type { Command, Services } from '../services/services.ts';

/** `node` may be `{ force: true }`: offer the choice of accounts although one is signed in. */
export const signIn: Command = async ({ account, connection }, node) => {
  const force = typeof node === 'object' && node !== null && Reflect.get(node, 'force') === true;
  if (!(await account.signIn({ force }))) return;
  // The walkthrough and the palette sign in without it.
  await vscode.commands.executeCommand('acrCache.registries.focus');
  await connection.start();
};

export const signInToTenant: Command = async (services) => {
  await signedIn(services, vscode.l10n.t('Sign In to Another Tenant'));
  await services.account.signInToTenant();
};

export const selectSubscriptions: Command = async (services) => {
  await signedIn(services, vscode.l10n.t('Select Subscriptions'));
  await services.account.selectSubscriptions();
};

function signedIn(services: Services, title: string): Promise<unknown> {
  return whileOpening(services, title, (azure) => azure, { allowNoSubscription: true });
}

export const selectCloud: Command = ({ account }) => account.selectCloud();
