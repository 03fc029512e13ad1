import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { explainError } from '../../../src/ui/shared/errors.ts';
import { AzureError } from '../../../src/azure/errors.ts';
import { connected, hook, until, registryNamed } from './support/extensionUnderTest.ts';
import { extensionId, type HostTests } from './support/hostTest.ts';

export const tests: HostTests = {
  'contributes exactly the commands that exist': async () => {
    await hook();
    const contributed = contributedCommands();
    const existing = (await vscode.commands.getCommands(true)).filter((id) => /^acrCache\.[a-zA-Z]+$/.test(id));
    assert.deepEqual(existing.sort(), [...contributed].sort());
  },

  'refers in menus and welcome pages only to commands that exist': async () => {
    const text = JSON.stringify(packageJson());
    const referred = new Set(
      [...text.matchAll(/"command":"(acrCache\.[^"]+)"|command:(acrCache\.[\w.]*\w)/g)].map(
        (match) => match[1] ?? match[2],
      ),
    );
    // Those of the view are VS Code's own.
    const existing = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      [...referred].filter((id) => !existing.has(id ?? '')),
      [],
    );
  },

  'copies login server, resource id and values': async () => {
    const exported = await connected();
    const registry = registryNamed(exported.services, 'myregistry');
    const node = { kind: 'registry', registryId: registry.id };
    assert.equal(await clipboardAfter('acrCache.copyLoginServer', node), registry.loginServer);
    assert.equal(await clipboardAfter('acrCache.copyResourceId', node), registry.id);
    assert.equal(
      await clipboardAfter('acrCache.copyResourceId', {
        kind: 'subscription',
        subscriptionId: registry.subscriptionId,
      }),
      `/subscriptions/${registry.subscriptionId}`,
    );
    assert.equal(
      await clipboardAfter('acrCache.copyDetail', { kind: 'message', label: 'short', full: 'the whole' }),
      'the whole',
    );
  },

  'takes a registry from another extension by its ARM id': async () => {
    const exported = await connected();
    const registry = registryNamed(exported.services, 'myregistry');
    assert.equal(
      await clipboardAfter('acrCache.copyLoginServer', { id: registry.id.toUpperCase() }),
      registry.loginServer,
    );
  },

  'shows a registry as JSON, read-only': async () => {
    const exported = await connected();
    const registry = registryNamed(exported.services, 'myregistry');
    await vscode.commands.executeCommand('acrCache.viewJson', { kind: 'registry', registryId: registry.id });
    await until('the document is open', () => vscode.window.activeTextEditor?.document.uri.scheme === 'acr-cache');
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.equal(document.languageId, 'json');
    const json = JSON.parse(document.getText()) as { name: string; properties: { loginServer: string } };
    assert.equal(json.name, 'myregistry');
    assert.equal(json.properties.loginServer, registry.loginServer);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  },

  'a command that fails reports once and does not reject': async () => {
    await connected();
    await vscode.commands.executeCommand('acrCache.viewJson', {
      kind: 'registry',
      registryId: '/subscriptions/none/resourceGroups/none/providers/Microsoft.ContainerRegistry/registries/none',
    });
    await vscode.commands.executeCommand('notifications.clearAll');
  },

  'an error says code, correlation id and what to do': () => {
    const error = new AzureError('The client does not have authorization', {
      kind: 'forbidden',
      code: 'AuthorizationFailed',
      status: 403,
      correlationId: 'c-1',
    });
    const text = explainError(error);
    assert.match(text, /^The client does not have authorization\. \(AuthorizationFailed, .* c-1\) \w/);
  },
};

function packageJson(): { contributes: { commands: { command: string }[] } } {
  const extension = vscode.extensions.getExtension(extensionId);
  assert.ok(extension);
  return extension.packageJSON as { contributes: { commands: { command: string }[] } };
}

function contributedCommands(): Set<string> {
  return new Set(packageJson().contributes.commands.map(({ command }) => command));
}

async function clipboardAfter(command: string, node: unknown): Promise<string> {
  await vscode.env.clipboard.writeText('');
  await vscode.commands.executeCommand(command, node);
  return vscode.env.clipboard.readText();
}
