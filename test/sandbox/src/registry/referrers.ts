import { authorize } from './access/authorize.ts';
import { matchRule } from './caching/cacheRules.ts';
import { isDigest } from './digest.ts';
import { RegistryError, nameUnknown, unsupported } from './errors.ts';
import { readManifest } from './manifestDocument.ts';
import { mediaTypes } from './mediaTypes.ts';
import { proxyReferrers } from './caching/pullThrough.ts';
import type { Answer, SandboxRequest } from '../core.ts';
import type { RepositoryState } from '../types.ts';
import type { RegistryContext } from './context.ts';

/** `/v2/{repository}/referrers/{digest}`: an index of the manifests whose `subject` is the digest. */
export async function handleReferrers(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  digest: string,
): Promise<Answer> {
  if (request.method !== 'GET') throw unsupported();
  authorize(context, request, { repository, anyOf: ['pull'] });
  if (!isDigest(digest)) throw new RegistryError(400, 'DIGEST_INVALID', 'invalid digest');
  const match = matchRule(context, repository);
  if (match !== undefined) return proxyReferrers(context, request, match, digest);
  const stored = context.content.repositories.get(repository);
  if (stored === undefined) throw nameUnknown();
  const wanted = request.query.get('artifactType');
  const manifests = referrersOf(stored, digest).filter((entry) => wanted === null || entry.artifactType === wanted);
  return {
    status: 200,
    headers: {
      'Content-Type': mediaTypes.ociIndex,
      ...(wanted === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
    body: JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }),
  };
}

function referrersOf(repository: RepositoryState, subject: string) {
  return [...repository.manifests].flatMap(([digest, { bytes, mediaType }]) => {
    const document = readManifest(bytes, mediaType);
    if (document?.subject?.digest !== subject) return [];
    return [
      {
        mediaType,
        digest,
        size: bytes.length,
        artifactType: document.artifactType ?? document.config?.mediaType,
        ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
      },
    ];
  });
}
