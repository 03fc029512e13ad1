import type { FoundReference } from '../types.ts';

/** By where they begin, then by where they end. */
export function inTextOrder(found: readonly FoundReference[]): FoundReference[] {
  return found.toSorted(({ range: a }, { range: b }) => a.start - b.start || a.end - b.end);
}
