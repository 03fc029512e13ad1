import { describe, expect, it, vi } from 'vitest';
import type { PullProof, RuleCheckup } from '../../../src/domain/ruleVerdict.ts';
import type { CacheRule } from '../../../src/domain/types.ts';
import { publicCloud } from '../../../src/azure/clouds.ts';
import { createInventory, type Inventory } from '../../../src/inventory/inventory.ts';
import { findRule } from '../../../src/inventory/knowledge.ts';
import { ownerOf, writeSnapshot } from '../../../src/inventory/snapshot.ts';
import { fakeAzure, memoryFile, registry, rule, type FakeAzure } from './fakeAzure.ts';

const first = registry('first');
const made = { identity: { id: '/id', principalId: 'principal' }, creationDate: '2026-11-01T00:00:00.000Z' };
const [one, two] = [
  { ...rule(first, 'One'), ...made },
  { ...rule(first, 'Two'), ...made },
];
const checkup: RuleCheckup = {
  findings: [
    {
      check: 'ruleState',
      verdict: 'problem',
      pull: 'dependsOn',
      title: 'State',
      reason: 'It failed.',
      hasRepair: true,
    },
  ],
  checkedAt: '2026-11-23T10:00:00.000Z',
  served: false,
  isWhole: true,
};
const proof: PullProof = {
  image: 'app:1',
  by: 'docker',
  provenAt: '2026-11-23T11:00:00.000Z',
  digest: 'sha256:a',
  upstream: 'same',
};

/** A diagnosis and a proven pull. */
function note(inventory: Inventory, ruleId: string): void {
  inventory.noteCheckup(ruleId, checkup, new Set(['ruleState']));
  inventory.noteProof(ruleId, proof);
}

async function withRules(): Promise<{ inventory: Inventory; fake: FakeAzure }> {
  const fake = fakeAzure();
  const inventory = createInventory({ snapshot: memoryFile() });
  inventory.connect(fake.azure, true);
  const refreshed = inventory.refresh();
  await fake.lists.pop()!.answer({ registries: [first, registry('second')], failures: [] });
  await refreshed;
  await load(inventory, fake, [one, two]);
  return { inventory, fake };
}

async function load(inventory: Inventory, fake: FakeAzure, rules: CacheRule[]): Promise<void> {
  const loading = inventory.loadRules(first.id, { force: true });
  await fake.rules.pop()!.answer(rules);
  await loading;
}

const known = (inventory: Inventory) => [...(inventory.entry(first.id)?.knowledge?.keys() ?? [])];

describe('what is known of a rule', () => {
  it('keeps it with the registry, whatever the casing, and tells which one changed', async () => {
    const { inventory } = await withRules();
    const changes: unknown[] = [];
    inventory.onDidChange((change) => changes.push(change));
    note(inventory, one.id.toUpperCase());
    expect(inventory.knowledge(one.id)).toEqual({ checkup, proof });
    expect(changes).toEqual([{ registryId: first.id }, { registryId: first.id }]);
    inventory.noteProof(one.id, undefined);
    expect(inventory.knowledge(one.id)).toEqual({ checkup });
  });

  it('does nothing for a registry that is not known, or for what is no rule', async () => {
    const { inventory } = await withRules();
    const before = inventory.state;
    note(inventory, rule(registry('third')).id);
    note(inventory, 'nonsense');
    expect(inventory.state).toBe(before);
  });

  it('is not told of a rule that has the name of the one that was pulled through', async () => {
    const { inventory, fake } = await withRules();
    await load(inventory, fake, [{ ...one, creationDate: '2026-11-23T10:59:00.000Z' }, two]);
    inventory.noteProof(one.id, proof, one);
    inventory.noteProof(two.id, proof, two);
    expect(known(inventory)).toEqual([two.id.toLowerCase()]);
  });

  it('stays when the snapshot arrives late, which knows the rules but nothing of them', async () => {
    const snapshot = memoryFile();
    const { state } = (await withRules()).inventory;
    await snapshot.write(writeSnapshot(ownerOf(publicCloud, state.subscriptions), state));
    const fake = fakeAzure();
    const inventory = createInventory({ snapshot });
    inventory.connect(fake.azure, true);
    const refreshed = inventory.refresh();
    await fake.lists.pop()!.answer({ registries: [first], failures: [] });
    await refreshed;
    note(inventory, one.id);
    await inventory.restore();
    expect(inventory.entry(first.id)?.rules).toHaveLength(2);
    expect(inventory.knowledge(one.id)).toEqual({ checkup, proof });
  });

  it('survives a refresh and a new connection, and goes with its rule', async () => {
    const { inventory, fake } = await withRules();
    for (const { id } of [one, two]) note(inventory, id);
    const refreshed = inventory.refresh({ force: true });
    await fake.lists.pop()!.answer({ registries: [first], failures: [] });
    await refreshed;
    expect(known(inventory)).toHaveLength(2);
    inventory.connect(fake.azure, true);
    expect(known(inventory)).toHaveLength(2);
    await load(inventory, fake, [one]);
    expect(known(inventory)).toEqual([one.id.toLowerCase()]);
    await load(inventory, fake, [two]);
    expect(known(inventory)).toEqual([]);
  });

  it.each<[string, Partial<CacheRule>]>([
    ['another source', { sourceRepository: 'upstreamregistry.example/other' }],
    ['another identity', { identity: { id: '/identity' } }],
    ['a credential set', { credentialSetId: '/set' }],
    ['another target', { targetRepository: 'other' }],
    ['the identity made anew', { identity: { id: '/id', principalId: 'other' } }],
    ['another creation date', { creationDate: '2026-11-02T00:00:00.000Z' }],
  ])('does not speak of a rule that has %s since', async (_, change) => {
    const { inventory, fake } = await withRules();
    for (const { id } of [one, two]) note(inventory, id);
    await load(inventory, fake, [
      { ...one, ...change },
      // The same moment, as Azure also writes it.
      { ...two, provisioningState: 'Updating', creationDate: '2026-11-01T00:00:00.0000000+00:00' },
    ]);
    expect(known(inventory)).toEqual([two.id.toLowerCase()]);
  });
});

