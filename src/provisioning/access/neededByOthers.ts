import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { overlaps, setOfPatterns, type RepositorySet } from '../../domain/condition/repositorySet.ts';
import type { CacheRule, RepositoryPattern } from '../../domain/types.ts';
import type { CacheLink } from '../types.ts';

/** What a cache rule that exists reads in the upstream as the identity. */
export interface Need {
  readonly rule: CacheRule;
  /** `all` of a rule whose source is not understood: it may be anything. */
  readonly pattern: RepositoryPattern;
}

/** What these rules of one identity read from the link's upstream, or may read. */
export function needsOf(link: CacheLink, rules: readonly CacheRule[]): Need[] {
  return rules.flatMap((rule) => {
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok) return [{ rule, pattern: { kind: 'all' } }];
    return isSameRegistry(source.value.loginServer, link.source.loginServer)
      ? [{ rule, pattern: source.value.pattern }]
      : [];
  });
}

/** The needs that have a repository in common with the set. */
export function needsWithin(needs: readonly Need[], set: RepositorySet): Need[] {
  return needs.filter(({ pattern }) => overlaps(setOfPatterns([pattern]), set));
}

/**
 * Whether both hosts may be the same registry: besides its login server it has others that start with the same name (with `:443`,
 * `name.region.geo.azurecr.io`, `name.privatelink.azurecr.io`). Two registries taken for one only leave more in place.
 */
function isSameRegistry(host: string, loginServer: string): boolean {
  const nameOf = (text: string): string => text.toLowerCase().replace(/[.:].*/s, '');
  return nameOf(host) === nameOf(loginServer);
}
