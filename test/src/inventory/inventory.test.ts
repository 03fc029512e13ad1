import { describe, expect, it } from 'vitest';
import { isCancelled } from '../../../src/azure/errors.ts';
import { createInventory, type Inventory } from '../../../src/inventory/inventory.ts';
import type { InventoryChange } from '../../../src/inventory/types.ts';
import { fakeAzure, memoryFile, registry, rule, settled, subscription, type FakeAzure } from './fakeAzure.ts';

function changesOf(inventory: Inventory): InventoryChange[] {
  const changes: InventoryChange[] = [];
  inventory.onDidChange((change) => changes.push(change));
  return changes;
}

function namesOf(inventory: Inventory): string[] {
  return [...inventory.state.registries.values()].map((entry) => entry.registry.name);
}

async function connected(
  fake: FakeAzure = fakeAzure(),
  registries = [registry('first'), registry('second')],
): Promise<{ inventory: Inventory; fake: FakeAzure }> {
  const inventory = createInventory({ snapshot: memoryFile() });
  inventory.connect(fake.azure, true);
  const refreshed = inventory.refresh();
  await fake.lists.pop()!.answer({ registries, failures: [] });
  await refreshed;
  return { inventory, fake };
}

describe('refresh', () => {
  it('starts empty and unknown, and does nothing without connection', async () => {
    const inventory = createInventory({ snapshot: memoryFile() });
    expect(inventory.state).toEqual({
      signedIn: 'unknown',
      cloudName: '',
      subscriptions: [],
      registries: new Map(),
      freshness: 'snapshot',
      failures: [],
    });
    await inventory.refresh();
    expect(await inventory.loadRules(registry('first').id)).toBeUndefined();
  });

  it('fills page by page, and each state stays what it was', async () => {
    const fake = fakeAzure([subscription(1), subscription(2)]);
    const inventory = createInventory({ snapshot: memoryFile() });
    inventory.connect(fake.azure, true);
    const before = inventory.state;
    const refreshed = inventory.refresh();
    expect(inventory.state.freshness).toBe('loading');
    expect(fake.lists[0]!.argument).toEqual([subscription(1).id, subscription(2).id]);
    fake.lists[0]!.onPage!([registry('first')]);
    const onePage = inventory.state;
    expect(namesOf(inventory)).toEqual(['first']);
    fake.lists[0]!.onPage!([registry('second', 2)]);
    expect([...onePage.registries.keys()]).toEqual([registry('first').id.toLowerCase()]);
    await fake.lists[0]!.answer({ registries: [registry('first'), registry('second', 2)], failures: [] });
    await refreshed;
    expect(namesOf(inventory)).toEqual(['first', 'second']);
    expect(inventory.state.freshness).toBe('current');
    expect(before.registries.size).toBe(0);
    expect(Object.isFrozen(inventory.state)).toBe(true);
  });

  it('takes 1,000 registries in each of 20 subscriptions in few changes', async () => {
    const fake = fakeAzure(Array.from({ length: 20 }, (_, number) => subscription(number)));
    const pages = Array.from({ length: 20 }, (_, number) =>
      Array.from({ length: 1000 }, (__, index) => registry(`registry${index}`, number)),
    );
    const inventory = createInventory({ snapshot: memoryFile() });
    inventory.connect(fake.azure, true);
    const changes = changesOf(inventory);
    const refreshed = inventory.refresh();
    for (const page of pages) fake.lists[0]!.onPage!(page);
    await fake.lists[0]!.answer({ registries: pages.flat(), failures: [] });
    await refreshed;
    expect(inventory.state.registries.size).toBe(20_000);
    expect(changes).toHaveLength(22); // loading, each page, the end
  });

  it('shows the old while loading, and drops what is gone at the end', async () => {
    const { inventory, fake } = await connected();
    const refreshed = inventory.refresh();
    expect(namesOf(inventory)).toEqual(['first', 'second']);
    const changed = { ...registry('second'), sku: 'Basic' };
    await fake.lists.pop()!.answer({ registries: [changed], failures: [] });
    await refreshed;
    expect([...inventory.state.registries.values()].map((entry) => entry.registry)).toEqual([changed]);
  });

  it('keeps what it knew when Azure fails, with the error, until the next success', async () => {
    const { inventory, fake } = await connected();
    const error = new Error('no answer');
    const refreshed = inventory.refresh();
    await fake.lists.pop()!.fail(error);
    await refreshed;
    expect(inventory.state).toMatchObject({ freshness: 'failed', error });
    expect(namesOf(inventory)).toEqual(['first', 'second']);
    const again = inventory.refresh();
    expect(inventory.state.error).toBe(error);
    await fake.lists.pop()!.answer({ registries: [], failures: [] });
    await again;
    expect(inventory.state).toMatchObject({ freshness: 'current', error: undefined });
    expect(namesOf(inventory)).toEqual([]);
  });

  it('keeps the registries of a subscription that could not be read', async () => {
    const { inventory, fake } = await connected(fakeAzure([subscription(1), subscription(2)]), [
      registry('first', 1),
      registry('second', 2),
      registry('third', 2),
    ]);
    const failures = [{ subscriptionId: subscription(2).id.toUpperCase(), error: new Error('forbidden') }];
    const refreshed = inventory.refresh();
    await fake.lists.pop()!.answer({ registries: [registry('new', 1)], failures });
    await refreshed;
    expect(namesOf(inventory).sort()).toEqual(['new', 'second', 'third']);
    expect(inventory.state).toMatchObject({ freshness: 'current', failures });
    const all = [1, 2].map((number) => ({ subscriptionId: subscription(number).id, error: new Error(`${number}`) }));
    const again = inventory.refresh();
    await fake.lists.pop()!.answer({ registries: [], failures: all });
    await again;
    expect(inventory.state).toMatchObject({ freshness: 'failed', error: all[0]!.error });
    expect(namesOf(inventory)).toHaveLength(3);
  });

  it('runs once for all who ask, and with force begins again for all', async () => {
    const { inventory, fake } = await connected();
    const both = [inventory.refresh(), inventory.refresh()];
    expect(fake.lists).toHaveLength(1);
    const forced = inventory.refresh({ force: true });
    expect(fake.lists).toHaveLength(2);
    expect(fake.lists[0]!.signal!.aborted).toBe(true);
    await fake.lists[0]!.answer({ registries: [registry('stale')], failures: [] });
    expect(inventory.state.freshness).toBe('loading');
    await fake.lists[1]!.answer({ registries: [registry('fresh')], failures: [] });
    await Promise.all([...both, forced]);
    expect(namesOf(inventory)).toEqual(['fresh']);
    expect(inventory.state.freshness).toBe('current');
  });

  it('is given up only when everyone who waits has cancelled', async () => {
    const { inventory, fake } = await connected();
    const [one, two] = [new AbortController(), new AbortController()];
    const outcomes = [one, two].map(({ signal }) => inventory.refresh({ signal }).catch((error: unknown) => error));
    await settled();
    one.abort();
    expect(isCancelled(await outcomes[0])).toBe(true);
    expect(fake.lists[0]!.signal!.aborted).toBe(false);
    expect(inventory.state.freshness).toBe('loading');
    two.abort();
    expect(isCancelled(await outcomes[1])).toBe(true);
    await settled();
    expect(fake.lists[0]!.signal!.aborted).toBe(true);
    expect(inventory.state).toMatchObject({ freshness: 'current', error: undefined });
    fake.lists[0]!.onPage!([registry('late')]);
    expect(namesOf(inventory)).toEqual(['first', 'second']);
  });

  it('does not start for a signal that has fired', async () => {
    const { inventory, fake } = await connected();
    const outcome = await inventory.refresh({ signal: AbortSignal.abort() }).catch((error: unknown) => error);
    expect(isCancelled(outcome)).toBe(true);
    expect(fake.lists).toHaveLength(0);
  });
});

