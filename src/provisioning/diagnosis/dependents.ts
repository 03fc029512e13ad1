import type { Azure } from '../../azure/azure.ts';
import { ifReadable } from '../../azure/failures.ts';
import { armIdKey, sameArmId } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule } from '../../domain/types.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { createMemo, type Memo } from '../engine/memo.ts';
import type { SharedThing } from '../checks/check.ts';
import { diagnoseRule, type RuleDiagnosis } from './diagnose.ts';

/** A rule with what is known of it. */
export interface KnownRule {
  readonly rule: CacheRule;
  readonly known: RuleKnowledge;
}

export interface DependentsOptions {
  readonly signal?: AbortSignal;
  readonly memory?: Memo;
  /** Checks that were made already, by check and rule; those that are made now are added. */
  readonly made?: Set<string>;
}

/**
 * Checks the rules that depend on what the findings of a diagnosis are about, such as a deleted identity: only those checks, so that
 * each says of itself what is so. A rule of which such a finding is known already is checked again, since it may be repaired.
 * @param others rules of visible registries; the diagnosed one may be among them
 * @throws AzureError `cancelled` only
 */
export async function diagnoseDependents(
  azure: Azure,
  diagnosis: RuleDiagnosis,
  rule: CacheRule,
  others: readonly KnownRule[],
  { signal, memory = createMemo(), made = new Set() }: DependentsOptions = {},
): Promise<RuleDiagnosis[]> {
  const shared = diagnosis.checks.flatMap(({ id, verdict, shared: thing }) =>
    thing === undefined ? [] : [{ id, thing, isFinding: verdict === 'problem' || verdict === 'warning' }],
  );
  const hasFindings = shared.some(({ isFinding }) => isFinding);
  const wanted = others.flatMap(({ rule: other, known: { checkup } }) => {
    if ((!hasFindings && !checkup?.findings.length) || sameArmId(other.id, rule.id)) return [];
    const known = new Set(checkup?.findings.map(({ check }) => check));
    const ids = shared
      .filter(({ id, thing, isFinding }) => (isFinding || known.has(id)) && dependOnSame(thing, rule, other))
      .map(({ id }) => id)
      .filter((id) => !made.has(`${id} ${armIdKey(other.id)}`));
    for (const id of ids) made.add(`${id} ${armIdKey(other.id)}`);
    return ids.length > 0 ? [{ ruleId: other.id, only: new Set(ids) }] : [];
  });
  const done = await mapBounded(wanted, 4, ({ ruleId, only }) =>
    ifReadable(() => diagnoseRule(azure, ruleId, { memory, only, signal })),
  );
  return done.filter((each) => each !== undefined);
}

function dependOnSame(shared: SharedThing, a: CacheRule, b: CacheRule): boolean {
  switch (shared) {
    case 'registry':
      return sameArmId(a.registryId, b.registryId);
    case 'identity':
      return sameArmId(a.identity?.id, b.identity?.id);
    case 'credentialSet':
      return sameArmId(a.credentialSetId, b.credentialSetId);
    case 'upstream':
      return haveSameUpstream(a, b);
    case 'permission':
      return sameArmId(a.identity?.id, b.identity?.id) && haveSameUpstream(a, b);
  }
}

function haveSameUpstream(a: CacheRule, b: CacheRule): boolean {
  const [one, two] = [a, b].map(({ sourceRepository }) => parseSourceRepository(sourceRepository));
  return one?.ok === true && two?.ok === true && one.value.loginServer === two.value.loginServer;
}
