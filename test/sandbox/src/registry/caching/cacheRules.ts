import type { RegistryPlace } from '../context.ts';
import type { ResourceState } from '../../types.ts';

/** A cache rule that answers for a repository of this registry. */
export interface MatchedRule {
  readonly rule: ResourceState;
  /** `host[:port]` of the source. */
  readonly host: string;
  /** The repository in the source registry. */
  readonly repository: string;
  /** `host/repository`, as the service's messages name it. */
  readonly source: string;
}

/**
 * The rule that targets a repository: a static one before wildcards, the longest wildcard prefix first. Rules that are being
 * made or removed do not count.
 */
export function matchRule(context: RegistryPlace, repository: string): MatchedRule | undefined {
  let best: { readonly match: MatchedRule; readonly weight: number } | undefined;
  for (const rule of cacheRulesOf(context)) {
    const { sourceRepository, targetRepository } = rule.properties;
    if (typeof sourceRepository !== 'string' || typeof targetRepository !== 'string') continue;
    const rest = remainder(targetRepository, repository);
    if (rest === undefined) continue;
    const weight = targetRepository.endsWith('*') ? targetRepository.length : Number.MAX_SAFE_INTEGER;
    if (best !== undefined && best.weight >= weight) continue;
    const source = sourceRepository.endsWith('*') ? sourceRepository.slice(0, -1) + rest : sourceRepository;
    const slash = source.indexOf('/');
    if (slash < 0) continue;
    best = { match: { rule, source, host: source.slice(0, slash), repository: source.slice(slash + 1) }, weight };
  }
  return best?.match;
}

function* cacheRulesOf(context: RegistryPlace): Generator<ResourceState> {
  const prefix = `${context.registry.id.toLowerCase()}/cacherules/`;
  for (const [id, resource] of context.core.state.resources) {
    if (!id.startsWith(prefix)) continue;
    const state = resource.properties.provisioningState;
    if (state === undefined || state === 'Succeeded' || state === 'Updating') yield resource;
  }
}

/** What stands for `*`, '' for an equal name, undefined when the target does not cover the repository. */
function remainder(target: string, repository: string): string | undefined {
  if (target === repository) return '';
  if (!target.endsWith('*')) return undefined;
  const prefix = target.slice(0, -1);
  return repository.startsWith(prefix) && repository.length > prefix.length
    ? repository.slice(prefix.length)
    : undefined;
}
