import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions, RegistryContent, StoredManifest } from '../../azure/azure.ts';
import { AzureError, isAzureError, isCancelled } from '../../azure/errors.ts';
import type { CacheRule } from '../../domain/types.ts';
import { abortLater } from '../engine/graceSignal.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { isSameRule } from '../engine/sameRule.ts';

export interface ResetTagResult {
  /** What is so now, and that the next pull copies again. */
  readonly sentence: string;
  /** Digests deleted. */
  readonly deleted: readonly string[];
  /** Digests left, since other tags or indexes name them. */
  readonly kept: readonly string[];
}

const cancelGraceMs = 30_000;
/** Indexes that are asked for what they name, so that nothing they need is deleted. */
const maxIndexes = 1000;

/**
 * Forgets a cached tag, so that the next pull copies it from the upstream again: deletes the tag, its manifest and the platform
 * manifests below it, as far as no other tag and no other index names them; only the tag when that cannot be known. Asks metadata
 * only: reading a manifest by tag would start the copy that is to be forgotten. Cancelled once it deletes, it resolves too: the tag
 * is gone. Safe to call again.
 * @param rule the rule that copies it again; where that is gone, or another one by now, nothing is deleted: it would not come back
 * @throws AzureError `notFound` when the tag is not cached, `conflict` when the rule is not that one any more
 */
export async function resetTag(
  azure: Azure,
  rule: CacheRule,
  repository: string,
  tag: string,
  options: CallOptions = {},
): Promise<ResetTagResult> {
  await checkRule(azure, rule, options);
  const content = azure.registry(await azure.registries.get(rule.registryId, options));
  const listed = { isCut: false };
  const stored = await content.storedManifests(repository, { ...options, onCut: () => (listed.isCut = true) });
  const tagged = stored.find((manifest) => manifest.tags.includes(tag));
  const name = `${content.loginServer}/${repository}:${tag}`;
  if (!tagged) {
    throw new AzureError(l10n.t('{0} is not cached.', name), { kind: 'notFound', code: 'TagNotCached' });
  }
  const below = await content.manifestReferences(repository, tagged.digest, options);
  const isShared = tagged.tags.length > 1;
  const named =
    isShared || listed.isCut ? undefined : await namedByOthers(content, repository, stored, tagged.digest, options);
  const isKept = named === undefined || named.has(tagged.digest);
  const present = new Map(stored.map((manifest) => [manifest.digest, manifest]));
  const parts = below.filter((digest) => present.has(digest));
  const free = parts.filter((digest) => !named?.has(digest) && present.get(digest)?.tags.length === 0);
  const deleted: string[] = [];
  // A cancel lets a deletion under way end, so that what became of the tag is told.
  const cancel = options.signal ?? new AbortController().signal;
  const grace = abortLater(cancel, cancelGraceMs);
  try {
    if (isKept) {
      await content.deleteTag(repository, tag, grace);
    } else {
      await content.deleteManifest(repository, tagged.digest, grace);
      deleted.push(tagged.digest);
      // The tag is forgotten by now; a part that cannot be deleted is what the next pull would copy again anyway.
      for (const digest of free) {
        if (cancel.aborted) break;
        if (await tryDelete(content, repository, digest, grace)) deleted.push(digest);
      }
    }
  } finally {
    grace.dispose();
  }
  const kept = [tagged.digest, ...parts].filter((digest) => !deleted.includes(digest));
  return { sentence: sentenceOf(name, { isShared, isKept, isKnown: named !== undefined }), deleted, kept };
}

async function checkRule(azure: Azure, rule: CacheRule, options: CallOptions): Promise<void> {
  try {
    if (isSameRule(await azure.cacheRules.get(rule.id, options), rule)) return;
  } catch (error) {
    if (!isAzureError(error, 'notFound')) throw error;
  }
  throw new AzureError(
    l10n.t(
      'Nothing was deleted: the cache rule {0} is gone or another one by now, so the image might not come back.',
      rule.name,
    ),
    { kind: 'conflict', code: 'RuleChanged' },
  );
}

function sentenceOf(
  name: string,
  { isShared, isKept, isKnown }: { readonly isShared: boolean; readonly isKept: boolean; readonly isKnown: boolean },
): string {
  if (isShared) {
    return l10n.t(
      '{0} is no longer cached; its image stays, since other tags name it. The next pull copies the tag again.',
      name,
    );
  }
  if (!isKept) return l10n.t('{0} is no longer cached. The next pull copies it again.', name);
  return isKnown
    ? l10n.t(
        '{0} is no longer cached; its image stays, since another image index names it. The next pull copies the tag again.',
        name,
      )
    : l10n.t(
        '{0} is no longer cached; its image stays, since whether something else names it could not be found out. The next pull copies the tag again.',
        name,
      );
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
  } catch {
    return false;
  }
}

/** What other indexes of the repository name; undefined when one does not tell, or there are too many to ask. */
async function namedByOthers(
  content: RegistryContent,
  repository: string,
  stored: readonly StoredManifest[],
  except: string,
  options: CallOptions,
): Promise<Set<string> | undefined> {
  const others = stored.filter(
    ({ digest, mediaType }) => digest !== except && (mediaType === undefined || /index|manifest\.list/.test(mediaType)),
  );
  if (others.length > maxIndexes) return undefined;
  const named = await mapBounded(others, 8, async ({ digest }) => {
    try {
      return await content.manifestReferences(repository, digest, options);
    } catch (error) {
      if (isCancelled(error)) throw error;
      return [];
    }
  });
  // An index that names nothing has no use, so its metadata is not complete.
  return named.every((digests) => digests.length > 0) ? new Set(named.flat()) : undefined;
}
