import type { ManifestInfo, RegistryContent, StoredManifest, TagInfo } from '../../azure/azure.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import { recover } from '../../azure/failures.ts';
import { isAbsence, isIndex } from '../../azure/registry/storedContent.ts';
import { parseRepositoryPattern, parseSourceRepository } from '../../domain/repositoryPattern.ts';
import {
  createRuleIndex,
  mapSourceToTarget,
  mapTargetToSource,
  type PatternMapping,
} from '../../domain/ruleMatching.ts';
import { readRepositoriesWithin } from '../engine/reads.ts';
import type { RuleFacts } from './facts.ts';

/** The one image of the rule that is looked at in both registries. */
export interface Sample {
  /** In the downstream. */
  readonly repository: string;
  /** In the upstream. */
  readonly sourceRepository: string;
  readonly downstream: RegistryContent;
  /** Undefined: the upstream is no registry of Azure that is visible. */
  readonly upstream: RegistryContent | undefined;
  /** A tag, or the digest of what was pulled by digest. Undefined: none is known, neither here nor there. */
  readonly reference: string | undefined;
  /** Digest that the downstream itself stores for the reference, if it is cached. */
  readonly storedDigest: string | undefined;
  /** ISO 8601, since when. */
  readonly storedAt: string | undefined;
  /** Why the downstream's, or the upstream's, tags could not be read. */
  readonly unreadable: readonly Error[];
}

/** Undefined: a wildcard rule below which no repository is known. @throws AzureError of reading the rule or its registry */
export function readSample(facts: RuleFacts): Promise<Sample | undefined> {
  return facts.context.memo({ kind: 'sample', id: facts.ruleId }, () => find(facts));
}

async function find(facts: RuleFacts): Promise<Sample | undefined> {
  const { azure, signal } = facts.context;
  const rule = await facts.rule();
  const source = parseSourceRepository(rule.sourceRepository);
  const target = parseRepositoryPattern(rule.targetRepository);
  if (!source.ok || !target.ok) return undefined;
  const mapping: PatternMapping = { source: source.value.pattern, target: target.value };
  const downstream = azure.registry(await facts.registry());
  const found = await facts.upstream();
  const upstream = found && azure.registry(found);

  const index = createRuleIndex(await facts.rules());
  // A more specific rule may take a repository out of a wildcard.
  const isServed = (candidate: string): boolean => index.match(candidate)?.rule === rule;
  const unreadable: Error[] = [];

  /** The rule's only repository; of a wildcard one that is cached, else one that could be. */
  async function findRepository(): Promise<string | undefined> {
    if (mapping.target.kind === 'repository') return mapping.target.repository;
    const here = await attempt(unreadable, readRepositoriesWithin(facts.context, facts.registryId, mapping.target));
    const cached = here?.names.find(isServed);
    if (cached !== undefined || !found) return cached;
    const there = await attempt(unreadable, readRepositoriesWithin(facts.context, found.id, mapping.source));
    return there?.names.flatMap((one) => mapSourceToTarget(mapping, one) ?? []).find(isServed);
  }
  const repository = await findRepository();
  if (repository === undefined) {
    if (unreadable[0]) throw unreadable[0];
    return undefined;
  }
  const sourceRepository = mapTargetToSource(mapping, repository);
  if (sourceRepository === undefined) return undefined;

  const cached = await attempt(unreadable, tagsOf(downstream, repository, signal));
  const tag = facts.tag ?? cached?.[0]?.name;
  // A pull by digest leaves no tag (Azure/acr#862).
  const untagged =
    tag === undefined && cached ? await attempt(unreadable, newestStored(downstream, repository, signal)) : undefined;
  const reference =
    tag ??
    untagged?.digest ??
    (upstream && (await attempt(unreadable, tagsOf(upstream, sourceRepository, signal)))?.[0]?.name);
  const tagged = cached?.find(({ name }) => name === reference);
  return {
    repository,
    sourceRepository,
    downstream,
    upstream,
    reference,
    storedDigest: untagged?.digest ?? tagged?.digest,
    storedAt: untagged?.createdTime ?? tagged?.lastUpdated,
    unreadable,
  };
}

/** Newest first; none when the registry says that the repository is absent. */
async function tagsOf(content: RegistryContent, repository: string, signal: AbortSignal): Promise<TagInfo[]> {
  try {
    return await content.tags(repository, { signal, limit: 200 });
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

/** The newest manifest that is stored, of an index rather than of one of its platforms. */
async function newestStored(
  content: RegistryContent,
  repository: string,
  signal: AbortSignal,
): Promise<StoredManifest | undefined> {
  const stored = [...(await content.storedManifests(repository, { signal, limit: 1000 }))].sort((a, b) =>
    (b.createdTime ?? '').localeCompare(a.createdTime ?? ''),
  );
  return stored.find(isIndex) ?? stored[0];
}

function attempt<T>(unreadable: Error[], read: Promise<T>): Promise<T | undefined> {
  return recover(read, (error) => {
    unreadable.push(error);
    return undefined;
  });
}

/**
 * HEAD of the sample in the downstream, answered through the rule unless it is cached. A HEAD alone is not known to start a copy.
 * One that is refused is repeated as GET: only that has the service's own words.
 */
export function readTarget(facts: RuleFacts, sample: Sample, reference: string): Promise<ManifestInfo> {
  const { memo, signal } = facts.context;
  const { downstream, repository } = sample;
  return memo({ kind: 'target', id: facts.ruleId }, async () => {
    try {
      return await downstream.headManifest(repository, reference, { signal });
    } catch (error) {
      if (isCancelled(error) || !isAzureError(error) || error.status === undefined || error.kind === 'throttled')
        throw error;
      return downstream.getManifest(repository, reference, { signal });
    }
  });
}

/** Whether a registry says that the signed-in user's token does not allow it. A firewall answers 403. */
export function isDenial(error: unknown): boolean {
  return isAzureError(error, 'forbidden') && error.status === 401;
}
