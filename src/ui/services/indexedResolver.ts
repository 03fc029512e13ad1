import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FoundReference } from '../../files/types.ts';
import { rulesIndex } from '../../inventory/registryRules.ts';
import { createResolver } from '../../inventory/resolution.ts';
import type { Resolver } from '../../inventory/resolutionTypes.ts';
import type { InventoryState } from '../../inventory/types.ts';
import type { Services } from './services.ts';

/** What resolves references, and the state by which it does. */
export interface IndexedResolver {
  readonly state: InventoryState;
  readonly resolver: Resolver;
}

/** How long indexing holds the extension host at a time, in milliseconds, but for one registry's rules. */
const sliceInMs = 8;

/** For each state the one run that all wait for who ask at the same time. */
const runs = new WeakMap<InventoryState, Promise<void>>();

/**
 * What resolves references by the rules known now. They are indexed before its first question, with pauses: 200,000 rules take some
 * 300 ms. What becomes known meanwhile is left to the next who asks: it may go on for long.
 */
export async function indexedResolver({
  inventory: { state },
  observations,
}: Pick<Services, 'inventory' | 'observations'>): Promise<IndexedResolver> {
  const run = runs.get(state) ?? indexRules(state);
  runs.set(state, run);
  await run;
  return { state, resolver: createResolver(state, observations) };
}

async function indexRules({ registries }: InventoryState): Promise<void> {
  let until = performance.now() + sliceInMs;
  for (const { rules } of registries.values()) {
    if (rules) rulesIndex(rules);
    if (performance.now() < until) continue;
    await nextTurn();
    until = performance.now() + sliceInMs;
  }
}

/** Whether a text is a reference, and does not only look like one. */
export function isReference(
  { certain, image }: Pick<FoundReference, 'certain' | 'image'>,
  resolver: Resolver,
): boolean {
  return certain || (image.host !== undefined && resolver.knowsHost(image.host));
}
