import * as l10n from '@vscode/l10n';
import type { Platform, RegistryContent, StoredManifest, TagInfo } from '../../azure/azure.ts';
import { recover } from '../../azure/failures.ts';
import { isIndex } from '../../azure/registry/storedContent.ts';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { createRuleIndex } from '../../domain/ruleMatching.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import type { LinkOfRule } from '../link/linkOfRule.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { createMemo } from '../engine/memo.ts';
import { readRegistry, readRepositoriesWithin, readRules } from '../engine/reads.ts';
import type { WalkContext } from '../types.ts';

export interface CachedTag {
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601, when the tag was last written here. */
  readonly lastUpdated?: string;
  readonly platforms: readonly Platform[];
  /** Absent: not known, or gone (`upstreamState`). */
  readonly upstreamDigest?: string;
  readonly upstreamState: 'same' | 'stale' | 'gone' | 'unknown';
}

/** What is stored without a tag, since it was pulled by digest (Azure/acr#862). */
export interface CachedDigest {
  readonly digest: string;
  /** ISO 8601, when it was stored. */
  readonly createdTime?: string;
  readonly platforms: readonly Platform[];
}

export interface CachedRepository {
  readonly repository: string;
  /** In the upstream. */
  readonly source: string;
  readonly tags: readonly CachedTag[];
  /** Tags there are beyond those listed. */
  readonly moreTags: number;
  /** Without the platforms of an index that is stored too. */
  readonly untagged: readonly CachedDigest[];
  readonly moreUntagged: number;
  /** Why the upstream's digests are not known. */
  readonly upstreamReason?: string;
  /** Why this repository could not be read. */
  readonly reason?: string;
}

export interface CachedFacts {
  readonly repositories: readonly CachedRepository[];
  /** Repositories there are beyond those listed. */
  readonly moreRepositories: number;
  /** The registry has so many repositories that not all were read: others may be the rule's, too. */
  readonly isCut: boolean;
}

/** The repositories that a rule has filled. `isCut`: as in `CachedFacts`. */
export interface OwnRepositories {
  /** Each with its name in the upstream. */
  readonly found: readonly { readonly repository: string; readonly source: string }[];
  readonly isCut: boolean;
}

/** Repositories and tags of each that are shown; more are named as a number. */
const maxRepositories = 20;
const maxTags = 50;
/** Indexes of a repository that are asked for their platforms. */
const maxIndexes = 200;

/** What the parts of a report are read from: the walk, and the rule and its setup, which are being read. */
export interface RuleReads {
  readonly context: WalkContext;
  readonly rule: Promise<CacheRule>;
  readonly link: Promise<LinkOfRule>;
}

/** Where the upstream's digests are read, or why that is not possible. */
export type UpstreamOfRule =
  | { readonly ok: true; readonly upstream: Registry }
  | Pick<Extract<LinkOfRule, { readonly ok: false }>, 'ok' | 'reason'>;

/**
 * The repositories that are stored of those that the rule serves. A wildcard's own: not those that a narrower rule fills.
 * @throws AzureError; Error if the rule's target cannot be understood
 */
export async function cachedRepositories(context: WalkContext, rule: CacheRule): Promise<OwnRepositories> {
  const target = parseRepositoryPattern(rule.targetRepository.toLowerCase());
  if (!target.ok) throw new Error(target.problem.message);
  const { names, isCut } = await readRepositoriesWithin(context, rule.registryId, target.value);
  const rules = target.value.kind === 'repository' ? [rule] : await readRules(context, rule.registryId);
  const index = createRuleIndex(rules);
  const found = names.flatMap((repository) => {
    const match = index.match(repository);
    return match?.rule.id.toLowerCase() === rule.id.toLowerCase()
      ? [{ repository, source: match.sourceRepository }]
      : [];
  });
  return { found, isCut };
}

/**
 * What the rule has cached, with the upstream's digest beside each tag. Asks metadata only, never a manifest by tag: that would
 * start a copy.
 * @throws AzureError when the downstream cannot be read; what fails for one repository is said there.
 */
