import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { healthWord } from '../../../src/domain/ruleVerdict.ts';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import type { TestHook } from '../../../src/extension.ts';
import { createJournal } from '../../../src/provisioning/engine/journal.ts';
import type { TreeNode } from '../../../src/ui/tree/nodes.ts';
import { connected, control, labelOf, row, rows, until, registryNamed } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const identityName = 'TreeTestIdentity';

export const tests: HostTests = {
  'shows subscriptions with their registries': async () => {
    const exported = await connected();
    const registry = await registryRow(exported, 'myregistry');
    const { roleAssignmentMode } = registryNamed(exported.services, 'myregistry');
    const mode = roleAssignmentMode === 'AbacRepositoryPermissions' ? 'ABAC' : 'RBAC';
    assert.ok(String(registry.item.description).endsWith(mode), String(registry.item.description));
    assert.equal(registry.item.contextValue, `registry.${mode.toLowerCase()}`);
    await registryRow(exported, 'upstreamregistry');
  },

  'says that there are no rules only once that is known, and offers to set one up': async () => {
    const exported = await connected();
    const { node } = await registryRow(exported, 'upstreamregistry');
    const children = await rows(exported, node);
    const hasReaders = children.some((child) => child.node.kind === 'reader');
    const { item } = await registryRow(exported, 'upstreamregistry');
    if (hasReaders) return assert.match(String(item.description), /upstream of /);
    assert.deepEqual(
      children.map((child) => child.item.command?.command),
      ['acrCache.setUpCache'],
    );
    assert.match(String(item.description), /^no rules · /);
  },

  'shows a rule with what it has cached, and repaints only the two registries that it is about': async () => {
    const exported = await connected();
    const { rule, registry } = await createRule(exported, 'TreeTestRule', 'treetest');
    const painted: unknown[] = [];
    const listener = exported.model.onDidChangeTreeData?.((node) =>
      painted.push(Array.isArray(node) ? undefined : node),
    );
    await vscode.commands.executeCommand('acrCache.refresh', { kind: 'registry', registryId: registry.id });
    listener?.dispose();
    const { node } = await registryRow(exported, 'myregistry');
    const upstream = await registryRow(exported, 'upstreamregistry');
    assert.ok(painted.includes(node) && painted.includes(upstream.node), 'one of the two was not repainted');
    assert.ok(
      painted.every((changed) => changed === node || changed === upstream.node),
      'more than the two registries was repainted',
    );
    assert.match(String(upstream.item.description), /upstream of \d+ rule/);
    const readers = await rows(exported, upstream.node);
    assert.ok(readers.some((reader) => reader.node.kind === 'reader' && reader.node.ruleId === rule.id));

    const ruleRow = await row(exported, 'treetest', node);
    assert.equal(ruleRow.item.description, '← upstreamregistry/myapp');
    assert.equal(ruleRow.item.contextValue, 'rule');
    assert.equal(ruleRow.item.command?.command, 'acrCache.openRule');
    const { tooltip } = ruleRow.item;
    assert.ok(typeof tooltip === 'string');
    for (const words of [rule.name, rule.sourceRepository, identityName, healthWord('unproven')]) {
      assert.ok(tooltip.includes(words), `${words} is not in: ${tooltip}`);
    }
    const below = await rows(exported, ruleRow.node);
    assert.deepEqual(
      below.map(({ item }) => item.command?.command),
      ['acrCache.verifyRule'],
      JSON.stringify(below.map(({ item }) => item.tooltip)),
    );
  },

  'says after ten seconds that Azure has not answered, and shows the answer when it comes': async () => {
    const exported = await connected();
    const { node } = await registryRow(exported, 'myregistry');
    const found = await row(exported, 'treetest', node);
    await control('PUT', 'faults', [{ match: '/acr/v1/', hold: true }]);
    try {
      exported.services.tree.readAgain();
      // What was known of it is shown while it is read; of a row that was never opened nothing is.
      const { rule, registry } = await createRule(exported, 'TreeSlowRule', 'treeslow');
      await exported.services.inventory.loadRules(registry.id, { force: true });
      const slow = await row(exported, 'treeslow', node);
      const commands = async () => (await rows(exported, slow.node)).map(({ item }) => item.command?.command);
      const began = Date.now();
      assert.deepEqual(await commands(), [undefined, 'acrCache.cancelReading', 'acrCache.refresh']);
      assert.ok(Date.now() - began >= 9_900, 'it did not wait');
      await control('PUT', 'faults', []);
      await until('the answer is shown', async () => (await commands()).includes('acrCache.verifyRule'));
      assert.equal((await rows(exported, found.node)).length, 1);
      await (await exported.services.azure()).cacheRules.delete(rule.id);
      await exported.services.inventory.loadRules(registry.id, { force: true });
    } finally {
      await control('PUT', 'faults', []);
    }
  },

  'shows what was interrupted until it is discarded': async () => {
    const exported = await connected();
    const registry = registryNamed(exported.services, 'myregistry');
    const upstream = registryNamed(exported.services, 'upstreamregistry');
    const repository = { kind: 'repository', repository: 'treeunfinished' } as const;
    const journal = createJournal(exported.services.storage.journal.fsPath);
    const id = await journal.start({
      kind: 'setUp',
      link: {
        downstream: { id: registry.id, loginServer: registry.loginServer },
        source: { kind: 'registry', id: upstream.id, loginServer: upstream.loginServer },
        mappings: [{ ruleName: 'TreeUnfinished', source: repository, target: repository }],
        authentication: {
          kind: 'identity',
          identityId: identityArmId(registry.subscriptionId, registry.resourceGroup, identityName),
        },
        access: 'registry',
      },
    });
    await journal.leave(id, true);
    await vscode.commands.executeCommand('acrCache.registries.focus');
    exported.services.tree.lookForUnfinished();
    const values = async () => {
      const { node } = await registryRow(exported, 'myregistry');
      const found = (await rows(exported, node)).filter(({ item }) => labelOf(item) === 'treeunfinished');
      return found.map(({ item }) => item.contextValue);
    };
    await until('it is shown', async () => (await values()).includes('incomplete'));
    const ruleId = cacheRuleArmId(registry.id, 'TreeUnfinished');
    await vscode.commands.executeCommand('acrCache.discardUnfinished', { kind: 'rule', ruleId });
    await until('it is gone', async () => (await values()).length === 0);
    assert.deepEqual(await journal.unfinished(), []);
  },

  'gives every row words for a screen reader and a stable id': async () => {
    const exported = await connected();
    const ids = new Set<string>();
    let count = 0;
    const visit = async (parent?: TreeNode): Promise<void> => {
      for (const { node, item } of await rows(exported, parent)) {
        assert.ok(item.accessibilityInformation?.label, `no words for ${labelOf(item)}`);
        if (node.kind !== 'message' && node.kind !== 'action') {
          assert.ok(item.id, `no id: ${labelOf(item)}`);
          assert.ok(!ids.has(item.id), `twice: ${item.id}`);
          ids.add(item.id);
        }
        assert.deepEqual(exported.model.getParent?.(node), parent, `parent of ${labelOf(item)}`);
        count++;
        if (item.collapsibleState !== vscode.TreeItemCollapsibleState.None) await visit(node);
      }
    };
    await visit();
    assert.ok(count > 5, `only ${count} rows`);
  },

  'filters by words, with rules, and says so': async () => {
    const exported = await connected();
    exported.services.tree.filter = 'upstreamreg';
    try {
      const names = [...(await allRegistries(exported)).keys()];
      assert.deepEqual(
        names,
        ['myregistry', 'upstreamregistry'].filter((name) => names.includes(name)),
      );
      assert.ok(names.includes('upstreamregistry'));
      exported.services.tree.filter = 'nothing has this name';
      assert.equal(exported.model.viewState, 'noMatch');
      assert.deepEqual(await rows(exported), []);
      await vscode.commands.executeCommand('acrCache.clearFilter');
      assert.equal(exported.model.viewState, 'ready');
    } finally {
      exported.services.tree.filter = '';
    }
  },

  'reveals a rule, also one that the filter hides': async () => {
    const exported = await connected();
    exported.services.tree.filter = 'nothing has this name';
    const registry = registryNamed(exported.services, 'myregistry');
    await exported.services.tree.reveal(registry.id, cacheRuleArmId(registry.id, 'TreeTestRule'));
    assert.equal(exported.services.tree.filter, '');
    await exported.services.tree.reveal(registry.id, cacheRuleArmId(registry.id, 'NoSuchRule'));
  },

  'keeps what is known when Azure fails, says why, and recovers': async () => {
    const exported = await connected();
    await control('PUT', 'faults', [
      { match: 'Microsoft\\.ResourceGraph|/registries\\?', status: 403, code: 'AuthorizationFailed', message: 'No.' },
    ]);
    try {
      await vscode.commands.executeCommand('acrCache.refresh');
      const all = await allRows(exported);
      assert.ok(
        all.some(({ node }) => node.kind === 'message' && node.severity === 'error'),
        'no error is shown',
      );
      assert.ok(
        all.some(({ item }) => labelOf(item) === 'myregistry'),
        'the registries are gone',
      );
    } finally {
      await control('PUT', 'faults', []);
    }
    await vscode.commands.executeCommand('acrCache.refresh');
    assert.ok(!(await allRows(exported)).some(({ node }) => node.kind === 'message' && node.severity === 'error'));
  },

  'a rule that is deleted leaves the tree': async () => {
    const exported = await connected();
    const { rule, registry } = await createRule(exported, 'TreeTestRule', 'treetest');
    await (await exported.services.azure()).cacheRules.delete(rule.id);
    await vscode.commands.executeCommand('acrCache.refresh', { kind: 'registry', registryId: registry.id });
    const { node } = await registryRow(exported, 'myregistry');
    assert.ok(!(await rows(exported, node)).some(({ item }) => labelOf(item) === 'treetest'));
  },

  'reads a setting of subscriptions, even a broken one': async () => {
    const exported = await connected();
    const configuration = vscode.workspace.getConfiguration('acrCache');
    const select = (value: unknown): Thenable<void> =>
      configuration.update('selectedSubscriptions', value, vscode.ConfigurationTarget.Global);
    const { tenantId } = registryNamed(exported.services, 'myregistry');
    const [subscription] = exported.services.inventory.state.subscriptions;
    assert.ok(subscription);
    try {
      await select([`${subscription.tenantId}/00000000-0000-0000-0000-000000000000`]);
      await until('no subscription is left', () => exported.model.viewState === 'noSubscription');
      await select(['no slash', `${subscription.tenantId}/${subscription.id}`.toUpperCase(), 5]);
      await until('the registries are back', () => exported.model.viewState === 'ready');
      assert.equal(registryNamed(exported.services, 'myregistry').tenantId, tenantId);
    } finally {
      await select(undefined);
    }
    await until(
      'the registries are shown',
      () => exported.model.viewState === 'ready' && !exported.services.connection.busy,
    );
  },

  'shows an error page when nothing is known, and recovers by Retry': async () => {
    const exported = await connected();
    await vscode.commands.executeCommand('sandboxAccount.signOut');
    await until('the view asks to sign in', () => exported.model.viewState === 'signedOut');
    await control('PUT', 'faults', [
      { match: '/tenants|/subscriptions', status: 403, code: 'AuthorizationFailed', message: 'No.' },
    ]);
    try {
      await vscode.commands.executeCommand('sandboxAccount.signIn');
      await until('the error page', () => exported.model.viewState === 'error');
      assert.match(String(exported.model.error?.message), /^No\./);
      assert.deepEqual(await rows(exported), []);
    } finally {
      await control('PUT', 'faults', []);
    }
    await vscode.commands.executeCommand('acrCache.refresh');
    assert.equal(exported.model.viewState, 'ready');
  },

  'shows the sign-in page after signing out, and the registries after signing in': async () => {
    const exported = await connected();
    await vscode.commands.executeCommand('sandboxAccount.signOut');
    try {
      await until('the view asks to sign in', () => exported.model.viewState === 'signedOut');
      assert.deepEqual(await rows(exported), []);
    } finally {
      await vscode.commands.executeCommand('sandboxAccount.signIn');
    }
    await until('the registries are back', () => exported.model.viewState === 'ready');
  },
};

