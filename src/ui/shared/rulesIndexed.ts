import { runInSlices } from '../../files/slices.ts';
import { indexRules } from '../../inventory/resolution.ts';
import type { Services } from './services.ts';

/** Indexes the rules known now, in slices, so that the first question to a resolver does not hold the extension host. */
export async function rulesIndexed({ inventory }: Pick<Services, 'inventory'>): Promise<void> {
  for (let state; state !== inventory.state;) {
    state = inventory.state;
    await runInSlices(indexRules(state));
  }
}
