import { describe, expect, it } from 'vitest';
import type { CacheRule } from '../../../src/domain/types.ts';
import { createInventory, type Inventory } from '../../../src/inventory/inventory.ts';
import type { RuleHealth } from '../../../src/inventory/types.ts';
import { fakeAzure, memoryFile, registry, rule, type FakeAzure } from './fakeAzure.ts';

const first = registry('first');
const [one, two] = [rule(first, 'One'), rule(first, 'Two')];
const health: RuleHealth = { health: 'problems', sentence: '2 problems', checkedAt: '2026-11-23T10:00:00.000Z' };

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

const known = (inventory: Inventory) => [...(inventory.entry(first.id)?.diagnoses?.keys() ?? [])];

describe('noteDiagnosis', () => {
  it('keeps it with the registry, whatever the casing, and tells which one changed', async () => {
    const { inventory } = await withRules();
    const changes: unknown[] = [];
    inventory.onDidChange((change) => changes.push(change));
    inventory.noteDiagnosis(one.id.toUpperCase(), health);
    expect(inventory.entry(first.id)?.diagnoses?.get(one.id.toLowerCase())).toEqual(health);
    expect(changes).toEqual([{ registryId: first.id }]);
  });

  it('does nothing for a registry that is not known, or for what is no rule', async () => {
    const { inventory } = await withRules();
    const before = inventory.state;
    inventory.noteDiagnosis(rule(registry('third')).id, health);
    inventory.noteDiagnosis('nonsense', health);
    expect(inventory.state).toBe(before);
  });

  it('survives a refresh and a new connection, and goes with its rule', async () => {
    const { inventory, fake } = await withRules();
    for (const { id } of [one, two]) inventory.noteDiagnosis(id, health);
    const refreshed = inventory.refresh({ force: true });
    await fake.lists.pop()!.answer({ registries: [first], failures: [] });
    await refreshed;
    expect(known(inventory)).toHaveLength(2);
    inventory.connect(fake.azure, true);
    expect(known(inventory)).toHaveLength(2);
    inventory.removeRule(two.id);
    expect(known(inventory)).toEqual([one.id.toLowerCase()]);
    await load(inventory, fake, [two]);
    expect(known(inventory)).toEqual([]);
  });

  it.each<[string, Partial<CacheRule>]>([
    ['another source', { sourceRepository: 'upstreamregistry.example/other' }],
    ['another identity', { identity: { id: '/identity' } }],
    ['a credential set', { credentialSetId: '/set' }],
  ])('does not speak of a rule that has %s since', async (_, change) => {
    const { inventory, fake } = await withRules();
    for (const { id } of [one, two]) inventory.noteDiagnosis(id, health);
    await load(inventory, fake, [
      { ...one, ...change },
      { ...two, provisioningState: 'Updating' },
    ]);
    expect(known(inventory)).toEqual([two.id.toLowerCase()]);
  });
});
