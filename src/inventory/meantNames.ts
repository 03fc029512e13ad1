import type { RuleIndex, RuleMapping } from '../domain/ruleMatching.ts';
import { mapSourceToTarget } from '../domain/ruleMatching.ts';
import { canonicalHost } from '../domain/familiarNames.ts';
import type { MeantName } from './resolutionTypes.ts';

/** Finds which name of a registry was probably meant by one that no rule serves. */
export interface NameIndex {
  /** undefined: nothing fits, or several do. One map access per path segment. */
  meant(repository: string): MeantName | undefined;
}

/** More rules of the same source than this say nothing about which is meant. */
const maxCandidates = 8;

/**
 * Three mistakes are known: the beginning of the target was left out (`app` for `cached/app`, `team/app` for `cached/team/*`), the
 * source's path was kept (`team/app` of a rule that shows `team/*` as `mirror/*`), `library/` of Docker Hub is missing. Of a wildcard
 * only a name that shares a segment with its target counts: everything else could be put below it.
 */
export function createNameIndex(mappings: readonly RuleMapping[], targets: RuleIndex): NameIndex {
  /** By the target, or a wildcard's prefix, without its first segments. */
  const tails = new Map<string, Set<string>>();
  const prefixTails = new Map<string, Set<string>>();
  const sources = new Map<string, Set<RuleMapping>>();
  const prefixSources = new Map<string, Set<RuleMapping>>();
  for (const mapping of mappings) {
    const { target, source } = mapping;
    if (target.kind === 'repository') addTails(tails, target.repository);
    else if (target.kind === 'prefix') addTails(prefixTails, target.prefix);
    if (source.pattern.kind === 'repository') add(sources, source.pattern.repository, mapping);
    else if (source.pattern.kind === 'prefix') add(prefixSources, source.pattern.prefix, mapping);
  }

  function* candidates(repository: string): Generator<string> {
    yield* tails.get(repository) ?? [];
    for (const mapping of sources.get(repository) ?? []) yield* shownAs(mapping, repository);
    for (let slash = repository.lastIndexOf('/'); slash > 0; slash = repository.lastIndexOf('/', slash - 1)) {
      const [head, rest] = [repository.slice(0, slash), repository.slice(slash)];
      for (const prefix of prefixTails.get(head) ?? []) yield prefix + rest;
      for (const mapping of prefixSources.get(head) ?? []) yield* shownAs(mapping, repository);
    }
    yield* withLibrary(repository);
  }

  function* withLibrary(repository: string): Generator<string> {
    const slash = repository.lastIndexOf('/') + 1;
    const name = `${repository.slice(0, slash)}library/${repository.slice(slash)}`;
    const match = targets.match(name);
    const isHub = match && canonicalHost(match.source.loginServer) === 'docker.io';
    if (isHub && /^library\/[^/]+$/.test(match.sourceRepository)) yield name;
  }

  return {
    meant(repository) {
      const names = new Set<string>();
      for (const name of candidates(repository)) {
        names.add(name);
        if (names.size > maxCandidates) return undefined;
      }
      const served = [...names].flatMap((name) => {
        const match = targets.match(name);
        return match ? [{ repository: name, match }] : [];
      });
      return served.length === 1 ? served[0] : undefined;
    },
  };
}

function* shownAs({ source, target }: RuleMapping, repository: string): Generator<string> {
  const name = mapSourceToTarget({ source: source.pattern, target }, repository);
  if (name !== undefined) yield name;
}

/** `cached/team/app` under `team/app` and `app`. */
function addTails(entries: Map<string, Set<string>>, path: string): void {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    add(entries, path.slice(slash + 1), path);
  }
}

/** Beyond a few nothing is told apart any more, so no more are kept. */
function add<T>(entries: Map<string, Set<T>>, key: string, value: T): void {
  const existing = entries.get(key);
  if (!existing) entries.set(key, new Set([value]));
  else if (existing.size <= maxCandidates) existing.add(value);
}
