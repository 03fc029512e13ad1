import { canonicalHost, libraryProblem, withDefaults } from '../domain/familiarNames.ts';
import { upstreamOf } from '../domain/upstreams.ts';
import type { RuleMatch } from '../domain/ruleMatching.ts';
import { judgeRule, type RuleKnowledge } from '../domain/ruleVerdict.ts';
import { prefixesOf } from '../domain/sourceIndex.ts';
import type { ImageReference } from '../domain/types.ts';
import { knowledgeOf } from './knowledge.ts';
import type { Observations } from './observations.ts';
import { rulesIndex, type RegistryRules } from './registryRules.ts';
import type { CachedUse, Resolution, ResolutionVerdict, Resolver, ServedImage, WrongRule } from './resolutionTypes.ts';
import { sourceRegistries, type SourceRegistries } from './sourceRegistries.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

export { withDefaults };

type FullReference = ImageReference & { readonly host: string };
type Named = Pick<Resolution, 'entry' | 'served' | 'meant' | 'isListed' | 'upstream'>;

/** A registry whose rules are known, as of the last time they were read. */
interface Downstream {
  readonly entry: RegistryEntry;
  /** Its login server. */
  readonly host: string;
  readonly index: RegistryRules;
}

/** What a reference's host leads to. */
interface Hosts {
  /** By login server. */
  readonly registries: ReadonlyMap<string, RegistryEntry>;
  readonly sources: ReadonlyMap<string, HostSources>;
}

/** The registries with rules that fetch from a host, in the order of their login servers. */
interface HostSources {
  readonly downstreams: Downstream[];
  /** Made for the first reference that names the host. */
  registries?: SourceRegistries;
}

/** References to more places are not told; the best come first. */
const maxUses = 50;

/**
 * Resolves references by what is known now; rules from the snapshot count. Indexes are kept per registry's list of rules, so that
 * a new state costs only what changed in it: nothing is read until the first question.
 */
export function createResolver(state: InventoryState, observations: Observations): Resolver {
  let made: Hosts | undefined;
  const hosts = (): Hosts => (made ??= readHosts(state));

  return {
    resolve(written) {
      const image = withDefaults(written);
      const cachedBy = usesOf(image, hosts().sources.get(image.host));
      const entry = hosts().registries.get(image.host);
      const named = entry ? inRegistry(image, entry, observations) : elsewhere(image);
      // A rule needs a downstream, which is another registry than the one that the image is in.
      const hasDownstream = hosts().registries.size > (entry ? 1 : 0);
      return { verdict: verdictOf(named, cachedBy, hasDownstream), image, cachedBy, ...named };
    },
    knowsHost(host) {
      const canonical = canonicalHost(host);
      const { registries, sources } = hosts();
      return registries.has(canonical) || sources.has(canonical) || upstreamOf(canonical) !== undefined;
    },
  };
}

function readHosts({ registries: entries }: InventoryState): Hosts {
  const registries = new Map<string, RegistryEntry>();
  const sources = new Map<string, HostSources>();
  const ordered = [...entries.values()].sort((a, b) => compare(a.registry.loginServer, b.registry.loginServer));
  for (const entry of ordered) {
    const host = canonicalHost(entry.registry.loginServer);
    registries.set(host, entry);
    if (!entry.rules) continue;
    const downstream: Downstream = { entry, host, index: rulesIndex(entry.rules) };
    for (const source of downstream.index.sources.hosts) {
      const others = sources.get(source);
      if (others) others.downstreams.push(downstream);
      else sources.set(source, { downstreams: [downstream] });
    }
  }
  return { registries, sources };
}

/** The first that holds, in the order of precedence. */
function verdictOf(
  { entry, served, upstream }: Named,
  cachedBy: readonly CachedUse[],
  hasDownstream: boolean,
): ResolutionVerdict {
  if (served) return 'served';
  if (cachedBy.length > 0) return 'bypassed';
  if (entry?.rules && entry.rules.length > 0) return 'unserved';
  if (entry && !entry.rules) return 'rulesUnknown';
  return upstream && hasDownstream ? 'possible' : 'unknown';
}

function elsewhere({ host }: FullReference): Named {
  const upstream = upstreamOf(host);
  return upstream ? { upstream: { kind: 'catalogue', upstream } } : {};
}

function inRegistry(image: FullReference, entry: RegistryEntry, observations: Observations): Named {
  const named: Named = { entry, upstream: { kind: 'registry', entry } };
  if (!entry.rules) return named;
  const index = rulesIndex(entry.rules);
  const match = index.targets.match(image.repository);
  if (match) return { ...named, served: servedBy(match, image, entry, index, observations) };
  // What was seen in the registry is an ordinary repository of it, whatever it looks like.
  if (observations.hasRepository(entry.registry.id, image.repository)) return { ...named, isListed: true };
  const meant = index.names.meant(image.repository);
  return meant ? { ...named, meant } : named;
}

function servedBy(
  match: RuleMatch,
  image: FullReference,
  entry: RegistryEntry,
  index: RegistryRules,
  observations: Observations,
): ServedImage {
  const wrong = wrongRule(match, image.repository, index);
  const reference = image.digest ?? image.tag ?? 'latest';
  const cached = observations.cached(entry.registry.id, image.repository, reference);
  return { match, ...stateOf(match, entry), wrong, cached };
}

function wrongRule(match: RuleMatch, repository: string, { targets }: RegistryRules): WrongRule | undefined {
  const { rule, source, sourceRepository } = match;
  const kind = libraryProblem(source.loginServer, sourceRepository);
  if (kind) return { kind, sourceRepository };
  if (match.target.kind !== 'repository') return undefined;
  const other = targets.matchWildcard(repository);
  return other && !isSameSource(match, other) ? { kind: 'shadowed', by: rule, other } : undefined;
}

function isSameSource(a: RuleMatch, b: RuleMatch): boolean {
  const host = ({ source }: RuleMatch) => canonicalHost(source.loginServer);
  return a.sourceRepository === b.sourceRepository && host(a) === host(b);
}

function stateOf({ rule }: RuleMatch, entry: RegistryEntry): { known: RuleKnowledge; broken: boolean } {
  const known = knowledgeOf(entry, rule.id);
  const state = rule.provisioningState?.toLowerCase();
  const broken = state === 'failed' || state === 'canceled' || judgeRule(known).health === 'problems';
  return { known, broken };
}

function usesOf(image: FullReference, sources: HostSources | undefined): CachedUse[] {
  const uses: CachedUse[] = [];
  if (!sources) return uses;
  const { downstreams } = sources;
  sources.registries ??= sourceRegistries(
    image.host,
    downstreams.map(({ index }) => index),
  );
  const prefixes = prefixesOf(image.repository);
  for (const place of sources.registries.candidates(image.repository, prefixes)) {
    const downstream = downstreams[place];
    if (!downstream || downstream.host === image.host) continue;
    if (uses.length >= maxUses) break;
    const { entry, host, index } = downstream;
    for (const { match, targetRepository } of index.sources.uses(image.host, image.repository, prefixes)) {
      if (uses.length >= maxUses) break;
      uses.push({ entry, match, ...stateOf(match, entry), image: { ...image, host, repository: targetRepository } });
    }
  }
  return uses.length < 2 ? uses : uses.sort((a, b) => rank(a) - rank(b) || compare(a.image.host, b.image.host));
}

/** Broken rules last, before that static rules first. */
function rank({ broken, match }: CachedUse): number {
  return (broken ? 2 : 0) + (match.target.kind === 'repository' ? 0 : 1);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
