import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions, RegistryContent, StoredManifest } from '../azure/azure.ts';
import { AzureError, isCancelled } from '../azure/errors.ts';
import { mapBounded } from './mapBounded.ts';

export interface ResetTagResult {
  /** What is so now, and that the next pull copies again. */
  readonly sentence: string;
  /** Digests deleted. */
  readonly deleted: readonly string[];
  /** Digests left, since other tags or indexes name them. */
  readonly kept: readonly string[];
}

/** Indexes that are asked for what they name, so that nothing they need is deleted. */
const maxIndexes = 1000;

/**
 * Forgets a cached tag, so that the next pull copies it from the upstream again: deletes the tag, its manifest and the platform
 * manifests below it, as far as no other tag and no other index names them. Asks metadata only: reading a manifest by tag
 * would start the copy that is to be forgotten. Safe to call again.
 * @throws AzureError `notFound` when the tag is not cached
 */
export async function resetTag(
  azure: Azure,
  registryId: string,
  repository: string,
  tag: string,
  options: CallOptions = {},
): Promise<ResetTagResult> {
  const content = azure.registry(await azure.registries.get(registryId, options));
  const stored = await content.storedManifests(repository, options);
  const tagged = stored.find((manifest) => manifest.tags.includes(tag));
  const name = `${content.loginServer}/${repository}:${tag}`;
  if (!tagged) {
    throw new AzureError(l10n.t('{0} is not cached.', name), { kind: 'notFound', code: 'TagNotCached' });
  }
  const below = await content.manifestReferences(repository, tagged.digest, options);
  const isShared = tagged.tags.length > 1;
  const needed = isShared
    ? new Set(below)
    : await namedByOthers(content, repository, stored, tagged.digest, below, options);
  const present = new Map(stored.map((manifest) => [manifest.digest, manifest]));
  const parts = below.filter((digest) => present.has(digest));
  const free = parts.filter((digest) => !needed.has(digest) && present.get(digest)?.tags.length === 0);
  const deleted: string[] = [];
  if (isShared) {
    await content.deleteTag(repository, tag, options);
  } else {
    await content.deleteManifest(repository, tagged.digest, options);
    deleted.push(tagged.digest);
    // The tag is forgotten by now; a part that cannot be deleted is what the next pull would copy again anyway.
    for (const digest of free) if (await tryDelete(content, repository, digest, options)) deleted.push(digest);
  }
  const kept = [tagged.digest, ...parts].filter((digest) => !deleted.includes(digest));
  const sentence = isShared
    ? l10n.t(
        '{0} is no longer cached; its image stays, since other tags name it. The next pull copies the tag again.',
        name,
      )
    : l10n.t('{0} is no longer cached. The next pull copies it again.', name);
  return { sentence, deleted, kept };
}

async function tryDelete(
  content: RegistryContent,
  repository: string,
  digest: string,
  options: CallOptions,
): Promise<boolean> {
  try {
    await content.deleteManifest(repository, digest, options);
    return true;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return false;
  }
}

/** Of `digests`, those that another index of the repository names. */
async function namedByOthers(
  content: RegistryContent,
  repository: string,
  stored: readonly StoredManifest[],
  except: string,
  digests: readonly string[],
  options: CallOptions,
): Promise<Set<string>> {
  if (digests.length === 0) return new Set();
  const others = stored.filter(
    ({ digest, mediaType = '' }) => digest !== except && /index|manifest\.list/.test(mediaType),
  );
  // Too many to ask: what is below stays.
  if (others.length > maxIndexes) return new Set(digests);
  const named = await mapBounded(others, 8, ({ digest }) => content.manifestReferences(repository, digest, options));
  return new Set(named.flat());
}