describe('what two windows know of a rule', () => {
  /** Two windows that have read the same snapshot, in which `one` was pulled through. */
  async function twoWindows() {
    const file = memoryFile();
    const snapshot = Object.assign(file, { stamp: () => Promise.resolve(String(file.writes.length)) });
    const { state } = (await withRules()).inventory;
    const registries = new Map(
      [...state.registries].map(([key, entry]) => [
        key,
        { ...entry, knowledge: new Map([[one.id.toLowerCase(), { proof }]]) },
      ]),
    );
    await snapshot.write(writeSnapshot(ownerOf(publicCloud, state.subscriptions), { ...state, registries }));
    const open = async () => {
      const inventory = createInventory({ snapshot, snapshotDelayInMs: 0 });
      await inventory.restore();
      inventory.connect(fakeAzure().azure, true);
      return inventory;
    };
    /** Waits for what a window writes. */
    const written = async (change: () => void): Promise<void> => {
      const before = file.writes.length;
      change();
      await vi.waitFor(() => expect(file.writes.length).toBe(before + 1));
    };
    return { first: await open(), second: await open(), open, written };
  }

  it('is not lost when the other one writes what it has found out', async () => {
    const windows = await twoWindows();
    await windows.written(() => windows.first.noteCheckup(one.id, checkup, new Set()));
    await windows.written(() => windows.second.noteProof(two.id, proof));
    expect(windows.second.knowledge(one.id)).toEqual({ checkup, proof });
    const later = await windows.open();
    expect([one, two].map(({ id }) => later.knowledge(id))).toEqual([{ checkup, proof }, { proof }]);
  });

  it('does not come back where one has found that it is so no more', async () => {
    const windows = await twoWindows();
    await windows.written(() => windows.first.noteProof(one.id, undefined));
    await windows.written(() => windows.second.noteProof(two.id, proof));
    expect((await windows.open()).knowledge(one.id).proof).toBeUndefined();
  });

  it('is what the one says that writes last, where both have found out something', async () => {
    const windows = await twoWindows();
    await windows.written(() => windows.first.noteProof(one.id, { ...proof, image: 'first:1' }));
    await windows.written(() => windows.second.noteProof(one.id, { ...proof, image: 'second:1' }));
    expect((await windows.open()).knowledge(one.id).proof?.image).toBe('second:1');
  });
});

it('a rule is found by its id, whatever its casing, without a look at each of the others', () => {
  let looks = 0;
  const rules = Array.from({ length: 1000 }, (_, index) => {
    const { id, ...rest } = rule(first, `Rule-${index}`);
    return {
      ...rest,
      get id() {
        looks++;
        return id;
      },
    };
  });
  const registries = new Map([
    [first.id.toLowerCase(), { registry: first, rules, rulesFreshness: 'current' as const }],
  ]);
  for (let index = 0; index < 1000; index++) {
    const found = findRule({ registries }, rule(first, `Rule-${index}`).id.toUpperCase());
    expect(found?.rule.name).toBe(`Rule-${index}`);
  }
  expect(looks).toBeLessThanOrEqual(1000);
  expect(findRule({ registries }, rule(first, 'Rule-1000').id)).toBeUndefined();
});