describe('connect', () => {
  it('ignores what an earlier connection still brings, and lets its waiters go', async () => {
    const { inventory, fake } = await connected();
    const refreshed = inventory.refresh();
    const old = fake.lists.pop()!;
    const other = fakeAzure([subscription(1, 'account-2')]);
    inventory.connect(other.azure, true);
    await refreshed;
    expect(namesOf(inventory)).toEqual([]);
    old.onPage!([registry('late')]);
    await old.answer({ registries: [registry('late')], failures: [] });
    expect(namesOf(inventory)).toEqual([]);
    expect(inventory.state.freshness).toBe('snapshot');
  });

  it('keeps the registries of the same accounts as last known, without subscriptions not chosen any more', async () => {
    const two = [subscription(1), subscription(2)];
    const { inventory, fake } = await connected(fakeAzure(two), [registry('first', 1), registry('second', 2)]);
    void inventory.loadRules(registry('first').id);
    await fake.rules.pop()!.answer([rule(registry('first'))]);
    inventory.connect(fakeAzure([subscription(1)]).azure, true);
    expect(namesOf(inventory)).toEqual(['first']);
    expect(inventory.entry(registry('first').id)).toMatchObject({
      rulesFreshness: 'snapshot',
      rules: [{ name: 'MyRule' }],
    });
    expect(inventory.state).toMatchObject({ freshness: 'snapshot', subscriptions: [subscription(1)] });
  });

  it.each([
    ['other accounts', fakeAzure([subscription(1, 'account-2')])],
    ['more accounts', fakeAzure([subscription(1), subscription(2, 'account-2')])],
    ['another cloud', fakeAzure([subscription(1)], 'AzureChinaCloud')],
  ])('drops everything for %s', async (_, next) => {
    const { inventory } = await connected();
    inventory.connect(next.azure, true);
    expect(namesOf(inventory)).toEqual([]);
  });

  it('drops everything at sign-out, and keeps it while who is signed in is not known', async () => {
    const { inventory } = await connected();
    inventory.connect(undefined, 'unknown');
    expect(namesOf(inventory)).toHaveLength(2);
    inventory.connect(undefined, false);
    expect(inventory.state).toMatchObject({ signedIn: false, freshness: 'current', subscriptions: [] });
    expect(namesOf(inventory)).toEqual([]);
  });

  it('holds no credential', async () => {
    const { inventory } = await connected();
    expect(JSON.stringify(inventory.state.subscriptions)).not.toContain('TOP-SECRET');
  });
});

