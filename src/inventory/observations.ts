import { keepNewest } from '../common/keepNewest.ts';
import { armIdKey } from '../domain/armId.ts';
import type { CachedState } from './resolutionTypes.ts';

/**
 * What was seen in registries on the way of other work (the wizard, a diagnosis, a pull), in this session: for completion and
 * hovers, which ask no registry themselves. Bounded; what was noted longest ago goes first.
 */
export interface Observations {
  /** All repositories of a registry, as it listed them. */
  noteRepositories(registryId: string, repositories: readonly string[]): void;
  /** Tags of a repository, best first: of a long list the first are kept. */
  noteTags(registryId: string, repository: string, tags: readonly string[]): void;
  /** @param reference a tag or a digest */
  noteCached(registryId: string, repository: string, reference: string, state: CachedState['state']): void;
  /** What was seen of a repository's images does not hold any more: something of it was deleted. */
  forgetCached(registryId: string, repository: string): void;
  /** Other accounts may see less. */
  clear(): void;
  repositories(registryId: string): readonly string[];
  hasRepository(registryId: string, repository: string): boolean;
  tags(registryId: string, repository: string): readonly string[];
  cached(registryId: string, repository: string, reference: string): CachedState | undefined;
  /** Something was noted that was not known. */
  onDidChange(listener: () => void): { dispose(): void };
}

export interface ObservationLimits {
  readonly registries: number;
  readonly repositoriesEach: number;
  /** Repositories whose tags are kept. */
  readonly tagLists: number;
  readonly tagsEach: number;
  readonly cachedStates: number;
}

const usualLimits: ObservationLimits = {
  registries: 30,
  repositoriesEach: 20_000,
  tagLists: 200,
  tagsEach: 500,
  cachedStates: 2000,
};

export function createObservations(limits: ObservationLimits = usualLimits): Observations {
  const repositories = new Map<string, { readonly list: readonly string[]; readonly set: ReadonlySet<string> }>();
  const tags = new Map<string, readonly string[]>();
  const states = new Map<string, CachedState>();
  const listeners = new Set<() => void>();

  function changed(): void {
    for (const listener of [...listeners]) listener();
  }

  return {
    noteRepositories(registryId, listed) {
      const key = armIdKey(registryId);
      const before = repositories.get(key);
      const set = new Set(listed.slice(0, limits.repositoriesEach));
      keepNewest(repositories, key, { list: [...set], set }, limits.registries);
      if (before?.set.size !== set.size || ![...set].every((name) => before.set.has(name))) changed();
    },
    noteTags(registryId, repository, listed) {
      const key = keyOf(registryId, repository);
      const before = tags.get(key);
      const now = listed.slice(0, limits.tagsEach);
      keepNewest(tags, key, now, limits.tagLists);
      if (before?.length !== now.length || now.some((tag, index) => before[index] !== tag)) changed();
    },
    noteCached(registryId, repository, reference, state) {
      const key = keyOf(registryId, repository, reference);
      const before = states.get(key);
      keepNewest(states, key, { state, seenAt: new Date().toISOString() }, limits.cachedStates);
      if (before?.state !== state) changed();
    },
    forgetCached(registryId, repository) {
      const beginning = keyOf(registryId, repository, '');
      const gone = [...states.keys()].filter((key) => key.startsWith(beginning));
      for (const key of gone) states.delete(key);
      if (gone.length > 0) changed();
    },
    clear() {
      if (repositories.size + tags.size + states.size === 0) return;
      for (const each of [repositories, tags, states]) each.clear();
      changed();
    },
    repositories: (registryId) => repositories.get(armIdKey(registryId))?.list ?? [],
    hasRepository: (registryId, repository) => repositories.get(armIdKey(registryId))?.set.has(repository) ?? false,
    tags: (registryId, repository) => tags.get(keyOf(registryId, repository)) ?? [],
    cached: (registryId, repository, reference) => states.get(keyOf(registryId, repository, reference)),
    onDidChange(listener) {
      const own = () => listener();
      listeners.add(own);
      return { dispose: () => listeners.delete(own) };
    },
  };
}

function keyOf(registryId: string, ...rest: readonly string[]): string {
  return [armIdKey(registryId), ...rest].join(' ');
}
