import { expect, test } from 'vitest';
import type { Registry } from '../../../src/domain/types.ts';
import { indexRules } from '../../../src/inventory/resolution.ts';
import type { InventoryState } from '../../../src/inventory/types.ts';
import { rulesIndexed } from '../../../src/ui/shared/rulesIndexed.ts';

const stateOf = (...names: string[]): InventoryState => ({
  signedIn: true,
  cloudName: '',
  subscriptions: [],
  registries: new Map(
    names.map((name) => [
      name,
      { registry: { loginServer: `${name}.example` } as Registry, rules: [], rulesFreshness: 'current' },
    ]),
  ),
  freshness: 'current',
  failures: [],
});

test('indexes what is known, and what comes to be known meanwhile', async () => {
  const inventory = { state: stateOf('a') };
  const ready = rulesIndexed({ inventory } as never);
  const after = (inventory.state = stateOf('a', 'b'));
  await ready;
  expect([...indexRules(after)]).toEqual([]);
});
