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
}

type Entry = Omit<RuleMatch, 'sourceRepository'>;

/**
 * Index over the rules of one registry; rules whose source or target cannot be read are left out, as are those that map a
 * wildcard to one repository or the other way round. Of two rules with the same target the first stands. A look-up costs one
 * map access per path segment, whatever the number of rules.
 */
export function createRuleIndex(rules: readonly CacheRule[]): RuleIndex {
  const statics = new Map<string, Entry>();
  const prefixes = new Map<string, Entry>();
  let all: Entry | undefined;
  for (const rule of rules) {
    const target = parseRepositoryPattern(rule.targetRepository);
    const source = parseSourceRepository(rule.sourceRepository);
    if (!target.ok || !source.ok) continue;
    if ((target.value.kind === 'repository') !== (source.value.pattern.kind === 'repository')) continue;
    const entry: Entry = { rule, target: target.value, source: source.value };
    if (target.value.kind === 'all') all ??= entry;
    else if (target.value.kind === 'prefix') addOnce(prefixes, target.value.prefix, entry);
    else addOnce(statics, target.value.repository, entry);
  }

  function find(repository: string): Entry | undefined {
    const exact = statics.get(repository);
    if (exact || prefixes.size === 0) return exact ?? all;
    for (let slash = repository.lastIndexOf('/'); slash > 0; slash = repository.lastIndexOf('/', slash - 1)) {
      const entry = prefixes.get(repository.slice(0, slash));
      if (entry) return entry;
    }
    return all;
  }

  return {
    match(repository) {
      const entry = find(repository);
      if (!entry) return undefined;
      const mapped = mapTargetToSource({ source: entry.source.pattern, target: entry.target }, repository);
      return mapped === undefined ? undefined : { ...entry, sourceRepository: mapped };
    },
  };
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

function addOnce(entries: Map<string, Entry>, key: string, entry: Entry): void {
  if (!entries.has(key)) entries.set(key, entry);
}
