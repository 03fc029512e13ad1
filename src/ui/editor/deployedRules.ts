import type { DeployedRules } from '../../files/rules/types.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';

const made = new WeakMap<InventoryState, DeployedRules>();

/** What the inventory knows, as the checks of rule files ask for it. Made once for each state. */
export function deployedRules(state: InventoryState): DeployedRules {
  let rules = made.get(state);
  if (!rules) made.set(state, (rules = indexed(state)));
  return rules;
}

function indexed({ registries }: InventoryState): DeployedRules {
  const byName = new Map<string, RegistryEntry>();
  const byLoginServer = new Map<string, RegistryEntry>();
  for (const entry of registries.values()) {
    byName.set(entry.registry.name.toLowerCase(), entry);
    byLoginServer.set(entry.registry.loginServer.toLowerCase(), entry);
  }
  const domains = new Set([...byLoginServer.keys()].flatMap((host) => domainOf(host) ?? []));
  return {
    rulesOf: (registryName) => byName.get(registryName.toLowerCase())?.rules,
    registryOf: (loginServer) => byLoginServer.get(loginServer.toLowerCase())?.registry,
    looksLikeRegistry: (loginServer) => domains.has(domainOf(loginServer.toLowerCase()) ?? ''),
  };
}

/** What follows a registry's name: that of the cloud. Undefined: a host without one. */
function domainOf(loginServer: string): string | undefined {
  const dot = loginServer.indexOf('.');
  return dot < 0 ? undefined : loginServer.slice(dot + 1);
}
