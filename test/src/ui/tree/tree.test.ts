import { afterEach, describe, expect, it, vi } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { createInventory } from '../../../../src/inventory/inventory.ts';
import type { ReadingNode, TreeNode, UnfinishedRule } from '../../../../src/ui/tree/nodes.ts';
import { rule as ruleOf } from '../../../samples.ts';
import { fakeAzure, memoryFile, registry } from '../../inventory/fakeAzure.ts';
import { TreeItemCollapsibleState } from '../vscodeDouble.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const readCachedRows = vi.fn();
vi.mock('../../../../src/ui/tree/cachedRows.lazy.ts', () => ({ readCachedRows }));
const { createTreeModel } = await import('../../../../src/ui/tree/treeModel.ts');
await import('../../../../src/ui/tree/rows.lazy.ts');

const downstream = registry('myregistry');
const upstream = registry('upstreamregistry');
const nothing = { rows: [], more: 0, untagged: 0, isCut: false };

afterEach(() => {
  vi.useRealTimers();
  vi.resetAllMocks();
});

/** Both registries are listed; the rules of the downstream are loaded if they are given. */
async function tree(rules?: readonly CacheRule[]) {
  readCachedRows.mockResolvedValue(nothing);
  const fake = fakeAzure();
  const inventory = createInventory({ snapshot: memoryFile() });
  inventory.connect(fake.azure, true);
  const refreshed = inventory.refresh();
  await fake.lists.pop()!.answer({ registries: [downstream, upstream], failures: [] });
  await refreshed;
  const connection = { start: () => Promise.resolve(), busy: false, error: undefined } as never;
  const model = createTreeModel({ inventory, connection, azure: () => Promise.resolve(fake.azure) });
  const painted: (TreeNode | undefined)[] = [];
  model.onDidChangeTreeData?.((node) => painted.push(node as TreeNode | undefined));
  inventory.onDidChange(({ registryId }) => model.repaint(registryId));
  async function load(listed: readonly CacheRule[]): Promise<void> {
    const loading = inventory.loadRules(downstream.id, { force: true });
    await fake.rules.pop()!.answer([...listed]);
    await loading;
  }
  model.repaint();
  if (rules) await load(rules);
  const children = async (node?: TreeNode) => (await model.getChildren(node)) as TreeNode[];
  const item = async (node: TreeNode) => model.getTreeItem(node);
  const row = (id: string, ruleId?: string) => model.node(id, ruleId) as TreeNode;
  return { model, inventory, fake, painted, load, children, item, row };
}

const mine = (name: string, source: string, target: string): CacheRule =>
  ruleOf(name, source, target, { registryId: downstream.id });
const myapp = mine('MyRule', 'upstreamregistry.example/myapp', 'myapp');

