import type { PullProof } from '../../domain/ruleVerdict.ts';
import { formatPlatform } from './cacheProbe.ts';
import type { CacheProof } from './verify.ts';

/** What is remembered of a pull after which the image was found cached. `by`: what pulled, see `PullProof`. */
export function pullProofOf(
  image: string,
  by: string,
  { downstreamDigest = '', upstreamDigest, isStale, platforms }: CacheProof,
): PullProof {
  const cached = platforms.filter((platform) => platform.cached).map(({ platform }) => formatPlatform(platform));
  return {
    image,
    by,
    provenAt: new Date().toISOString(),
    digest: downstreamDigest,
    upstream: upstreamDigest === undefined ? 'unknown' : isStale ? 'newer' : 'same',
    ...(platforms.length > 0 && { platforms: { cached, count: platforms.length } }),
  };
}
