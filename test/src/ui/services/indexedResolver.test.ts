import { expect, test, vi } from 'vitest';
import type { Registry } from '../../../../src/domain/types.ts';
import type { InventoryState } from '../../../../src/inventory/types.ts';
import { indexedResolver } from '../../../../src/ui/services/indexedResolver.ts';

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

test('resolves by what was known when it was asked for, whatever comes to be known meanwhile', async () => {
  const before = stateOf('a');
  const inventory = { state: before };
  const ready = indexedResolver({ inventory } as never);
  inventory.state = stateOf('a', 'b');
  const { state, resolver } = await ready;
  expect(state).toBe(before);
  expect([resolver.knowsHost('a.example'), resolver.knowsHost('b.example')]).toEqual([true, false]);
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
  await Promise.all([1, 2, 3].map(() => indexedResolver({ inventory: { state } } as never)));
  const together = alone.mock.calls.length;
  alone.mockClear();
  const same = { ...state };
  await indexedResolver({ inventory: { state: same } } as never);
  expect(together).toBe(alone.mock.calls.length);
});