describe('a rule', () => {
  it.each([
    ['upstreamregistry.example/myapp', 'myapp', '← upstreamregistry'],
    ['upstreamregistry.example/team/app', 'myapp', '← upstreamregistry/team/app'],
    ['elsewhere.azurecr.io/myapp', 'myapp', '← elsewhere'],
    ['docker.io/library/nginx', 'library/nginx', '← docker.io'],
  ])('from %s to %s is %s', async (source, target, description) => {
    const rule = mine('MyRule', source, target);
    const { item, row } = await tree([rule]);
    const shown = await item(row(downstream.id, rule.id));
    expect([shown.label, shown.description]).toEqual([target, description]);
    expect(shown.command).toMatchObject({ command: 'acrCache.openRule', arguments: [{ ruleId: rule.id }] });
  });

  it('has below it what is cached, then what the last diagnosis found', async () => {
    const { children, row, inventory, item } = await tree([myapp]);
    const finding = (check: string, verdict: 'problem' | 'warning' | 'unknown', hasRepair: boolean) =>
      ({ check, verdict, pull: 'dependsOn', title: check, reason: 'Why.', hasRepair }) as const;
    const findings = [
      finding('identity', 'problem', true),
      finding('age', 'warning', false),
      finding('x', 'unknown', false),
    ];
    const checkup = { findings, checkedAt: '2026-11-30T11:00:00.000Z', served: false, isWhole: true };
    inventory.noteCheckup(myapp.id, checkup, new Set());
    const rows = await children(row(downstream.id, myapp.id));
    expect(rows).toMatchObject([
      { kind: 'action', command: 'acrCache.verifyRule' },
      { kind: 'problem', check: 'identity', ruleId: myapp.id },
      { kind: 'problem', check: 'age' },
    ]);
    const values = await Promise.all(rows.slice(1).map(async (each) => (await item(each)).contextValue));
    expect(values).toEqual(['problem.repairable', 'problem']);
  });

  it('keeps what was read of its content, and reads it again after its rules were listed again or it was asked for', async () => {
    const { children, row, load, model, painted } = await tree([myapp]);
    const node = row(downstream.id, myapp.id);
    await children(node);
    await children(node);
    expect(readCachedRows).toHaveBeenCalledTimes(1);
    readCachedRows.mockResolvedValueOnce({ ...nothing, more: 3 });
    await load([myapp]);
    painted.length = 0;
    // The known rows stand until the new ones are there.
    expect(await children(node)).toMatchObject([{ command: 'acrCache.verifyRule' }]);
    await vi.waitFor(() => expect(painted).toContain(node));
    expect(await children(node)).toMatchObject([{ command: 'acrCache.openRule' }]);
    model.readAgain({ registryId: downstream.id, ruleId: myapp.id });
    await children(node);
    await vi.waitFor(async () => expect(await children(node)).toMatchObject([{ command: 'acrCache.verifyRule' }]));
    expect(readCachedRows).toHaveBeenCalledTimes(3);
  });

  it('has each row once, however often what is below it was listed', async () => {
    const { children, row, inventory } = await tree([myapp]);
    const node = row(downstream.id, myapp.id);
    const tag = {
      kind: 'tag',
      parent: node,
      registryId: downstream.id,
      ruleId: myapp.id,
      repository: 'myapp',
      tag: '1',
    };
    readCachedRows.mockResolvedValue({ ...nothing, rows: [tag, { ...tag }, { ...tag, tag: '2' }] });
    const finding = {
      check: 'a',
      verdict: 'problem',
      pull: 'dependsOn',
      title: '',
      reason: '',
      hasRepair: false,
    } as const;
    const checkup = { findings: [finding, finding], checkedAt: '', served: false, isWhole: true };
    inventory.noteCheckup(myapp.id, checkup, new Set());
    expect((await children(node)).map(({ kind }) => kind)).toEqual(['tag', 'tag', 'problem']);
  });

  it('says why its content cannot be read, without asking again by itself', async () => {
    const { children, row } = await tree([myapp]);
    readCachedRows.mockRejectedValue(new AzureError('No.', { kind: 'forbidden', code: 'DENIED', status: 403 }));
    const node = row(downstream.id, myapp.id);
    const shown = [await children(node), await children(node)];
    for (const rows of shown) expect(rows).toMatchObject([{ kind: 'message', severity: 'error' }]);
    expect(readCachedRows).toHaveBeenCalledTimes(1);
  });
});

