import type { ImageReference } from '../domain/types.ts';
import type { Listings } from './listings.ts';
import type { Resolver } from './resolutionTypes.ts';
import type { InventoryState } from './types.ts';

/** Docker's reading of a name without host, or with one segment: `docker.io/library/ubuntu`. */
export function withDefaults(_image: ImageReference): ImageReference & { readonly host: string } {
  throw new Error('not written yet');
}

/**
 * Resolves references by what is known now. Indexes are kept per registry's list of rules, so that a new state costs only what
 * changed in it.
 */
export function createResolver(_state: InventoryState, _listings: Listings): Resolver {
  return {
    resolve: (image) => ({ verdict: 'unknown', image: withDefaults(image), cachedBy: [] }),
    knowsHost: () => false,
  };
}
