import { asError } from '../../common/asError.ts';
import type { Azure, Platform } from '../../azure/azure.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { parseRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { registryKey } from '../../provisioning/engine/reads.ts';
import { createWalkContext } from '../../provisioning/engine/walkContext.ts';
import {
  cachedRepositories,
  readCached,
  type CachedRepository,
  type UpstreamOfRule,
} from '../../provisioning/ruleReport/cachedContent.ts';
import type { NodeStore, RepositoryNode, RuleNode, TagNode } from './nodes.ts';
import { sourceHost } from './readers.ts';

/** Repositories of a wildcard that are rows. */
const maxRepositories = 200;

/** What is stored below a rule, or below a repository of a rule with a wildcard. */
export interface CachedRows {
  readonly rows: readonly (RepositoryNode | TagNode)[];
  /** Repositories or tags beyond the rows. */
  readonly more: number;
  /** Images that are stored without a tag. */
  readonly untagged: number;
  /** There are more repositories in the registry than were read: some of them may belong here. */
  readonly isCut: boolean;
}

export interface CachedReads {
  readonly azure: Azure;
  readonly rule: CacheRule;
  /** The registry of a login server, if it was read from Azure in this session. */
  readonly registry: (loginServer: string) => Registry | undefined;
  readonly downstream?: Registry;
  readonly signal: AbortSignal;
}

/** Reads what a row's rule has cached. @throws AzureError; Error if the rule's target cannot be understood */
export async function readCachedRows(
  parent: RuleNode | RepositoryNode,
  { azure, rule, registry, downstream, signal }: CachedReads,
  nodes: NodeStore,
): Promise<CachedRows> {
  const context = createWalkContext(azure, { signal });
  if (downstream) context.remember(registryKey(downstream.id), downstream);
  const host = sourceHost(rule);
  if (parent.kind === 'rule' && isWildcard(rule)) {
    const { found, isCut } = await cachedRepositories(context, rule);
    const shown = found.slice(0, maxRepositories);
    return {
      rows: shown.map(({ repository, source }) => nodes.repository(parent, repository, source)),
      more: found.length - shown.length,
      untagged: 0,
      isCut,
    };
  }
  const one =
    parent.kind === 'rule'
      ? rule
      : { ...rule, targetRepository: parent.repository, sourceRepository: `${host}/${parent.source}` };
  const findUpstream = async () =>
    registry(host) ?? (upstreamOf(host) ? undefined : await azure.registries.findByLoginServer(host, { signal }));
  const link = findUpstream().then(
    (upstream): UpstreamOfRule => (upstream ? { ok: true, upstream } : { ok: false, reason: '' }),
    (error: unknown): UpstreamOfRule => ({ ok: false, reason: asError(error).message }),
  );
  const { repositories } = await readCached({ context, rule: Promise.resolve(one), link });
  const [repository] = repositories;
  if (!repository) return { rows: [], more: 0, untagged: 0, isCut: false };
  if (repository.reason !== undefined) throw new Error(repository.reason);
  return {
    rows: tagsOf(parent, repository),
    more: repository.moreTags,
    untagged: repository.untagged.length + repository.moreUntagged,
    isCut: false,
  };
}

function isWildcard({ targetRepository }: CacheRule): boolean {
  const target = parseRepositoryPattern(targetRepository);
  return target.ok && target.value.kind !== 'repository';
}

function tagsOf(parent: RuleNode | RepositoryNode, { repository, tags, upstreamReason }: CachedRepository): TagNode[] {
  const { registryId, ruleId } = parent;
  return tags.map(({ tag, digest, lastUpdated, platforms, upstreamState }) => ({
    ...{ kind: 'tag', parent, registryId, ruleId, repository, tag, digest, lastUpdated, upstreamState },
    platforms: platforms.map(platformInWords),
    ...(upstreamReason !== undefined && { upstreamReason }),
  }));
}

function platformInWords({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}