describe('loadRules', () => {
  const id = registry('first').id;

  it('reads once for all who ask, and says which registry changed', async () => {
    const { inventory, fake } = await connected();
    const changes = changesOf(inventory);
    const both = [inventory.loadRules(id), inventory.loadRules(id.toUpperCase())];
    expect(inventory.entry(id)?.rulesFreshness).toBe('loading');
    await settled();
    expect(fake.rules.map(({ argument }) => argument)).toEqual([id]);
    await fake.rules[0]!.answer([rule(registry('first'))]);
    const [entry] = await Promise.all(both);
    expect(entry).toMatchObject({ rulesFreshness: 'current', rules: [{ name: 'MyRule' }] });
    expect(changes).toEqual([{ registryId: id }, { registryId: id }]);
    await inventory.loadRules(id);
    expect(fake.rules).toHaveLength(1);
  });

  it('knows them in the order of their targets', async () => {
    const { inventory, fake } = await connected();
    const loading = inventory.loadRules(id);
    await settled();
    const targets = ['team/b', 'myapp', 'team/a'];
    await fake.rules[0]!.answer(
      targets.map((targetRepository) => ({ ...rule(registry('first')), targetRepository, name: targetRepository })),
    );
    expect((await loading)?.rules?.map(({ name }) => name)).toEqual(['myapp', 'team/a', 'team/b']);
  });

  it('reads at most eight at a time, all in the end', async () => {
    const registries = Array.from({ length: 100 }, (_, number) => registry(`registry${number}`));
    const { inventory, fake } = await connected(fakeAzure(), registries);
    const all = registries.map((each) => inventory.loadRules(each.id));
    let answered = 0;
    for (; answered < registries.length; answered++) {
      await settled();
      expect(fake.rules.length - answered).toBe(Math.min(8, registries.length - answered));
      await fake.rules[answered]!.answer([]);
    }
    await Promise.all(all);
    expect([...inventory.state.registries.values()].every((entry) => entry.rulesFreshness === 'current')).toBe(true);
  });

  it('does not let a failing or cancelled read hold its place', async () => {
    const registries = Array.from({ length: 20 }, (_, number) => registry(`registry${number}`));
    const { inventory, fake } = await connected(fakeAzure(), registries);
    const cancel = new AbortController();
    const outcomes = registries.map((each, index) =>
      inventory
        .loadRules(each.id, index < 4 || index >= 16 ? { signal: cancel.signal } : {})
        .catch((error: unknown) => error),
    );
    await settled();
    for (const call of fake.rules.slice(4, 8)) await call.fail(new Error('forbidden'));
    cancel.abort();
    for (let index = 8; index < 16; index++) {
      await settled();
      await fake.rules[index]!.answer([]);
    }
    await Promise.all(outcomes);
    const freshness = registries.map((each) => inventory.entry(each.id)!.rulesFreshness);
    expect(freshness.slice(0, 4)).toEqual(Array(4).fill('never'));
    expect(freshness.slice(4, 8)).toEqual(Array(4).fill('failed'));
    expect(freshness.slice(8, 16)).toEqual(Array(8).fill('current'));
    expect(freshness.slice(16)).toEqual(Array(4).fill('never'));
    expect(fake.rules).toHaveLength(16); // those cancelled while they waited were never asked for
  });

  it('keeps the rules it knew with the error, and forgets the error when it works again', async () => {
    const { inventory, fake } = await connected();
    const load = async (force: boolean, end: (call: (typeof fake.rules)[number]) => Promise<void>) => {
      const loaded = inventory.loadRules(id, { force });
      await settled();
      await end(fake.rules.pop()!);
      return loaded;
    };
    await load(false, (call) => call.answer([rule(registry('first'))]));
    const error = new Error('throttled');
    expect(await load(true, (call) => call.fail(error))).toMatchObject({
      rulesFreshness: 'failed',
      rulesError: error,
      rules: [{ name: 'MyRule' }],
    });
    const entry = await load(false, (call) => call.answer([]));
    expect(entry).toEqual({ registry: registry('first'), rules: [], rulesFreshness: 'current' });
  });

  it('begins again with force, so that what was just written is seen', async () => {
    const { inventory, fake } = await connected();
    const early = inventory.loadRules(id);
    await settled();
    const forced = inventory.loadRules(id, { force: true });
    await settled();
    await fake.rules[0]!.answer([]);
    await fake.rules[1]!.answer([rule(registry('first'))]);
    for (const entry of await Promise.all([early, forced])) expect(entry?.rules).toHaveLength(1);
  });

  it('reads again after a forced refresh, and shows the old rules until then', async () => {
    const { inventory, fake } = await connected();
    const loaded = inventory.loadRules(id);
    await settled();
    await fake.rules.pop()!.answer([rule(registry('first'))]);
    await loaded;
    const refreshed = inventory.refresh({ force: true });
    await fake.lists.pop()!.answer({ registries: [registry('first')], failures: [] });
    await refreshed;
    expect(inventory.entry(id)).toMatchObject({ rulesFreshness: 'snapshot', rules: [{ name: 'MyRule' }] });
    void inventory.loadRules(id);
    await settled();
    expect(fake.rules).toHaveLength(1);
  });

  it('survives a refresh that replaces or removes the registry meanwhile', async () => {
    const { inventory, fake } = await connected();
    const loads = [id, registry('second').id].map((each) => inventory.loadRules(each));
    await settled();
    const refreshed = inventory.refresh();
    await fake.lists.pop()!.answer({ registries: [{ ...registry('first'), sku: 'Basic' }], failures: [] });
    await refreshed;
    await fake.rules[0]!.answer([rule(registry('first'))]);
    await fake.rules[1]!.answer([rule(registry('second'))]);
    const [first, second] = await Promise.all(loads);
    expect(first).toMatchObject({ registry: { sku: 'Basic' }, rulesFreshness: 'current', rules: [{}] });
    expect(second).toBeUndefined();
  });
});

describe('listeners', () => {
  it('can leave, and one that throws does not stop the others', () => {
    const lines: string[] = [];
    const inventory = createInventory({ snapshot: memoryFile(), log: (line) => lines.push(line) });
    inventory.onDidChange(() => {
      throw new Error('broken view');
    });
    const changes = changesOf(inventory);
    const left: InventoryChange[] = [];
    inventory.onDidChange((change) => left.push(change)).dispose();
    inventory.connect(fakeAzure().azure, true);
    expect([changes.length, left.length]).toEqual([1, 0]);
    expect(lines[0]).toContain('broken view');
  });

  it('hear nothing after dispose', async () => {
    const { inventory, fake } = await connected();
    const changes = changesOf(inventory);
    const running = inventory.refresh();
    expect(changes).toHaveLength(1);
    await inventory.dispose();
    await running;
    expect(fake.lists[0]!.signal!.aborted).toBe(true);
    inventory.connect(undefined, false);
    expect(changes).toHaveLength(1);
  });
});
