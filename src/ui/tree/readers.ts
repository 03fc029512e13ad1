import { armIdKey } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';

/** Which of the rules known now read from a registry, and what a registry is called, by login server. */
export interface Readers {
  /** Takes over what is known now, of one registry or of all. @returns login servers that are read by other rules than before */
  update(registries: InventoryState['registries'], registryId?: string): ReadonlySet<string>;
  of(loginServer: string): readonly CacheRule[];
  /** The known registry with this login server. */
  registry(loginServer: string): RegistryEntry | undefined;
}

export function createReaders(): Readers {
  const byHost = new Map<string, Map<string, CacheRule[]>>();
  const seen = new Map<string, readonly CacheRule[]>();
  let known: InventoryState['registries'] = new Map();
  let keys: Map<string, string> | undefined;

  function replace(key: string, rules: readonly CacheRule[] | undefined, changed: Set<string>): void {
    const before = seen.get(key);
    if (before === rules) return;
    for (const rule of before ?? []) byHost.get(sourceHost(rule))?.delete(key);
    for (const rule of rules ?? []) {
      const host = sourceHost(rule);
      const readers = byHost.get(host) ?? new Map<string, CacheRule[]>();
      byHost.set(host, readers.set(key, [...(readers.get(key) ?? []), rule]));
    }
    for (const rule of [...(before ?? []), ...(rules ?? [])]) changed.add(sourceHost(rule));
    if (rules) seen.set(key, rules);
    else seen.delete(key);
  }

  return {
    update(registries, registryId) {
      known = registries;
      const changed = new Set<string>();
      if (registryId === undefined) keys = undefined;
      const updated =
        registryId === undefined ? [...new Set([...seen.keys(), ...known.keys()])] : [armIdKey(registryId)];
      for (const key of updated) replace(key, known.get(key)?.rules, changed);
      return changed;
    },
    of: (loginServer) => [...(byHost.get(loginServer.toLowerCase())?.values() ?? [])].flat(),
    registry(loginServer) {
      keys ??= new Map([...known].map(([key, { registry }]) => [registry.loginServer.toLowerCase(), key]));
      return known.get(keys.get(loginServer.toLowerCase()) ?? '');
    },
  };
}

/** The host that a rule reads from, in lower case. */
export function sourceHost({ sourceRepository }: Pick<CacheRule, 'sourceRepository'>): string {
  const slash = sourceRepository.indexOf('/');
  return (slash < 0 ? sourceRepository : sourceRepository.slice(0, slash)).toLowerCase();
}
