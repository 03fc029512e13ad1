import type { RegistryRules } from './registryRules.ts';

/** Which of several registries have a rule that could fetch a repository of one host. */
export interface SourceRegistries {
  /**
   * Places in the list of registries: first those with a static rule for it, then those with a wildcard, the longest prefix first.
   * None twice.
   * @param prefixes `prefixesOf(repository)`
   */
  candidates(repository: string, prefixes: readonly string[]): Iterable<number>;
}

/** Few registries are asked one after the other quicker than a common index is made. */
const fewRegistries = 4;

interface Kept {
  readonly of: readonly RegistryRules[];
  readonly index: SourceRegistries;
}

/** By the first of the registries, then by host: they go with it. */
const kept = new WeakMap<RegistryRules, Map<string, Kept>>();

/** Made anew only when the rules of one of the registries changed: about 2 ms for 10,000 rules. */
export function sourceRegistries(host: string, registries: readonly RegistryRules[]): SourceRegistries {
  const [first] = registries;
  if (!first || registries.length <= fewRegistries) return everyOne(registries.length);
  let hosts = kept.get(first);
  if (!hosts) kept.set(first, (hosts = new Map<string, Kept>()));
  const last = hosts.get(host);
  if (last && last.of.length === registries.length && last.of.every((each, place) => each === registries[place])) {
    return last.index;
  }
  const index = merge(host, registries);
  hosts.set(host, { of: registries, index });
  return index;
}

function everyOne(count: number): SourceRegistries {
  const places = Array.from({ length: count }, (_, place) => place);
  return { candidates: () => places };
}

/** By what is fetched: mostly one registry does, and a list for each would take most of the time. */
type Places = Map<string, number | number[]>;

function merge(host: string, registries: readonly RegistryRules[]): SourceRegistries {
  const statics: Places = new Map();
  const prefixed: Places = new Map();
  const all: number[] = [];
  for (const [place, { sources }] of registries.entries()) {
    const paths = sources.paths(host);
    for (const repository of paths?.statics ?? []) add(statics, repository, place);
    for (const prefix of paths?.prefixes ?? []) add(prefixed, prefix, place);
    if (paths?.hasAll) all.push(place);
  }
  return {
    candidates(repository, prefixes) {
      const lists = [statics.get(repository), ...prefixes.map((prefix) => prefixed.get(prefix)), all];
      return new Set(lists.flatMap((list) => list ?? []));
    },
  };
}

function add(entries: Places, key: string, place: number): void {
  const existing = entries.get(key);
  if (existing === undefined) entries.set(key, place);
  else if (typeof existing === 'number') entries.set(key, [existing, place]);
  else existing.push(place);
}
