import * as l10n from '@vscode/l10n';
import type { RegistryContent, StoredManifest } from '../../../azure/azure.ts';
import { recover } from '../../../azure/failures.ts';
import { mapBounded } from '../../../common/mapBounded.ts';
import type { CacheRule, Registry } from '../../../domain/types.ts';
import { conflicting, missing, satisfied } from '../../engine/inspection.ts';
import { readRule } from '../../engine/reads.ts';
import { isSameRule } from '../../../domain/sameRule.ts';
import type { Key } from '../../engine/memo.ts';
import type { Requirement, WalkContext } from '../../types.ts';

/** Indexes that are asked for what they name, so that nothing they need is deleted. */
const maxIndexes = 1000;

/**
 * A cached tag is forgotten, so that the next pull copies it from the upstream again: the tag, its manifest and the platform manifests
 * below it are deleted, as far as no other tag and no other index names them; only the tag when that cannot be known. Asks metadata
 * only: reading a manifest by tag would start the copy that is to be forgotten.
 * @param rule the rule that copies it again; where that is gone, or another one by now, nothing is deleted: it would not come back
 */
export function withoutCachedTag(registry: Registry, rule: CacheRule, repository: string, tag: string): Requirement {
  const name = `${registry.loginServer}/${repository}:${tag}`;
  const stored: Key = { kind: 'manifests', id: registry.id, part: repository };
  let whyKept: string | undefined;
  const read = (context: WalkContext): Promise<StoredManifests> =>
    context.memo(stored, async () => {
      let isCut = false;
      const options = { signal: context.signal, onCut: () => (isCut = true) };
      const manifests = await context.azure.registry(registry).storedManifests(repository, options);
      return { manifests, isCut };
    });
  return {
    id: `withoutCachedTag:${name}`,
    kind: 'withoutCachedTag',
    needs: [],
    rights: [],
    reads: [stored],
    writes: [stored],
    describe: () => ({
      title: l10n.t('Evict {0}:{1}', repository, tag),
      todo: l10n.t('Images that other tags need are kept; the next pull copies it again'),
      done: whyKept ?? l10n.t('{0} was evicted. The next pull copies it again.', name),
    }),

    async inspect(context) {
      const now = await readRule(context, rule.id);
      if (!now || !isSameRule(now, rule)) {
        const reason = l10n.t(
          'Cache rule {0} was deleted or replaced. Nothing was deleted, since the image might not be cached again.',
          rule.name,
        );
        return conflicting(reason, [], { code: 'RuleChanged' });
      }
      const tagged = (await read(context)).manifests.find(({ tags }) => tags.includes(tag));
      if (!tagged) return satisfied(l10n.t('{0} is not cached.', name));
      return missing(l10n.t('{0} is cached.', name), [{ text: tagged.digest }], {
        fingerprint: { digest: tagged.digest },
      });
    },

    async satisfy(context) {
      const { signal } = context;
      const content = context.azure.registry(registry);
      const { manifests, isCut } = await read(context);
      const tagged = manifests.find(({ tags }) => tags.includes(tag));
      if (!tagged) return;
      const below = await content.manifestReferences(repository, tagged.digest, { signal });
      const isShared = tagged.tags.length > 1;
      const named =
        isShared || isCut ? undefined : await namedByOthers(context, content, repository, manifests, tagged);
      await context.sleep(0); // ends here after a cancel: until now nothing is deleted
      if (named === undefined || named.has(tagged.digest)) {
        await content.deleteTag(repository, tag, { signal });
        whyKept = whyImageStays(name, isShared, named);
        return;
      }
      await content.deleteManifest(repository, tagged.digest, { signal });
      const free = manifests.filter(({ digest, tags }) => below.includes(digest) && !named.has(digest) && !tags.length);
      for (const { digest } of free) {
        try {
          await context.sleep(0); // ends here after a cancel
          await content.deleteManifest(repository, digest, { signal });
        } catch {
          // The tag is forgotten by now; a part that is left is what the next pull would copy again anyway.
        }
      }
    },
  };
}

interface StoredManifests {
  readonly manifests: readonly StoredManifest[];
  /** There are more than were listed. */
  readonly isCut: boolean;
}

/** Why the image stays. `named`: what other indexes name, which was looked at only where no other tag names it. */
function whyImageStays(name: string, isShared: boolean, named: ReadonlySet<string> | undefined): string {
  if (isShared) {
    return l10n.t(
      '{0} was evicted. Its image is kept, since other tags use it. The next pull copies the tag again.',
      name,
    );
  }
  return named
    ? l10n.t(
        '{0} was evicted. Its image is kept, since another image index uses it. The next pull copies the tag again.',
        name,
      )
    : l10n.t(
        '{0} was evicted. Its image is kept, since something else may use it. The next pull copies the tag again.',
        name,
      );
}

/** What other indexes of the repository name; undefined when one does not tell, or there are too many to ask. */
async function namedByOthers(
  { signal }: WalkContext,
  content: RegistryContent,
  repository: string,
  manifests: readonly StoredManifest[],
  except: StoredManifest,
): Promise<Set<string> | undefined> {
  const others = manifests.filter(
    ({ digest, mediaType }) =>
      digest !== except.digest && (mediaType === undefined || /index|manifest\.list/.test(mediaType)),
  );
  if (others.length > maxIndexes) return undefined;
  const named = await mapBounded(others, 8, ({ digest }) =>
    recover(content.manifestReferences(repository, digest, { signal }), () => []),
  );
  // An index that names nothing has no use, so its metadata is not complete.
  return named.every((digests) => digests.length > 0) ? new Set(named.flat()) : undefined;
}
