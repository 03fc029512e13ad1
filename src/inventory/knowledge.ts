import { armIdKey, parentArmId } from '../domain/armId.ts';
import type { RuleKnowledge } from '../domain/ruleVerdict.ts';
import { isSameRule } from '../domain/sameRule.ts';
import type { CacheRule } from '../domain/types.ts';
import type { InventoryState, RegistryEntry } from './types.ts';

/** A rule that is known, with its registry, whatever the casing of its id. */
export function findRule(
  { registries }: Pick<InventoryState, 'registries'>,
  ruleId: string,
): { readonly rule: CacheRule; readonly entry: RegistryEntry } | undefined {
  const entry = registries.get(armIdKey(parentArmId(ruleId) ?? ''));
  const rule = entry?.rules && byKeyOf(entry.rules).get(armIdKey(ruleId));
  return entry && rule && { rule, entry };
}

/** Of each list of rules, by key of their ids: a tree with a thousand of them looks for each. */
const byKey = new WeakMap<readonly CacheRule[], ReadonlyMap<string, CacheRule>>();

function byKeyOf(rules: readonly CacheRule[]): ReadonlyMap<string, CacheRule> {
  const known = byKey.get(rules) ?? new Map(rules.map((rule) => [armIdKey(rule.id), rule]));
  byKey.set(rules, known);
  return known;
}

/** What is known of a rule; nothing is known of one that nobody diagnosed or verified. */
export function knowledgeOf({ knowledge }: Pick<RegistryEntry, 'knowledge'>, ruleId: string): RuleKnowledge {
  return knowledge?.get(armIdKey(ruleId)) ?? {};
}

/**
 * What still speaks of these rules: of a rule that is gone, or was replaced since by one that was made at another time or has other
 * paths or another identity, nothing is known.
 */
export function keptKnowledge(
  { rules: before = [], knowledge }: RegistryEntry,
  rules: readonly CacheRule[],
): Pick<RegistryEntry, 'knowledge'> {
  if (!knowledge) return {};
  const known = new Map(before.map((rule) => [armIdKey(rule.id), rule]));
  const kept = rules.flatMap((rule): [string, RuleKnowledge][] => {
    const key = armIdKey(rule.id);
    const [about, old] = [knowledge.get(key), known.get(key)];
    return about && (!old || isSameRule(old, rule)) ? [[key, about]] : [];
  });
  return kept.length === 0 ? {} : { knowledge: new Map(kept) };
}
