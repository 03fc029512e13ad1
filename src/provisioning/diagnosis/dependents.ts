import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { sameArmId } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import type { RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule } from '../../domain/types.ts';
import { mapBounded } from '../mapBounded.ts';
import { createMemo, type Memo } from '../memo.ts';
import { diagnoseRule } from './diagnoseRule.ts';
import type { RuleDiagnosis, SharedThing } from './types.ts';

/** A rule with what is known of it. */
export interface KnownRule {
  readonly rule: CacheRule;
  readonly known: RuleKnowledge;
}

/**
 * Checks the rules that depend on what the findings of a diagnosis are about, such as a deleted identity: only those checks, so that
 * each says of itself what is so. A rule of which such a finding is known already is checked again, since it may be repaired.
 * @param others the rules of all visible registries; the diagnosed one may be among them
 * @throws AzureError `cancelled` only
 */
export async function diagnoseDependents(
  azure: Azure,
  diagnosis: RuleDiagnosis,
  rule: CacheRule,
  others: readonly KnownRule[],
  { signal, memory = createMemo() }: { readonly signal?: AbortSignal; readonly memory?: Memo } = {},
): Promise<RuleDiagnosis[]> {
  const wanted = others.flatMap((other) => {
    const only = sameArmId(other.rule.id, rule.id) ? new Set<string>() : checksFor(diagnosis, rule, other);
    return only.size > 0 ? [{ ruleId: other.rule.id, only }] : [];
  });
  const done = await mapBounded(wanted, 4, async ({ ruleId, only }) => {
    try {
      return await diagnoseRule(azure, ruleId, { memory, only, ...(signal && { signal }) });
    } catch (error) {
      if (isCancelled(error)) throw error;
      return undefined;
    }
  });
  return done.filter((each) => each !== undefined);
}

/** Ids of the checks that bear on another rule. */
function checksFor(diagnosis: RuleDiagnosis, rule: CacheRule, { rule: other, known }: KnownRule): Set<string> {
  const found = new Set(known.checkup?.findings.map(({ check }) => check));
  const ids = diagnosis.checks
    .filter(({ id, verdict }) => verdict === 'problem' || verdict === 'warning' || found.has(id))
    .filter(({ shared }) => shared !== undefined && dependOnSame(shared, rule, other))
    .map(({ id }) => id);
  return new Set(ids);
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
