import { armIdKey } from '../domain/armId.ts';
import type { Registry, Subscription } from '../domain/types.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

type Registries = InventoryState['registries'];

/** Known registries with those of one page put in; their rules stay. */
export function withPage(known: Registries, page: readonly Registry[]): Registries {
  const result = new Map(known);
  for (const registry of page) put(result, registry);
  return result;
}

/**
 * What is known after a refresh: exactly what Azure answered, with the rules known before, and, of subscriptions that could not
 * be read, what was known.
 */
export function afterRefresh(
  known: Registries,
  answer: { readonly registries: readonly Registry[]; readonly failures: InventoryState['failures'] },
): Registries {
  const failed = new Set(answer.failures.map(({ subscriptionId }) => subscriptionId.toLowerCase()));
  const result = new Map<string, RegistryEntry>();
  for (const [key, entry] of known) {
    if (failed.has(entry.registry.subscriptionId.toLowerCase())) result.set(key, entry);
  }
  for (const registry of answer.registries) put(result, registry, known);
  return result;
}

/** Rules that count as current or failed are to be read again when next asked for. */
export function withStaleRules(known: Registries): Registries {
  return mapEntries(known, (entry) => {
    if (entry.rulesFreshness !== 'current' && entry.rulesFreshness !== 'failed') return entry;
    const { registry, rules, knowledge } = entry;
    return { registry, rules, rulesFreshness: rules ? 'snapshot' : 'never', knowledge };
  });
}

/** As `withStaleRules`, for a new connection: what is loading belongs to the old one and will not arrive. */
export function withoutLoading(known: Registries): Registries {
  const settled = mapEntries(known, (entry) => (entry.rulesFreshness === 'loading' ? notLoading(entry) : entry));
  return withStaleRules(settled);
}

/** The entry as it stands when its rules are not being loaded any more and nothing came of it. */
export function notLoading(entry: RegistryEntry): RegistryEntry {
  if (entry.rulesError) return { ...entry, rulesFreshness: 'failed' };
  return { ...entry, rulesFreshness: entry.rules ? 'snapshot' : 'never' };
}

/** Only registries of these subscriptions. */
export function ofSubscriptions(known: Registries, subscriptions: readonly Subscription[]): Registries {
  const ids = new Set(subscriptions.map(({ id }) => id.toLowerCase()));
  return new Map([...known].filter(([, { registry }]) => ids.has(registry.subscriptionId.toLowerCase())));
}

/** `known` with what only the snapshot knows: whole registries while Azure has not answered, else just their rules. */
export function withSnapshot(
  known: Registries,
  snapshot: readonly RegistryEntry[],
  subscriptions: readonly Subscription[] | undefined,
  isComplete: boolean,
): Registries {
  const result = new Map(known);
  const wanted = new Map(snapshot.map((entry) => [armIdKey(entry.registry.id), entry]));
  for (const [key, entry] of subscriptions ? ofSubscriptions(wanted, subscriptions) : wanted) {
    const present = result.get(key);
    if (!present && !isComplete) result.set(key, entry);
    else if (present?.rulesFreshness === 'never' && entry.rules) {
      const { rules, knowledge = present.knowledge } = entry;
      result.set(key, { ...present, rules, rulesFreshness: 'snapshot', knowledge });
    }
  }
  return result;
}

function put(result: Map<string, RegistryEntry>, registry: Registry, known: Registries = result): void {
  const key = armIdKey(registry.id);
  const present = known.get(key);
  result.set(key, present ? { ...present, registry } : { registry, rulesFreshness: 'never' });
}

function mapEntries(known: Registries, change: (entry: RegistryEntry) => RegistryEntry): Registries {
  return new Map([...known].map(([key, entry]) => [key, change(entry)]));
}
