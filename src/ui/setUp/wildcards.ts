import type { RepositoryPattern } from '../../domain/types.ts';

/** How many wildcards are offered; more can be typed. */
const limit = 50;

/**
 * Wildcards worth offering for these repositories: every path with at least two repositories below it, the largest first,
 * then `*` for all.
 */
export function suggestWildcards(repositories: readonly string[]): RepositoryPattern[] {
  const below = new Map<string, number>();
  for (const repository of repositories) {
    for (let slash = repository.indexOf('/'); slash > 0; slash = repository.indexOf('/', slash + 1)) {
      const prefix = repository.slice(0, slash);
      below.set(prefix, (below.get(prefix) ?? 0) + 1);
    }
  }
  const prefixes = [...below]
    .filter(([, count]) => count >= 2)
    .sort(([a, countA], [b, countB]) => countB - countA || a.localeCompare(b))
    .slice(0, limit)
    .map(([prefix]): RepositoryPattern => ({ kind: 'prefix', prefix }));
  return [...prefixes, { kind: 'all' }];
}
