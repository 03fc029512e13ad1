import { parseRepository } from './imageReference.ts';
import { parseRepositoryPattern, parseSourceRepository } from './repositoryPattern.ts';
import type { CacheRule, RepositoryPattern, SourceRepository } from './types.ts';

/** The rule that serves a repository of the downstream registry, and where it comes from. */
export interface RuleMatch {
  readonly rule: CacheRule;
  readonly target: RepositoryPattern;
  readonly source: SourceRepository;
  /** The one repository in the upstream that the asked one is fetched from. */
  readonly sourceRepository: string;
}

export interface RuleIndex {
  /** The rule for a repository of the downstream: a static rule before a wildcard, the longest prefix first. */
  match(repository: string): RuleMatch | undefined;
  /** What would serve it if no static rule took it. */
  matchWildcard(repository: string): RuleMatch | undefined;
}

/** A rule whose source and target can be read and are of the same kind. */
export type RuleMapping = Omit<RuleMatch, 'sourceRepository'>;

/** undefined for a rule that serves nothing: a side that cannot be read, or a wildcard for one repository or the other way round. */
export function readMapping(rule: CacheRule): RuleMapping | undefined {
  const target = parseRepositoryPattern(rule.targetRepository);
  const source = parseSourceRepository(rule.sourceRepository);
  if (!target.ok || !source.ok) return undefined;
  if ((target.value.kind === 'repository') !== (source.value.pattern.kind === 'repository')) return undefined;
  return { rule, target: target.value, source: source.value };
}

/**
 * Index over the rules of one registry; rules whose source or target cannot be read are left out, as are those that map a
 * wildcard to one repository or the other way round. Of two rules with the same target the first stands. A look-up costs one
 * map access per path segment, whatever the number of rules.
 */
export function createRuleIndex(rules: readonly CacheRule[]): RuleIndex {
  return indexMappings(rules.flatMap((rule) => readMapping(rule) ?? []));
}

/** As `createRuleIndex`, for rules that were read already. */
export function indexMappings(mappings: readonly RuleMapping[]): RuleIndex {
  const statics = new Map<string, RuleMapping>();
  const prefixes = new Map<string, RuleMapping>();
  let all: RuleMapping | undefined;
  for (const mapping of mappings) {
    const { target } = mapping;
    if (target.kind === 'all') all ??= mapping;
    else if (target.kind === 'prefix') addOnce(prefixes, target.prefix, mapping);
    else addOnce(statics, target.repository, mapping);
  }

  function findWildcard(repository: string): RuleMapping | undefined {
    if (prefixes.size === 0) return all;
    for (let slash = repository.lastIndexOf('/'); slash > 0; slash = repository.lastIndexOf('/', slash - 1)) {
      const entry = prefixes.get(repository.slice(0, slash));
      if (entry) return entry;
    }
    return all;
  }

  return {
    match: (repository) => matchOf(statics.get(repository) ?? findWildcard(repository), repository),
    matchWildcard: (repository) => matchOf(findWildcard(repository), repository),
  };
}

function matchOf(mapping: RuleMapping | undefined, repository: string): RuleMatch | undefined {
  if (!mapping) return undefined;
  const mapped = mapTargetToSource({ source: mapping.source.pattern, target: mapping.target }, repository);
  return mapped === undefined ? undefined : { ...mapping, sourceRepository: mapped };
}

/** The two sides of a rule or of a planned mapping: both static or both wildcards. */
export interface PatternMapping {
  readonly source: RepositoryPattern;
  readonly target: RepositoryPattern;
}

/**
 * The upstream repository behind one repository of the downstream. undefined when the target does not cover it, when one side is
 * a wildcard and the other is not, or when the result is no valid repository name (too long).
 */
export function mapTargetToSource(mapping: PatternMapping, targetRepository: string): string | undefined {
  return map(mapping.target, mapping.source, targetRepository);
}

/** The downstream repository that shows one repository of the upstream; undefined as in `mapTargetToSource`. */
export function mapSourceToTarget(mapping: PatternMapping, sourceRepository: string): string | undefined {
  return map(mapping.source, mapping.target, sourceRepository);
}

function map(from: RepositoryPattern, to: RepositoryPattern, repository: string): string | undefined {
  if (from.kind === 'repository') {
    return to.kind === 'repository' && from.repository === repository ? to.repository : undefined;
  }
  if (to.kind === 'repository') return undefined;
  const prefix = from.kind === 'all' ? '' : `${from.prefix}/`;
  if (!repository.startsWith(prefix)) return undefined;
  const rest = repository.slice(prefix.length);
  const mapped = to.kind === 'all' ? rest : `${to.prefix}/${rest}`;
  return parseRepository(rest).ok && parseRepository(mapped).ok ? mapped : undefined;
}

function addOnce(entries: Map<string, RuleMapping>, key: string, entry: RuleMapping): void {
  if (!entries.has(key)) entries.set(key, entry);
}
