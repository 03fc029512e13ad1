import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connected, row, until } from '../extensionUnderTest.ts';
import type { HostTests } from '../hostTest.ts';
import { editingTests, fileOf, sampleRule } from '../sampleEditing.ts';
import { verify } from '../verifying.ts';

/** In a folder that is not trusted. */
export const tests: HostTests = {
  'the folder is not trusted, and the tree shows the registries': async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const exported = await connected();
    const subscription = await row(exported, 'Sandbox Subscription');
    await row(exported, 'myregistry', subscription.node);
  },

  ...editingTests,

  'a rule is verified without a terminal, and how to have one is said': async () => {
    const { ruleId } = await sampleRule();
    const { proof, message, started } = await verify(ruleId);
    assert.equal(proof?.verdict, 'cached', message);
    assert.match(message, /through the registry API/);
    assert.match(message, /Restricted Mode/);
    assert.match(message, /trust/i);
    assert.deepEqual(started, []);
  },

  'settings of the folder choose neither the container client nor whom tokens are for': async () => {
    await connected();
    const values = () => {
      const configuration = vscode.workspace.getConfiguration('acrCache');
      return ['containerClient', 'registryAudience', 'signIn'].map((name) => configuration.get(name));
    };
    const before = values();
    await withFolderSettings(
      {
        'acrCache.containerClient': '/tmp/not-a-client',
        'acrCache.registryAudience': 'https://nobody.example/',
        'acrCache.signIn': 'azureCli',
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

  'a cloud that the folder’s settings name is refused, and why is said': async () => {
    const exported = await connected();
    const cloud = () => vscode.workspace.getConfiguration('microsoft-sovereign-cloud').inspect('environment');
    await withFolderSettings({ 'microsoft-sovereign-cloud.environment': 'USGovernment' }, async () => {
      await until('the folder’s settings are read', () => cloud()?.workspaceValue !== undefined);
      await until('it is refused', () => exported.services.connection.error !== undefined);
      assert.match(
        exported.services.connection.error?.message ?? '',
        /comes from this workspace, which is not trusted/,
      );
    });
    await until('the setting is gone', () => cloud()?.workspaceValue === undefined);
    await until('registries are shown again', () => exported.model.viewState === 'ready');
  },
};

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
