import { runInSlices } from '../../files/slices.ts';
import { indexRules } from '../../inventory/resolution.ts';
import type { InventoryState } from '../../inventory/types.ts';
import type { Services } from './services.ts';

/** For each state the one run that all wait for who ask at the same time. */
const runs = new WeakMap<InventoryState, Promise<unknown>>();

/** Indexes the rules known now, in slices, so that the first question to a resolver does not hold the extension host. */
export async function rulesIndexed({ inventory }: Pick<Services, 'inventory'>): Promise<void> {
  for (let state; state !== inventory.state;) {
    state = inventory.state;
    const run = runs.get(state) ?? runInSlices(indexRules(state));
    runs.set(state, run);
    await run;
  }
}
