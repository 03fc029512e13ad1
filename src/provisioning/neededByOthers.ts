import { parseSourceRepository } from '../domain/repositoryPattern.ts';
import type { CacheRule, RepositoryPattern } from '../domain/types.ts';
import type { CacheLink } from './types.ts';

/** What a cache rule that exists needs to read in the upstream as the identity. */
export interface Need {
  readonly rule: CacheRule;
  readonly pattern: RepositoryPattern;
}

/** What these rules of one identity read from the link's upstream. */
export function needsOf(link: CacheLink, rules: readonly CacheRule[]): Need[] {
  return rules.flatMap((rule) => {
    const source = parseSourceRepository(rule.sourceRepository);
    const here = source.ok && source.value.loginServer.toLowerCase() === link.upstream.loginServer.toLowerCase();
    return here ? [{ rule, pattern: source.value.pattern }] : [];
  });
}
