import { runInSlices } from '../../common/slices.ts';
import { createResolver, indexRules } from '../../inventory/resolution.ts';
import type { Resolver } from '../../inventory/resolutionTypes.ts';
import type { InventoryState } from '../../inventory/types.ts';
import type { Services } from './services.ts';

/** For each state the one run that all wait for who ask at the same time. */
const runs = new WeakMap<InventoryState, Promise<unknown>>();

/**
 * What resolves references by the rules known now, which are indexed in slices, so that its first question does not hold the
 * extension host. What becomes known meanwhile is left to the next who asks: it may go on for long.
 */
export async function indexedResolver({
  inventory: { state },
  listings,
}: Pick<Services, 'inventory' | 'listings'>): Promise<{ readonly state: InventoryState; readonly resolver: Resolver }> {
  const run = runs.get(state) ?? runInSlices(indexRules(state));
  runs.set(state, run);
  await run;
  return { state, resolver: createResolver(state, listings) };
}
