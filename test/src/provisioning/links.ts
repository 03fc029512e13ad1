import { identityArmId, registryArmId } from '../../../src/domain/armId.ts';
import { parseRepositoryPattern } from '../../../src/domain/repositoryPattern.ts';
import type { RepositoryPattern } from '../../../src/domain/types.ts';
import type { CacheLink } from '../../../src/provisioning/types.ts';

export const subscription = '11111111-1111-4111-8111-111111111111';

/** `app`, `team/*`, `*`. */
export function pattern(text: string): RepositoryPattern {
  const parsed = parseRepositoryPattern(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

/** `MyRule: myapp ⇒ cache/myapp` as a tuple. */
export function mapping(ruleName: string, source: string, target = source): CacheLink['mappings'][number] {
  return { ruleName, source: pattern(source), target: pattern(target) };
}

/** The article's link, for tests that need no Azure. */
export function articleLink(change: Partial<CacheLink> = {}): CacheLink {
  return {
    downstream: { id: registryArmId(subscription, 'MyResourceGroup', 'MyRegistry'), loginServer: 'myregistry.example' },
    source: {
      kind: 'registry',
      id: registryArmId(subscription, 'MyResourceGroup', 'UpstreamRegistry'),
      loginServer: 'upstreamregistry.example',
    },
    mappings: [mapping('MyRule', 'myapp')],
    authentication: {
      kind: 'identity',
      identityId: identityArmId(subscription, 'MyResourceGroup', 'MyACRCacheIdentity'),
      create: { location: 'chinanorth3' },
    },
    access: 'condition',
    ...change,
  };
}
