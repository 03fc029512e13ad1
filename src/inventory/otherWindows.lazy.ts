import { armIdKey } from '../domain/armId.ts';
import type { RuleKnowledge } from '../domain/ruleVerdict.ts';
import { isSameRule } from '../domain/sameRule.ts';
import type { CacheRule } from '../domain/types.ts';
import { readSnapshot } from './readSnapshot.lazy.ts';
import { sameOwner, type SnapshotOwner } from './snapshot.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

type Registries = InventoryState['registries'];

/**
 * What is known, with what another window has found out about rules since this one last wrote or read the snapshot, where this one has
 * not found out anything itself: each window writes the snapshot whole.
 * @param text the snapshot as it is now
 * @param before what was known when this window last wrote or read it
 */
export function withOtherWindows(
  text: string,
  owner: SnapshotOwner,
  known: Registries,
  before: Registries,
): Registries {
  const parsed = readSnapshot(text);
  if (!parsed.ok || !sameOwner(parsed.value.owner, owner)) return known;
  const found = new Map<string, RegistryEntry>();
  for (const theirs of parsed.value.registries) {
    const key = armIdKey(theirs.registry.id);
    const ours = known.get(key);
    if (!ours || !theirs.rules) continue;
    if (!ours.rules) {
      const { rules, knowledge } = theirs;
      const rulesFreshness = ours.rulesFreshness === 'never' ? 'snapshot' : ours.rulesFreshness;
      found.set(key, { ...ours, rules, rulesFreshness, knowledge });
      continue;
    }
    const knowledge = mergedKnowledge(ours.rules, ours, theirs, before.get(key));
    if (knowledge) found.set(key, { ...ours, knowledge });
  }
  return found.size === 0 ? known : new Map([...known, ...found]);
}

/** Undefined: nothing is other than before. */
function mergedKnowledge(
  rules: readonly CacheRule[],
  ours: RegistryEntry,
  theirs: RegistryEntry,
  before: RegistryEntry | undefined,
): ReadonlyMap<string, RuleKnowledge> | undefined {
  const theirRules = new Map((theirs.rules ?? []).map((rule) => [armIdKey(rule.id), rule]));
  const merged = new Map(ours.knowledge);
  let isOther = false;
  for (const rule of rules) {
    const key = armIdKey(rule.id);
    const theirRule = theirRules.get(key);
    const isOurs = merged.get(key) !== before?.knowledge?.get(key);
    if (isOurs || !theirRule || !isSameRule(theirRule, rule)) continue;
    const about = theirs.knowledge?.get(key);
    if (JSON.stringify(about) === JSON.stringify(merged.get(key))) continue;
    isOther = true;
    if (about) merged.set(key, about);
    else merged.delete(key);
  }
  return isOther ? merged : undefined;
}
