import { identityArmId, registryArmId } from '../../../src/domain/armId.ts';
import type { CacheLink } from '../../../src/provisioning/types.ts';
import { pattern } from '../../samples.ts';

export const subscription = '11111111-1111-4111-8111-111111111111';

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