export async function readCached({
  context,
  rule,
  link,
}: Pick<RuleReads, 'context' | 'rule'> & { readonly link: Promise<UpstreamOfRule> }): Promise<CachedFacts> {
  const { azure, signal } = context;
  const known = await rule;
  const { found, isCut } = await cachedRepositories(context, known);
  const content = azure.registry(await readRegistry(context, known.registryId));
  const derived = await link;
  const upstream = derived.ok ? azure.registry(derived.upstream) : undefined;
  const repositories = await mapBounded(found.slice(0, maxRepositories), 4, ({ repository, source }) => {
    const digests = upstream
      ? readDigests(upstream, source, signal)
      : Promise.resolve(derived.ok ? '' : derived.reason);
    return recover(readRepository(content, repository, source, digests, signal), async (error) => {
      await digests;
      return { repository, source, tags: [], moreTags: 0, untagged: [], moreUntagged: 0, reason: error.message };
    });
  });
  return { repositories, moreRepositories: found.length - repositories.length, isCut };
}

/** Tag → digest in the upstream, or why it is not known. `isCut`: it has tags that were not read. */
type UpstreamDigests = { readonly byTag: ReadonlyMap<string, string>; readonly isCut: boolean } | string;

async function readRepository(
  content: RegistryContent,
  repository: string,
  source: string,
  digests: Promise<UpstreamDigests>,
  signal: AbortSignal,
): Promise<CachedRepository> {
  const [stored, tags, upstreamDigests] = await Promise.all([
    content.storedManifests(repository, { signal }),
    content.tags(repository, { signal }),
    digests,
  ]);
  const byDigest = new Map(stored.map((manifest) => [manifest.digest, manifest]));
  const { memo } = createMemo();
  const partsOf = (digest: string): Promise<string[]> =>
    memo({ kind: 'manifest', id: digest }, () => content.manifestReferences(repository, digest, { signal }));
  const shown = await mapBounded(tags.slice(0, maxTags), 4, async (tag) => ({
    tag: tag.name,
    digest: tag.digest,
    lastUpdated: tag.lastUpdated,
    platforms: await platformsOf(tag.digest, byDigest, partsOf),
    ...compare(tag, upstreamDigests),
  }));
  const indexes = stored.filter(isIndex).slice(0, maxIndexes);
  const parts = new Set((await mapBounded(indexes, 4, ({ digest }) => partsOf(digest))).flat());
  const tagged = new Set(tags.map(({ digest }) => digest));
  const untagged = stored.filter(
    ({ digest, tags: own }) => own.length === 0 && !parts.has(digest) && !tagged.has(digest),
  );
  const shownUntagged = await mapBounded(untagged.slice(0, maxTags), 4, async ({ digest, createdTime }) => ({
    digest,
    createdTime,
    platforms: await platformsOf(digest, byDigest, partsOf),
  }));
  return {
    repository,
    source,
    tags: shown,
    moreTags: tags.length - shown.length,
    untagged: shownUntagged,
    moreUntagged: untagged.length - shownUntagged.length,
    ...(typeof upstreamDigests === 'string' && { upstreamReason: upstreamDigests }),
  };
}

function readDigests(upstream: RegistryContent, source: string, signal: AbortSignal): Promise<UpstreamDigests> {
  let isCut = false;
  return recover(
    upstream
      .tags(source, { signal, onCut: () => (isCut = true) })
      .then((tags) => ({ byTag: new Map(tags.map(({ name, digest }) => [name, digest])), isCut })),
    ({ message }) => l10n.t('{0}/{1} could not be read with your account: {2}', upstream.loginServer, source, message),
  );
}

function compare(tag: TagInfo, upstream: UpstreamDigests): Pick<CachedTag, 'upstreamState' | 'upstreamDigest'> {
  if (typeof upstream === 'string') return { upstreamState: 'unknown' };
  const digest = upstream.byTag.get(tag.name);
  if (digest === undefined) return { upstreamState: upstream.isCut ? 'unknown' : 'gone' };
  return { upstreamDigest: digest, upstreamState: digest === tag.digest ? 'same' : 'stale' };
}

/** Of an image its own platform, of an index those of its parts that are stored here. */
async function platformsOf(
  digest: string,
  stored: ReadonlyMap<string, StoredManifest>,
  partsOf: (digest: string) => Promise<string[]>,
): Promise<Platform[]> {
  const manifest = stored.get(digest);
  if (!manifest || manifest.platform) return manifest?.platform ? [manifest.platform] : [];
  if (!isIndex(manifest)) return [];
  return (await partsOf(digest)).flatMap((part) => stored.get(part)?.platform ?? []);
}
