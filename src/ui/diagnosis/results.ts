import { keepNewest } from '../../common/keepNewest.ts';
import { armIdKey, parentArmId, sameArmId } from '../../domain/armId.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/diagnose.ts';

export type Diagnosis = RuleDiagnosis | RegistryDiagnosis;

/** The oldest go first. */
const maxResults = 300;

/** The last diagnoses of this session, with their repairs; by id of the rule or registry. */
const results = new Map<string, Diagnosis>();

/**
 * Keeps a diagnosis.
 * @returns what is new by it: itself; of a registry its rules'; of a rule its registry's with the older one of the rule replaced.
 */
export function keepDiagnosis(diagnosis: Diagnosis): Diagnosis[] {
  const fresh = 'checks' in diagnosis ? [diagnosis, ...ofRegistry(diagnosis)] : [...diagnosis.rules, diagnosis];
  for (const each of fresh) keepNewest(results, armIdKey(idOf(each)), each, maxResults);
  return fresh;
}

/** The registry's diagnosis with the rule's put in place of its older one; none if it does not hold that rule. */
function ofRegistry(rule: RuleDiagnosis): Diagnosis[] {
  const known = results.get(armIdKey(parentArmId(rule.ruleId) ?? ''));
  const isIt = ({ ruleId }: RuleDiagnosis): boolean => sameArmId(ruleId, rule.ruleId);
  if (!known || !('rules' in known) || !known.rules.some(isIt)) return [];
  return [{ ...known, rules: known.rules.map((each) => (isIt(each) ? rule : each)) }];
}

/** What is known of these rules is newer, and only in part: it is with the inventory. */
export function forgetDiagnoses(rules: readonly RuleDiagnosis[]): void {
  for (const { ruleId } of rules) results.delete(armIdKey(ruleId));
}

export function lastDiagnosis(id: string): Diagnosis | undefined {
  return results.get(armIdKey(id));
}

export function idOf(diagnosis: Diagnosis): string {
  return 'checks' in diagnosis ? diagnosis.ruleId : diagnosis.registryId;
}
