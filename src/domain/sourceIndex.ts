import { canonicalHost } from './familiarNames.ts';
import { mapSourceToTarget, type RuleIndex, type RuleMapping, type RuleMatch } from './ruleMatching.ts';

/** A repository of the downstream that really comes from the upstream repository that was asked for. */
export interface SourceUse {
  readonly targetRepository: string;
  readonly match: RuleMatch;
}

export interface SourceIndex {
  /** Hosts that rules fetch from, as `canonicalHost` has them. */
  readonly hosts: ReadonlySet<string>;
  /** What is fetched from a host: repositories by name, prefixes of wildcards, whether all of it. Each once. */
  paths(host: string): SourcePaths | undefined;
  /**
   * Where a repository of an upstream shows in the downstream: static rules first, then wildcards, the longest source prefix
   * first; at most `maxUses`. What another rule takes away is left out. One map access per path segment finds the rules.
   * @param host as `canonicalHost` has it
   * @param prefixes `prefixesOf(repository)`, for who asks many registries
   */
  uses(host: string, repository: string, prefixes?: readonly string[]): readonly SourceUse[];
}

export interface SourcePaths {
  readonly statics: Iterable<string>;
  readonly prefixes: Iterable<string>;
  readonly hasAll: boolean;
}

/** More ways to the same image than anybody would look at. */
export const maxUses = 20;
/** Rules of one source that are looked at: bounds the work when most of them are taken away by others. */
const maxRules = 200;

/** The rules that fetch from one host, by what they fetch. */
interface Sources {
  readonly statics: Map<string, RuleMapping[]>;
  readonly prefixes: Map<string, RuleMapping[]>;
  readonly all: RuleMapping[];
}

/** Index over the rules of one registry by their source; many rules may fetch the same. @param targets of the same rules */
export function createSourceIndex(mappings: readonly RuleMapping[], targets: RuleIndex): SourceIndex {
  const byHost = new Map<string, Sources>();
  for (const mapping of mappings) {
    const { loginServer, pattern } = mapping.source;
    const host = canonicalHost(loginServer);
    let sources = byHost.get(host);
    if (!sources) byHost.set(host, (sources = { statics: new Map(), prefixes: new Map(), all: [] }));
    if (pattern.kind === 'all') sources.all.push(mapping);
    else if (pattern.kind === 'prefix') add(sources.prefixes, pattern.prefix, mapping);
    else add(sources.statics, pattern.repository, mapping);
  }

  return {
    hosts: new Set(byHost.keys()),
    paths(host) {
      const sources = byHost.get(host);
      return (
        sources && {
          statics: sources.statics.keys(),
          prefixes: sources.prefixes.keys(),
          hasAll: sources.all.length > 0,
        }
      );
    },
    uses(host, repository, prefixes = prefixesOf(repository)) {
      const sources = byHost.get(host);
      const candidates = sources && candidatesOf(sources, repository, prefixes);
      return candidates ? realUses(candidates, repository, targets) : none;
    },
  };
}

const none: readonly SourceUse[] = [];

/** The paths above a repository, the longest first: of `a/b/c` `a/b` and `a`. */
export function prefixesOf(repository: string): string[] {
  const prefixes: string[] = [];
  for (let slash = repository.lastIndexOf('/'); slash > 0; slash = repository.lastIndexOf('/', slash - 1)) {
    prefixes.push(repository.slice(0, slash));
  }
  return prefixes;
}

/** Most registries have no rule for it: nothing is made for them. */
function candidatesOf(
  { statics, prefixes: byPrefix, all }: Sources,
  repository: string,
  prefixes: readonly string[],
): (readonly RuleMapping[])[] | undefined {
  let found: (readonly RuleMapping[])[] | undefined;
  const exact = statics.get(repository);
  if (exact) (found ??= []).push(exact);
  if (byPrefix.size > 0) {
    for (const prefix of prefixes) {
      const below = byPrefix.get(prefix);
      if (below) (found ??= []).push(below);
    }
  }
  if (all.length > 0) (found ??= []).push(all);
  return found;
}

function realUses(
  candidates: readonly (readonly RuleMapping[])[],
  repository: string,
  targets: RuleIndex,
): readonly SourceUse[] {
  const found = new Map<string, SourceUse>();
  let looked = 0;
  for (const mappings of candidates) {
    for (const { rule, source, target } of mappings) {
      if (found.size >= maxUses || ++looked > maxRules) return [...found.values()];
      const targetRepository = mapSourceToTarget({ source: source.pattern, target }, repository);
      if (targetRepository === undefined || found.has(targetRepository)) continue;
      const match = targets.match(targetRepository);
      if (match?.rule === rule) found.set(targetRepository, { targetRepository, match });
    }
  }
  return [...found.values()];
}

function add(entries: Map<string, RuleMapping[]>, key: string, mapping: RuleMapping): void {
  const existing = entries.get(key);
  if (existing) existing.push(mapping);
  else entries.set(key, [mapping]);
}
