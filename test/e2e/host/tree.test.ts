import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { healthWord } from '../../../src/domain/ruleVerdict.ts';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import type { TestHook } from '../../../src/extension.ts';
import type { TreeNode } from '../../../src/ui/tree/nodes.ts';
import { deleteCacheRule } from '../../../src/ui/changes/deleteCacheRule.lazy.ts';
import { connected, control, labelOf, row, rows, until, registryNamed } from './support/extensionUnderTest.ts';
import type { HostTests } from './support/hostTest.ts';

const identityName = 'TreeTestIdentity';

export const tests: HostTests = {
  'shows subscriptions with their registries': async () => {
    const exported = await connected();
    const registry = await registryRow(exported, 'myregistry');
    const { sku, roleAssignmentMode } = registryNamed(exported.services, 'myregistry');
    const mode = roleAssignmentMode === 'AbacRepositoryPermissions' ? 'ABAC' : 'RBAC';
    assert.ok(String(registry.item.description).startsWith(`${sku} · ${mode}`), String(registry.item.description));
    assert.equal(registry.item.contextValue, 'registry');
    await registryRow(exported, 'upstreamregistry');
  },

  'says how many rules there are only once they are loaded': async () => {
    const exported = await connected();
    const { node } = await registryRow(exported, 'upstreamregistry');
    const children = await rows(exported, node);
    assert.deepEqual(
      children.map(({ item }) => item.label),
      ['No cache rules'],
    );
    const { item } = await registryRow(exported, 'upstreamregistry');
    assert.match(String(item.description), / · no rules$/);
  },

  'shows a rule with its details, and repaints only its registry': async () => {
    const exported = await connected();
    const { rule, registry } = await createRule(exported, 'TreeTestRule', 'treetest');
    const painted: unknown[] = [];
    const listener = exported.model.onDidChangeTreeData?.((node) =>
      painted.push(Array.isArray(node) ? undefined : node),
    );
    await vscode.commands.executeCommand('acrCache.refresh', { kind: 'registry', registryId: registry.id });
    listener?.dispose();
    const { node } = await registryRow(exported, 'myregistry');
    assert.ok(painted.length > 0, 'nothing was repainted');
    assert.ok(
      painted.every((changed) => changed === node),
      'more than the registry was repainted',
    );

    const ruleRow = await row(exported, 'treetest', node);
    const verdict = healthWord('unproven');
    assert.equal(ruleRow.item.description, `${verdict} · ← ${rule.sourceRepository} · ${identityName}`);
    const details = await rows(exported, ruleRow.node);
    const byLabel = new Map(details.map(({ item }) => [labelOf(item), item.description]));
    assert.equal(byLabel.get('Source'), rule.sourceRepository);
    assert.equal(byLabel.get('Target'), `${registry.loginServer}/treetest`);
    assert.equal(byLabel.get('Identity'), identityName);
    assert.equal(byLabel.get('Credential set'), 'none');
    assert.equal(byLabel.get('Provisioning state'), 'Succeeded');
    assert.equal(byLabel.get('Verdict'), verdict);
    assert.equal(byLabel.get('Pull command'), `docker pull ${registry.loginServer}/treetest:<tag>`);
    assert.ok(byLabel.has('Created') && byLabel.has('Principal ID'), [...byLabel.keys()].join());
  },

  'gives every row words for a screen reader and a stable id': async () => {
    const exported = await connected();
    const ids = new Set<string>();
    let count = 0;
    const visit = async (parent?: TreeNode): Promise<void> => {
      for (const { node, item } of await rows(exported, parent)) {
        assert.ok(item.accessibilityInformation?.label, `no words for ${labelOf(item)}`);
        if (node.kind !== 'message') {
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

  'reveals a rule': async () => {
    const exported = await connected();
    const registry = registryNamed(exported.services, 'myregistry');
    await exported.services.tree.reveal(registry.id, cacheRuleArmId(registry.id, 'TreeTestRule'));
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

  'deletes a rule, but not one that was replaced meanwhile': async () => {
    const exported = await connected();
    const { rule, registry } = await createRule(exported, 'TreeTestRule', 'treetest');
    const replaced = { ...rule, targetRepository: 'another' };
    const left = await deleteCacheRule(exported.services, replaced);
    assert.deepEqual([left.done.length, left.kept.length], [0, 1]);
    const deleted = await deleteCacheRule(exported.services, rule);
    assert.equal(deleted.done.length, 1, JSON.stringify(deleted));
    const { node } = await registryRow(exported, 'myregistry');
    assert.ok(!(await rows(exported, node)).some(({ item }) => labelOf(item) === 'treetest'));
    const azure = await exported.services.azure();
    const remaining = await azure.cacheRules.list(registry.id);
    assert.ok(!remaining.some(({ name }) => name === rule.name));
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
