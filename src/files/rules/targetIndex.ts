import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../domain/types.ts';

/** Things by their target, found again without looking at all of them. */
export interface TargetIndex<T> {
  /** The first with exactly this target. */
  same(target: RepositoryPattern): T | undefined;
  /** The nearest wildcard around the target that is not the target itself. */
  around(target: RepositoryPattern): T | undefined;
  /** Of several with one target the first stays; that one is given back. */
  add(target: RepositoryPattern, item: T): T | undefined;
}

export function createTargetIndex<T>(): TargetIndex<T> {
  // `team/*` is no repository's name, so wildcards and repositories can share one map.
  const byTarget = new Map<string, T>();

  return {
    same: (target) => byTarget.get(formatRepositoryPattern(target)),
    around(target) {
      if (target.kind === 'all') return undefined;
      const path = target.kind === 'prefix' ? target.prefix : target.repository;
      for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
        const item = byTarget.get(`${path.slice(0, slash)}/*`);
        if (item !== undefined) return item;
      }
      return byTarget.get('*');
    },
    add(target, item) {
      const key = formatRepositoryPattern(target);
      const known = byTarget.get(key);
      if (known === undefined) byTarget.set(key, item);
      return known;
    },
  };
}
