import { authorize } from './access/authorize.ts';
import { attributesOf } from './attributes.ts';
import { matchRule } from './caching/cacheRules.ts';
import { notedTags, startCopy } from './caching/copy.ts';
import { digestOf, isDigest, isDigestOf } from './digest.ts';
import { RegistryError, manifestUnknown, nameUnknown, unsupported } from './errors.ts';
import { readManifest } from './manifestDocument.ts';
import { isIndexType, mediaTypes } from './mediaTypes.ts';
import { checkWritable, isFresh, proxyManifest } from './caching/pullThrough.ts';
import { claimRepository, deleteManifest, findBlob, putManifest, resolveReference, tagManifest } from './store.ts';
import type { Answer, SandboxRequest } from '../core.ts';
import type { RegistryContext } from './context.ts';
import type { ManifestDocument } from './manifestDocument.ts';

/** The distribution specification's tag grammar. */
export const tagGrammar = /^\w[\w.-]{0,127}$/;

/** `/v2/{repository}/manifests/{reference}` */
export async function handleManifest(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  reference: string,
): Promise<Answer> {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      authorize(context, request, { repository, anyOf: ['pull'] });
      return read(context, request, repository, reference);
    case 'PUT':
      authorize(context, request, { repository, anyOf: ['push'] });
      return write(context, request, repository, reference);
    case 'DELETE':
      authorize(context, request, { repository, anyOf: ['delete'] });
      return remove(context, repository, reference);
    default:
      throw unsupported();
  }
}

async function read(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  reference: string,
): Promise<Answer> {
  if (!tagGrammar.test(reference) && !isDigest(reference)) throw manifestUnknown(reference);
  const stored = context.content.repositories.get(repository);
  const digest = resolveReference(stored, reference);
  const match = matchRule(context, repository);
  if (match !== undefined) {
    const isTag = !isDigest(reference);
    const usable = digest !== undefined && (!isTag || (await isFresh(context, request, match, repository, reference)));
    if (!usable) return proxyManifest(context, request, match, repository, reference);
    // A tag may have been resolved by HEAD to what is stored already without it.
    if (request.method === 'GET' && notedTags(context, repository, digest).length > 0) {
      startCopy(context, match, repository, digest);
    }
  }
  if (stored === undefined) throw nameUnknown();
  const manifest = digest === undefined ? undefined : stored.manifests.get(digest);
  if (digest === undefined || manifest === undefined) throw manifestUnknown(reference);
  if (!accepts(request, manifest.mediaType)) throw notAcceptable(manifest.mediaType);
  return {
    status: 200,
    headers: {
      'Content-Type': manifest.mediaType,
      'Docker-Content-Digest': digest,
      'Docker-Distribution-Api-Version': 'registry/2.0',
      ETag: `"${digest}"`,
    },
    body: manifest.bytes,
  };
}

async function write(
  context: RegistryContext,
  request: SandboxRequest,
  repository: string,
  reference: string,
): Promise<Answer> {
  checkWritable(context, matchRule(context, repository), repository);
  const bytes = await request.body();
  const byDigest = reference.includes(':');
  const digest = byDigest ? reference : digestOf(bytes);
  if (byDigest && !isDigestOf(digest, bytes)) {
    throw new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  if (!byDigest && !tagGrammar.test(reference))
    throw new RegistryError(400, 'TAG_INVALID', 'manifest tag did not match URI');
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const document = readManifest(bytes, mediaType);
  if (document === undefined) throw new RegistryError(400, 'MANIFEST_INVALID', 'manifest invalid');
  checkParts(context, repository, document);
  const now = context.core.clock.now();
  const target = claimRepository(context, repository);
  if (!byDigest && target.tags.has(reference) && !attributesOf(target, 'tag', reference).writeEnabled) throw locked();
  putManifest(target, digest, mediaType, bytes, now);
  if (!byDigest) tagManifest(target, reference, digest, now);
  return {
    status: 201,
    headers: {
      Location: `/v2/${repository}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      'Docker-Distribution-Api-Version': 'registry/2.0',
      ...(document.subject === undefined ? {} : { 'OCI-Subject': document.subject.digest }),
    },
  };
}

/** Everything a manifest names must be there already: blobs of an image, manifests of an index. */
function checkParts(context: RegistryContext, repository: string, document: ManifestDocument): void {
  const missingBlob = [...(document.config === undefined ? [] : [document.config]), ...document.layers].find(
    (part) => part.urls === undefined && findBlob(context, repository, part.digest) === undefined,
  );
  if (missingBlob !== undefined) {
    throw new RegistryError(400, 'MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { digest: missingBlob.digest });
  }
  const stored = context.content.repositories.get(repository);
  const missingManifest = document.manifests.find((part) => stored?.manifests.has(part.digest) !== true);
  if (missingManifest !== undefined) {
    throw new RegistryError(400, 'MANIFEST_UNKNOWN', 'manifest unknown', { digest: missingManifest.digest });
  }
}

function remove(context: RegistryContext, repository: string, reference: string): Answer {
  if (!isDigest(reference)) throw unsupported();
  const stored = context.content.repositories.get(repository);
  if (stored === undefined) throw nameUnknown();
  if (stored.manifests.has(reference) && !attributesOf(stored, 'manifest', reference).deleteEnabled) throw locked();
  if (!deleteManifest(stored, reference, context.core.clock.now())) throw manifestUnknown(reference);
  return { status: 202 };
}

/** What ACR says when an attribute locks an artifact. */
export function locked(): RegistryError {
  return new RegistryError(
    405,
    'UNSUPPORTED',
    'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
  );
}

/** No Accept header accepts everything; parameters such as `q` are ignored. */
function accepts(request: SandboxRequest, mediaType: string): boolean {
  const header = request.headers.accept;
  if (header === undefined || header.trim() === '') return true;
  const types = header.split(',').map((type) => type.split(';')[0]?.trim() ?? '');
  return types.some((type) => type === mediaType || type === '*/*' || type === 'application/*');
}

function notAcceptable(mediaType: string): RegistryError {
  const kind = isIndexType(mediaType) ? 'index' : 'manifest';
  const name = mediaType === mediaTypes.ociIndex || mediaType === mediaTypes.ociManifest ? 'OCI' : 'Docker';
  return new RegistryError(
    404,
    'MANIFEST_UNKNOWN',
    `${name} ${kind} found, but accept header does not support ${name} ${kind === 'index' ? 'indexes' : 'manifests'}`,
  );
}
