import { expect, test, vi } from 'vitest';
import type { Registry } from '../../../src/domain/types.ts';
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
  inventory.state = stateOf('a', 'b');
  const later = vi.spyOn(inventory.state.registries, 'values');
  await ready;
  expect(later).toHaveBeenCalled();
});

test('indexes once what many ask for at the same time', async () => {
  const state = stateOf('a');
  const values = state.registries.values.bind(state.registries);
  const alone = vi.fn(() => {
    // Longer than a slice, so that the others ask before it is done.
    for (const until = performance.now() + 20; performance.now() < until;);
    return values();
  });
  state.registries.values = alone;
  await Promise.all([1, 2, 3].map(() => rulesIndexed({ inventory: { state } } as never)));
  const together = alone.mock.calls.length;
  alone.mockClear();
  const same = { ...state };
  await rulesIndexed({ inventory: { state: same } } as never);
  expect(together).toBe(alone.mock.calls.length);
});
