import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { connected, until } from './extensionUnderTest.ts';
import type { HostTests } from './hostTest.ts';
import { withMessages } from './messages.ts';
import { fileOf } from './sampleEditing.ts';

/** What an opened folder's settings must not decide, whether the folder is trusted or not. */
export const folderSettingsTests: HostTests = {
  'settings of the folder choose neither the container client nor whom tokens are for': async () => {
    await connected();
    const values = () => {
      const configuration = vscode.workspace.getConfiguration('acrCache');
      return ['containerClient', 'registryAudience', 'signIn', 'selectedSubscriptions'].map((name) =>
        configuration.get(name),
      );
    };
    const before = values();
    await withFolderSettings(
      {
        'acrCache.containerClient': '/tmp/not-a-client',
        'acrCache.registryAudience': 'https://nobody.example/',
        'acrCache.signIn': 'azureCli',
        'acrCache.selectedSubscriptions': ['a/b'],
        'acrCache.codeLens': false,
      },
      async () => {
        await until(
          'the folder’s settings are read',
          () => !vscode.workspace.getConfiguration('acrCache').get('codeLens'),
        );
        assert.deepEqual(values(), before);
      },
    );
  },

  'a cloud that the folder’s settings name gets no request, and that it is not used is told once': async () => {
    const exported = await connected();
    const { account } = exported.services;
    const cloud = await account.cloud();
    let connections = 0;
    const elsewhere = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(elsewhere.address() as AddressInfo).port}/`;
    try {
      await withMessages(async (told) => {
        await withFolderSettings(
          {
            'microsoft-sovereign-cloud.environment': 'custom',
            'microsoft-sovereign-cloud.customEnvironment': {
              name: 'Elsewhere',
              portalUrl: url,
              managementEndpointUrl: url,
              resourceManagerEndpointUrl: url,
              activeDirectoryEndpointUrl: url,
              activeDirectoryResourceId: url,
            },
          },
          async () => {
            await until('the folder’s settings are read', () => ofFolder('customEnvironment') !== undefined);
            await until('it is told', () => told.some(({ text }) => text.includes('customEnvironment')));
            await exported.services.connection.refresh();
            assert.equal(exported.services.connection.error, undefined);
            assert.deepEqual(await account.cloud(), cloud);
            assert.ok((await account.connect({ fresh: true }))?.subscriptions.length);
            await until('registries are shown', () => exported.model.viewState === 'ready');
          },
        );
        await until('the setting is gone', () => ofFolder('customEnvironment') === undefined);
        assert.equal(connections, 0);
        assert.equal(told.length, 1, JSON.stringify(told));
      });
    } finally {
      elsewhere.close();
    }
  },

  'one of Azure’s clouds that the folder’s settings name is not used either': async () => {
    const exported = await connected();
    const cloud = await exported.services.account.cloud();
    await withFolderSettings({ 'microsoft-sovereign-cloud.environment': 'USGovernment' }, async () => {
      await until('the folder’s settings are read', () => ofFolder('environment') !== undefined);
      await exported.services.connection.refresh();
      assert.equal(exported.services.connection.error, undefined);
      assert.deepEqual(await exported.services.account.cloud(), cloud);
    });
    await until('the setting is gone', () => ofFolder('environment') === undefined);
    await until('registries are shown', () => exported.model.viewState === 'ready');
  },
};

function ofFolder(name: string): unknown {
  return vscode.workspace.getConfiguration('microsoft-sovereign-cloud').inspect(name)?.workspaceValue;
}

/** Writes the folder's settings for a while. */
async function withFolderSettings(settings: object, body: () => Promise<void>): Promise<void> {
  const uri = fileOf('.vscode/settings.json');
  await vscode.workspace.fs.writeFile(uri, Buffer.from(JSON.stringify(settings)));
  try {
    await body();
  } finally {
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(uri, '..'), { recursive: true });
  }
}
