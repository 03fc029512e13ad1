import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestHook } from '../../../src/extension.ts';
import { connected, hook, until, registryNamed } from './extensionUnderTest.ts';
import type { HostTests } from './hostTest.ts';
import { withMessages } from './messages.ts';

interface Row {
  readonly label: string;
  readonly node: unknown;
}

/** What the fixture extension exports. */
interface AzureTrees {
  readonly show: (registryId: string) => Record<string, Row[]>;
}

const views = ['azureResourceGroups', 'azureFocusView', 'vscode-containers.views.registries'];

export const tests: HostTests = {
  'rows of Azure Resources and Container Tools stand for their registry': async () => {
    const exported = await connected();
    for (const { node } of await registryRows(exported)) {
      await vscode.env.clipboard.writeText('');
      // As VS Code calls a command from a tree: the row, then all selected rows.
      await vscode.commands.executeCommand('acrCache.copyLoginServer', node, [node]);
      assert.equal(await vscode.env.clipboard.readText(), upstream(exported).loginServer);
    }
  },

  'their entry "Show Cache Rules" opens the registry in our tree': async () => {
    const exported = await connected();
    const { services } = exported;
    const registry = upstream(exported);
    for (const { node } of await registryRows(exported)) {
      services.tree.filter = 'hides everything';
      await vscode.commands.executeCommand('acrCache.showCacheRules', node, [node]);
      assert.equal(services.tree.filter, '');
      // Only a registry that is opened has its rules read.
      await until('its rules are read', () => services.inventory.entry(registry.id)?.rules !== undefined);
    }
  },

  'a row that is no registry is asked about, not trusted': async () => {
    const exported = await connected();
    const trees = await fixture();
    const [group] = trees.show(upstream(exported).id)['azureResourceGroups'] ?? [];
    assert.ok(group);
    for (const node of [group.node, { resource: { id: '/subscriptions/x' } }, { wrappedItem: null }, 5]) {
      await vscode.env.clipboard.writeText('untouched');
      let asked = 0;
      const { showQuickPick } = vscode.window;
      const leave = () => {
        asked++;
        return Promise.resolve(undefined);
      };
      Object.assign(vscode.window, { showQuickPick: leave });
      try {
        await vscode.commands.executeCommand('acrCache.copyLoginServer', node, [node]);
      } finally {
        Object.assign(vscode.window, { showQuickPick });
      }
      assert.equal(asked, 1);
      assert.equal(await vscode.env.clipboard.readText(), 'untouched');
    }
  },

  'a registry that is not shown here is named, with what to do': async () => {
    const exported = await connected();
    const id = upstream(exported).id.replace(/[^/]+$/, 'notamongthem');
    await withMessages(async (messages) => {
      await vscode.commands.executeCommand('acrCache.showCacheRules', { resource: { id } });
      assert.equal(messages.length, 1);
      assert.match(messages[0]?.text ?? '', /notamongthem/);
      assert.deepEqual(messages[0]?.buttons, ['Select Subscriptions']);
    });
  },
};

async function fixture(): Promise<AzureTrees> {
  await hook();
  const extension = vscode.extensions.getExtension<AzureTrees>('acr-artifact-cache-test.azure-trees');
  assert.ok(extension, 'the fixture is not installed');
  return extension.activate();
}

/** The registry's row in each of the other extensions' views. */
async function registryRows(exported: TestHook): Promise<Row[]> {
  const rows = (await fixture()).show(upstream(exported).id);
  return views.map((view) => {
    const row = rows[view]?.find(({ label }) => label === 'upstreamregistry');
    assert.ok(row, `no row in ${view}`);
    return row;
  });
}

function upstream({ services }: TestHook) {
  return registryNamed(services, 'upstreamregistry');
}
