import { armIdKey } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';

/** How many of the rules use each identity, by `armIdKey` of the identity. */
export function rulesByIdentity(rules: readonly CacheRule[]): ReadonlyMap<string, number> {
  const uses = new Map<string, number>();
  for (const { identity } of rules) {
    if (identity) uses.set(armIdKey(identity.id), (uses.get(armIdKey(identity.id)) ?? 0) + 1);
  }
  return uses;
}