async function allRows(exported: TestHook): Promise<{ node: TreeNode; item: vscode.TreeItem }[]> {
  const roots = await rows(exported);
  const below = await Promise.all(
    roots.map(async ({ node }) => (node.kind === 'subscription' ? rows(exported, node) : [])),
  );
  return [...roots, ...below.flat()];
}

async function allRegistries(exported: TestHook): Promise<Map<string, TreeNode>> {
  const all = await allRows(exported);
  return new Map(all.filter(({ node }) => node.kind === 'registry').map(({ node, item }) => [labelOf(item), node]));
}

async function registryRow(exported: TestHook, name: string): Promise<{ node: TreeNode; item: vscode.TreeItem }> {
  const found = (await allRows(exported)).find(({ node, item }) => node.kind === 'registry' && labelOf(item) === name);
  assert.ok(found, `no registry ${name} in the tree`);
  return found;
}

/** A rule as the wizard makes them, made directly. */
async function createRule(exported: TestHook, name: string, target: string) {
  const azure = await exported.services.azure();
  const registry = registryNamed(exported.services, 'myregistry');
  const upstream = registryNamed(exported.services, 'upstreamregistry');
  const identityId = identityArmId(registry.subscriptionId, registry.resourceGroup, identityName);
  await azure.identities.create(identityId, registry.location);
  const rule = await azure.cacheRules.create(cacheRuleArmId(registry.id, name), {
    sourceRepository: `${upstream.loginServer}/myapp`,
    targetRepository: target,
    identityId,
  });
  return { rule, registry };
}
