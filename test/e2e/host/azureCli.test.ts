import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestHook } from '../../../src/extension.ts';
import { isAzureError } from '../../../src/azure/errors.ts';
import { connected, until } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

export const tests: HostTests = {
  'the setting signs in by the Azure CLI, and back': async ({ skip }) => {
    const exported = await connected();
    const registries = [...exported.services.inventory.state.registries.keys()].sort();
    await setSignIn('azureCli');
    try {
      let failure: unknown;
      const asked = async () => {
        const account = await accountOf(exported).catch((error: unknown) => (failure = error));
        return account === 'azureCli' || failure !== undefined;
      };
      await until('the CLI was asked', asked, 60_000);
      if (isAzureError(failure) && failure.code === 'AzureCliNotFound') skip('there is no az on this machine');
      assert.equal(failure, undefined);
      const { inventory } = exported.services;
      await until('the registries are read', () => exported.model.viewState === 'ready', 60_000);
      assert.deepEqual([...inventory.state.registries.keys()].sort(), registries);
      const cloud = await exported.services.account.cloud();
      assert.equal(cloud.name, 'Sandbox');
    } finally {
      await setSignIn(undefined);
    }
    await until('VS Code’s account is back', async () => (await accountOf(exported)) === 'dev', 60_000);
    await connected();
  },
};

/** Who the connection is for; the CLI's accounts say so. */
async function accountOf({ services }: TestHook): Promise<string> {
  const azure = await services.account.connect();
  const [account] = azure?.subscriptions ?? [];
  if (account === undefined) return 'none';
  return account.accountId.startsWith('azureCli ') ? 'azureCli' : 'dev';
}

async function setSignIn(value: string | undefined): Promise<void> {
  const { Global } = vscode.ConfigurationTarget;
  await vscode.workspace.getConfiguration('acrCache').update('signIn', value, Global);
}
