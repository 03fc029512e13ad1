import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestHook } from '../../../src/extension.ts';
import { connected, hook, until, registryNamed } from './support/extensionUnderTest.ts';
import { reportUri } from '../../../src/ui/shared/reports.ts';
import type { HostTests } from './support/hostTest.ts';
import { withInputs } from './support/inputs.ts';
import { sampleRule } from './support/sampleEditing.ts';
import { withMessages } from './support/messages.ts';

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
      // As VS Code calls a command from a tree: one row alone.
      await vscode.commands.executeCommand('acrCache.copyLoginServer', node, undefined);
      assert.equal(await vscode.env.clipboard.readText(), upstream(exported).loginServer);
    }
  },

  'their entry "Show Cache Rules" opens the registry in our tree': async () => {
    const exported = await connected();
    const { services } = exported;
    const registry = upstream(exported);
    for (const { node } of await registryRows(exported)) {
      services.tree.filter = 'hides everything';
      await vscode.commands.executeCommand('acrCache.showCacheRules', node, undefined);
      assert.equal(services.tree.filter, '');
      // Only a registry that is opened has its rules read.
      await until('its rules are read', () => services.inventory.entry(registry.id)?.rules !== undefined);
    }
  },

  'a row that is no registry is asked about, not trusted': async () => {
    const exported = await connected();
    const trees = await fixture();
    const [subscription, group] = trees.show(upstream(exported).id)['azureResourceGroups'] ?? [];
    assert.ok(subscription && group);
    for (const node of [
      subscription.node,
      group.node,
      { resource: { id: '/subscriptions/x' } },
      { wrappedItem: null },
      5,
    ]) {
      await vscode.env.clipboard.writeText('untouched');
      let asked = 0;
      const { createQuickPick } = vscode.window;
      const leave = () => {
        const input = createQuickPick();
        const show = input.show.bind(input);
        input.show = () => {
          asked++;
          show();
          input.hide();
        };
        return input;
      };
      Object.assign(vscode.window, { createQuickPick: leave });
      try {
        await vscode.commands.executeCommand('acrCache.copyLoginServer', node, undefined);
      } finally {
        Object.assign(vscode.window, { createQuickPick });
      }
      assert.equal(asked, 1);
      assert.equal(await vscode.env.clipboard.readText(), 'untouched');
    }
  },

  'a repository’s and a tag’s row open the rule that serves it; without one that is said': async () => {
    const exported = await connected();
    const { downstream, ruleId } = await sampleRule();
    for (const label of ['myapp', 'latest']) {
      const row = await rowOf(downstream.id, label);
      await vscode.commands.executeCommand('acrCache.openRule', row.node, undefined);
      const report = reportUri('rule', ruleId);
      await until('the rule is open', () => exported.services.documents.textOf(report) !== undefined);
    }
    const other = await rowOf(upstream(exported).id, 'myapp');
    await withMessages(async (messages) => {
      await vscode.commands.executeCommand('acrCache.openRule', other.node, undefined);
      assert.equal(messages.length, 1);
    });
  },

  'a repository’s row starts a set-up that asks for the downstream registry alone': async () => {
    const exported = await connected();
    const row = await rowOf(upstream(exported).id, 'myapp');
    await withInputs(async (inputs) => {
      const done = vscode.commands.executeCommand('acrCache.setUpRepositoryCache', row.node, undefined);
      await inputs.page('Downstream Registry');
      assert.ok(inputs.rows().some((one) => one.includes('myregistry')));
      await inputs.cancel();
      await done;
    });
  },

  'a registry of a subscription that is not selected is found by the row that names it': async () => {
    const exported = await connected();
    const registry = upstream(exported);
    const selection = vscode.workspace.getConfiguration('acrCache');
    const target = vscode.ConfigurationTarget.Global;
    const before = selection.inspect('selectedSubscriptions')?.globalValue;
    // Another one than the registry's: ours hides it then.
    const { tenantId } = registry;
    const other = `${tenantId}/22222222-2222-4222-8222-222222222222`;
    const changed = new Promise<void>((resolve) => {
      const listening = exported.services.account.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
    await selection.update('selectedSubscriptions', [other], target);
    try {
      await changed;
      const azure = await exported.services.azure({ allowNoSubscription: true });
      assert.deepEqual(azure.subscriptions, []);
      const found = await azure.registries.get(registry.id);
      assert.equal(found.loginServer, registry.loginServer);
    } finally {
      await selection.update('selectedSubscriptions', before, target);
    }
    await until('the registries are back', () => exported.services.inventory.entry(registry.id) !== undefined);
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

/** A row of Container Tools for what is in a registry. */
async function rowOf(registryId: string, label: string): Promise<Row> {
  const rows = (await fixture()).show(registryId)['vscode-containers.views.registries'] ?? [];
  const row = rows.find((one) => one.label === label);
  assert.ok(row, `no row ${label}`);
  return row;
}

function upstream({ services }: TestHook) {
  return registryNamed(services, 'upstreamregistry');
}
