import { armIdKey } from '../domain/armId.ts';
import type { CacheRule } from '../domain/types.ts';
import type { RegistryEntry, RuleHealth } from './types.ts';

/**
 * The diagnoses that still speak of these rules: a rule that is gone, or was replaced since by one with other paths or
 * another identity, has none.
 */
export function keptDiagnoses(
  { rules: before = [], diagnoses }: RegistryEntry,
  rules: readonly CacheRule[],
): Pick<RegistryEntry, 'diagnoses'> {
  if (!diagnoses) return {};
  const known = new Map(before.map((rule) => [armIdKey(rule.id), rule]));
  const kept = rules.flatMap((rule): [string, RuleHealth][] => {
    const key = armIdKey(rule.id);
    const [health, old] = [diagnoses.get(key), known.get(key)];
    return health && (!old || isSame(old, rule)) ? [[key, health]] : [];
  });
  return kept.length === 0 ? {} : { diagnoses: new Map(kept) };
}

function isSame(a: CacheRule, b: CacheRule): boolean {
  const paths = (rule: CacheRule) =>
    JSON.stringify([
      rule.sourceRepository,
      rule.targetRepository,
      rule.credentialSetId?.toLowerCase(),
      rule.identity?.id.toLowerCase(),
      rule.identity?.principalId,
    ]);
  return paths(a) === paths(b);
}
