import { expect, test } from 'vitest';
import type { CacheRule, Registry } from '../../../src/domain/types.ts';
import { indexRules } from '../../../src/inventory/registryRules.ts';
import type { RegistryEntry } from '../../../src/inventory/types.ts';
import { rulesIndexed } from '../../../src/ui/shared/rulesIndexed.ts';

const entry = (...rules: CacheRule[]): RegistryEntry => ({
  registry: {} as Registry,
  rules,
  rulesFreshness: 'current',
});
const open = (state: { readonly registries: ReadonlyMap<string, RegistryEntry> }) => [...indexRules(state)].length;

test('indexes what is known, and what comes to be known meanwhile', async () => {
  const [first, second] = [entry(), entry()];
  const before = { registries: new Map([['a', first]]) };
  const after = { registries: new Map([...before.registries, ['b', second]]) };
  const inventory = { state: before };
  const ready = rulesIndexed({ inventory } as never);
  inventory.state = after;
  await ready;
  expect(open(after)).toBe(0);
});
