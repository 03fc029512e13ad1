import { isDigestOf } from '../digest.ts';
import { readManifest } from '../manifestDocument.ts';
import { mediaTypes } from '../mediaTypes.ts';
import { isNetworkRestricted, trustsServices } from '../network.ts';
import { putBlob, putManifest, repositoryFor, tagManifest } from '../store.ts';
import { UpstreamError, askUpstream } from './upstream.ts';
import type { MatchedRule } from './cacheRules.ts';
import type { RegistryContext } from '../context.ts';

/**
 * Copies one manifest from a rule's source after the configured delay: an index alone (its platforms come when each is pulled),
 * an image's manifest with its blobs. Asked again while under way, it does nothing.
 */
export function startCopy(context: RegistryContext, match: MatchedRule, repository: string, digest: string): void {
  const key = `${repository}@${digest}`;
  if (context.copies.has(key)) return;
  context.copies.add(key);
  context.core.runLater(context.core.options.copyDelayMs, async () => {
    try {
      await copy(context, match, repository, digest);
    } catch (error) {
      // The source changed its mind or went away: nothing is cached, and the next pull tries again.
      if (!(error instanceof UpstreamError)) throw error;
    } finally {
      context.copies.delete(key);
    }
  });
}

/** Remembers that a client resolved a tag to a digest, by GET or HEAD: the copy of that digest gets the tag. */
export function noteTag(context: RegistryContext, repository: string, digest: string, tag: string): void {
  const tags = context.resolvedTags.get(repository) ?? new Map<string, string>();
  tags.set(tag, digest);
  context.resolvedTags.set(repository, tags);
}

/** Tags that clients resolved to this digest and that no copy has set yet. */
export function notedTags(context: RegistryContext, repository: string, digest: string): string[] {
  const tags = [...(context.resolvedTags.get(repository) ?? [])];
  return tags.filter(([, resolved]) => resolved === digest).map(([tag]) => tag);
}

async function copy(context: RegistryContext, match: MatchedRule, repository: string, digest: string): Promise<void> {
  const { core, content } = context;
  if (core.state.content.get(context.registry.id.toLowerCase()) !== content) return;
  if (isNetworkRestricted(context) && !trustsServices(context)) {
    // Seen on Azure: the repository appears, without tags or manifests (Microsoft Q&A 5789741).
    repositoryFor(content, repository, core.clock.now());
    return;
  }
  const bytes = content.repositories.get(repository)?.manifests.get(digest)?.bytes;
  const fetched = bytes === undefined ? await fetchManifest(context, match, digest) : undefined;
  const blobs = fetched === undefined ? [] : await fetchBlobs(context, match, fetched.bytes, fetched.mediaType);
  const now = core.clock.now();
  const target = repositoryFor(content, repository, now);
  for (const blob of blobs) putBlob(content, target, blob.bytes, blob.digest);
  if (fetched !== undefined) putManifest(target, digest, fetched.mediaType, fetched.bytes, now);
  for (const tag of notedTags(context, repository, digest)) {
    tagManifest(target, tag, digest, now);
    context.resolvedTags.get(repository)?.delete(tag);
  }
}

async function fetchManifest(
  context: RegistryContext,
  match: MatchedRule,
  digest: string,
): Promise<{ readonly bytes: Buffer; readonly mediaType: string }> {
  const answer = await askUpstream(context, match, {
    method: 'GET',
    path: `manifests/${digest}`,
    headers: {
      Accept: [mediaTypes.ociIndex, mediaTypes.ociManifest, mediaTypes.dockerList, mediaTypes.dockerManifest].join(
        ', ',
      ),
    },
    hops: 0,
  });
  if (!isDigestOf(digest, answer.body)) throw new UpstreamError('failed', answer.status);
  return { bytes: answer.body, mediaType: answer.headers['content-type'] ?? '' };
}

async function fetchBlobs(
  context: RegistryContext,
  match: MatchedRule,
  manifest: Buffer,
  mediaType: string,
): Promise<{ readonly digest: string; readonly bytes: Buffer }[]> {
  const document = readManifest(manifest, mediaType);
  const blobs: { readonly digest: string; readonly bytes: Buffer }[] = [];
  for (const { digest, urls } of [...(document?.config ? [document.config] : []), ...(document?.layers ?? [])]) {
    if (urls !== undefined) continue;
    const answer = await askUpstream(context, match, { method: 'GET', path: `blobs/${digest}`, hops: 0 });
    if (!isDigestOf(digest, answer.body)) throw new UpstreamError('failed', answer.status);
    blobs.push({ digest, bytes: answer.body });
  }
  return blobs;
}