describe('a registry', () => {
  it('that others read from tells so, and shows their rules, as soon as they are known', async () => {
    const { load, painted, item, row, children, fake } = await tree();
    const node = row(upstream.id);
    expect((await item(node)).description).not.toContain('upstream of');
    await load([
      myapp,
      mine('Other', 'upstreamregistry.example/b', 'other'),
      mine('Third', 'elsewhere.example/d', 'd'),
    ]);
    expect(painted).toContain(node);
    expect((await item(node)).description).toContain('upstream of 2 rules');
    const loading = children(node);
    await vi.waitFor(() => expect(fake.rules).toHaveLength(1));
    await fake.rules.pop()!.answer([]);
    expect(await loading).toMatchObject([
      { kind: 'reader', parent: node, registryId: downstream.id, ruleId: myapp.id },
      { kind: 'reader' },
    ]);
  });

  it('without rules offers to set one up', async () => {
    const { children, row } = await tree([]);
    const node = row(downstream.id);
    expect(await children(node)).toMatchObject([{ kind: 'action', command: 'acrCache.setUpCache', parent: node }]);
  });

  it('tells what a window has left undone, on the rule or in its place', async () => {
    const { model, children, item, row } = await tree([myapp]);
    const left = (ruleName: string, purpose: UnfinishedRule['purpose']): UnfinishedRule => ({
      ...{ journalId: ruleName, purpose, registryId: downstream.id, target: 'newapp' },
      ...{ ruleId: cacheRuleArmId(downstream.id, ruleName), source: 'upstreamregistry.example/newapp' },
    });
    // Two setups that were left undone may have begun the same rule.
    model.unfinished = [left('MyRule', 'changeIdentity'), left('NewRule', 'setUp'), left('NewRule', 'replace')];
    const rows = await children(row(downstream.id));
    const items = await Promise.all(rows.map(item));
    expect(items.map(({ label, contextValue }) => [label, contextValue])).toEqual([
      ['newapp', 'incomplete'],
      ['myapp', 'rule.incomplete'],
    ]);
    expect(items[0]!.description).toMatch(/ ← upstreamregistry$/);
    expect(await children(rows[0])).toEqual([]);
    model.filter = 'myapp';
    expect(await children(row(downstream.id))).toHaveLength(1);
    model.filter = '';
    model.unfinished = [];
    expect(await children(row(downstream.id))).toHaveLength(1);
  });

  it('opens to what the filter matches below it, and goes back to what it was', async () => {
    const { model, item, row } = await tree([myapp]);
    const node = row(downstream.id);
    const states: unknown[] = [];
    for (const [filter, isOpened] of [['myapp'], [''], ['', true], ['nothing'], ['']] as const) {
      model.filter = filter;
      if (isOpened) model.noteExpanded(node, true);
      states.push((await item(node)).collapsibleState);
    }
    const { Collapsed, Expanded } = TreeItemCollapsibleState;
    expect(states).toEqual([Expanded, Collapsed, Expanded, Expanded, Expanded]);
  });
});

describe('a row whose children Azure does not answer for', () => {
  async function waiting() {
    const made = await tree();
    vi.useFakeTimers();
    const node = made.row(downstream.id) as ReadingNode;
    const rows = made.children(node);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(await Promise.race([rows, Promise.resolve('open')])).toBe('open');
    await vi.advanceTimersByTimeAsync(1);
    return { ...made, node, rows: await rows };
  }
  const commands = (rows: readonly TreeNode[]) => rows.flatMap((row) => (row.kind === 'action' ? [row.command] : []));

  it('says so after ten seconds; the late answer takes its place', async () => {
    const { node, rows, fake, painted, children } = await waiting();
    expect(commands(rows)).toEqual(['acrCache.cancelReading', 'acrCache.refresh']);
    expect(commands(await children(node))).toEqual(['acrCache.cancelReading', 'acrCache.refresh']);
    painted.length = 0;
    void fake.rules.pop()!.answer([myapp]);
    await vi.advanceTimersByTimeAsync(0);
    expect(painted).toContain(node);
    expect(await children(node)).toMatchObject([{ kind: 'rule' }]);
  });

  it('is cancelled, and read again only when asked', async () => {
    const { node, fake, model, painted, children } = await waiting();
    const call = fake.rules.pop()!;
    model.cancelReading(node);
    expect(painted).toContain(node);
    await vi.advanceTimersByTimeAsync(0);
    expect(call.signal?.aborted).toBe(true);
    expect(commands(await children(node))).toEqual(['acrCache.refresh']);
    expect(fake.rules).toHaveLength(0);
    model.readAgain({ registryId: downstream.id });
    const again = children(node);
    await vi.advanceTimersByTimeAsync(0);
    void fake.rules.pop()!.answer([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(commands(await again)).toEqual(['acrCache.setUpCache']);
  });
});
