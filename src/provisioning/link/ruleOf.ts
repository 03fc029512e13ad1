import { cacheRuleArmId } from '../../domain/armId.ts';
import { formatRepositoryPattern, formatSourceRepository } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { CacheLink, RepositoryMapping } from '../types.ts';

/** The rule that a mapping of the link will be. */
export function ruleOf(link: CacheLink, { ruleName, source, target }: RepositoryMapping): CacheRule {
  return {
    id: cacheRuleArmId(link.downstream.id, ruleName),
    name: ruleName,
    registryId: link.downstream.id,
    sourceRepository: formatSourceRepository({ loginServer: link.source.loginServer, pattern: source }),
    targetRepository: formatRepositoryPattern(target),
    identity: { id: link.authentication.identityId },
  };
}
