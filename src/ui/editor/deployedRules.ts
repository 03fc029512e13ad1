import type { DeployedRules } from '../../files/rules/check.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';

/** What the inventory knows, as the checks of rule files ask for it. */
export function deployedRules({ registries }: InventoryState): DeployedRules {
  const byName = new Map<string, RegistryEntry>();
  const byLoginServer = new Map<string, RegistryEntry>();
  for (const entry of registries.values()) {
    byName.set(entry.registry.name.toLowerCase(), entry);
    byLoginServer.set(entry.registry.loginServer.toLowerCase(), entry);
  }
  return {
    rulesOf: (registryName) => byName.get(registryName.toLowerCase())?.rules,
    registryOf: (loginServer) => byLoginServer.get(loginServer.toLowerCase())?.registry,
  };
}
