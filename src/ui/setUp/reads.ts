import type { Azure, ResourceGroup } from '../../azure/azure.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { armIdKey } from '../../domain/armId.ts';
import { readReplacementOffers, type ReplacementOffers } from '../../provisioning/changes/replacementOffers.ts';
import { listTags, type TagList } from '../shared/tags.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../../domain/types.ts';

/** How many subscriptions are read at the same time. */
const concurrency = 6;

/**
 * What the pages read of Azure, each thing once: a page that needs it later finds it loading or there.
 * A failed read is forgotten, so that trying again asks again. All methods reject with AzureError.
 */
export interface Facts {
  readonly azure: Azure;
  registry(registryId: string): Promise<Registry>;
  rules(registryId: string): Promise<readonly CacheRule[]>;
  repositories(registry: Registry): Promise<readonly string[]>;
  /** Whether these, which were read of a registry, are all that it has: then one that is not among them does not exist. */
  isWhole(repositories: readonly string[]): boolean;
  /** Also remembered beyond them, for verifying. */
  tags(registry: Registry, repository: string): Promise<TagList>;
  assignments(registryId: string): Promise<readonly RoleAssignment[]>;
  /** Who may be given roles before the registry is switched to ABAC. */
  replacementOffers(registry: Registry): Promise<ReplacementOffers>;
  /** Identities of the tenant's subscriptions. Those that cannot be read are left out; rejects only if none could. */
  identities(tenantId: string): Promise<readonly Identity[]>;
  resourceGroups(subscriptionId: string): Promise<readonly ResourceGroup[]>;
  locations(subscriptionId: string): Promise<readonly { name: string; displayName: string }[]>;
  /** Drops what was read, so that it is read again. */
  forget(): void;
}

/** @param signal ends all reads: aborted when the pages have closed. */
export function createFacts(azure: Azure, signal: AbortSignal): Facts {
  const known = new Map<string, Promise<unknown>>();
  const cutLists = new WeakSet<readonly string[]>();

  function once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const existing = known.get(key) as Promise<T> | undefined;
    if (existing) return existing;
    const reading = read();
    known.set(key, reading);
    reading.catch(() => {
      if (known.get(key) === reading) known.delete(key);
    });
    return reading;
  }

  async function readRepositories(registry: Registry): Promise<readonly string[]> {
    const reading = { isCut: false };
    const options = { signal, onCut: () => void (reading.isCut = true) };
    const listed = await azure.registry(registry).repositories(options);
    if (reading.isCut) cutLists.add(listed);
    return listed;
  }

  async function readIdentities(tenantId: string): Promise<readonly Identity[]> {
    const subscriptions = azure.subscriptions.filter((subscription) => subscription.tenantId === tenantId);
    const ids = [...new Set(subscriptions.map(({ id }) => id))];
    const found: Identity[] = [];
    const failures: unknown[] = [];
    await mapBounded(ids, concurrency, async (id) => {
      try {
        const listed = await once(`identities:${id}`, () => azure.identities.list(id, { signal }));
        for (const identity of listed) found.push(identity);
      } catch (error) {
        failures.push(error);
      }
    });
    if (failures.length > 0 && failures.length === ids.length) throw failures[0];
    return found;
  }

  return {
    azure,
    registry: (id) => once(`registry:${armIdKey(id)}`, () => azure.registries.get(id, { signal })),
    rules: (id) => once(`rules:${armIdKey(id)}`, () => azure.cacheRules.list(id, { signal })),
    repositories: (registry) => once(`repositories:${armIdKey(registry.id)}`, () => readRepositories(registry)),
    isWhole: (repositories) => !cutLists.has(repositories),
    tags: (registry, repository) =>
      once(`tags:${armIdKey(registry.id)}:${repository}`, () => listTags(azure, registry, repository, signal)),
    assignments: (id) => once(`assignments:${armIdKey(id)}`, () => azure.roles.listAtScope(id, { signal })),
    replacementOffers: (registry) =>
      once(`replacements:${armIdKey(registry.id)}`, () => readReplacementOffers(azure, registry, { signal })),
    identities: readIdentities,
    resourceGroups: (id) => once(`groups:${id}`, () => azure.resourceGroups.list(id, { signal })),
    locations: (id) => once(`locations:${id}`, () => azure.resourceGroups.locations(id, { signal })),
    forget: () => known.clear(),
  };
}

/** For reads whose failure only means that less is known. */
export async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch {
    return undefined;
  }
}
