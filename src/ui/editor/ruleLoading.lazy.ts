import { canonicalHost } from '../../domain/familiarNames.ts';
import { rulesIndex } from '../../inventory/registryRules.ts';
import type { InventoryState, RegistryEntry } from '../../inventory/types.ts';
import { quietly } from '../shared/quietly.ts';
import type { Services } from '../services/services.ts';
import type { Inspection } from './types.ts';

/** Registries whose rules are read because of documents, per connection. Who has more opens them in the view. */
export const maxRegistries = 200;
/** Lists that are asked for at the same time; the inventory has a limit of its own, for all who ask. */
const atOnce = 4;
/** Hosts and names of documents that are remembered. */
const maxWanted = 1000;

/**
 * Reads the rules that open documents may be about. Silent: connects only for who was signed in (registries are known, from the
 * snapshot at least), shows no dialog and no error; failures are the inventory's state. Of the registries whose rules were never
 * read, or are those of the snapshot, first the ones that the documents name or that cache what they name, then the others, at
 * most `maxRegistries`. One whose rules could not be read is not asked again until the connection changes. What a file says only
 * orders the list: every request goes to Azure Resource Manager, with ids of the inventory.
 */
export function createRuleLoading({ inventory, connection, log }: Pick<Services, 'inventory' | 'connection' | 'log'>) {
  /** Hosts and, for files that define rules, names of registries. */
  const wanted = new Set<string>();
  let hasDocuments = false;
  let asked = new Set<string>();
  let connected: InventoryState['subscriptions'] | undefined;
  let running = false;
  let isDisposed = false;

  /** The next registry to ask for, by what is known at this moment. */
  function next(): RegistryEntry | undefined {
    if (asked.size >= maxRegistries) return undefined;
    const open = [...inventory.state.registries].flatMap(([key, entry]) =>
      !asked.has(key) && (entry.rulesFreshness === 'never' || entry.rulesFreshness === 'snapshot')
        ? [{ key, entry }]
        : [],
    );
    const first = open.find(({ entry }) => isWanted(entry, wanted)) ?? open[0];
    if (first) asked.add(first.key);
    return first?.entry;
  }

  async function worker(): Promise<void> {
    for (let entry = next(); entry && !isDisposed; entry = next()) await inventory.loadRules(entry.registry.id);
  }

  async function load(): Promise<void> {
    await connection.start();
    const { signedIn, subscriptions } = inventory.state;
    if (signedIn !== true || isDisposed) return;
    if (connected !== subscriptions) asked = new Set();
    connected = subscriptions;
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  function start(): void {
    const { signedIn, registries } = inventory.state;
    if (running || isDisposed || !hasDocuments || signedIn === false || registries.size === 0) return;
    running = true;
    quietly(load)
      .catch((error: unknown) => log.warn(`Reading cache rules for open files: ${String(error)}`))
      .finally(() => {
        running = false;
        // Another connection was made meanwhile.
        if (connected !== undefined && connected !== inventory.state.subscriptions) start();
      });
  }

  // The snapshot was read, or another connection was made: not the steps in which a list of registries fills.
  const listener = inventory.onDidChange(({ registryId }) => {
    const { subscriptions, freshness } = inventory.state;
    if (registryId === undefined && freshness !== 'loading' && connected !== subscriptions) start();
  });

  return {
    /** A document is opened or became visible; not for typing. Returns at once. */
    shown({ references, ruleFile }: Pick<Inspection, 'references' | 'ruleFile'>): void {
      if (references.length === 0 && ruleFile.rules.length === 0) return;
      hasDocuments = true;
      for (const { resolution } of references) wanted.add(resolution.image.host);
      for (const { registryName } of ruleFile.rules)
        if (registryName !== undefined) wanted.add(registryName.toLowerCase());
      for (const oldest of wanted) {
        if (wanted.size <= maxWanted) break;
        wanted.delete(oldest);
      }
      start();
    },
    dispose(): void {
      isDisposed = true;
      listener.dispose();
    },
  };
}

function isWanted({ registry, rules }: RegistryEntry, wanted: ReadonlySet<string>): boolean {
  if (wanted.has(canonicalHost(registry.loginServer)) || wanted.has(registry.name.toLowerCase())) return true;
  return rules !== undefined && [...rulesIndex(rules).sources.hosts].some((host) => wanted.has(host));
}
