import { keepNewest } from '../../common/keepNewest.ts';
import { armIdKey, parentArmId, sameArmId } from '../../domain/armId.ts';
import type { Inventory } from '../../inventory/inventory.ts';
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

/**
 * The last diagnosis of a rule or registry, without what it says of rules that have been replaced since, or that the account of now was
 * not told of: the inventory has forgotten their findings, and their repairs would be of what was there before.
 */
export function lastDiagnosis(inventory: Known, id: string): Diagnosis | undefined {
  const diagnosis = results.get(armIdKey(id));
  if (!diagnosis) return undefined;
  if ('checks' in diagnosis) return isStill(inventory, diagnosis) ? withoutReplaced(inventory, diagnosis) : undefined;
  const rules = diagnosis.rules.filter((rule) => isStill(inventory, rule));
  if (rules.length === 0 && diagnosis.rules.length > 0) return undefined;
  return { ...diagnosis, rules: rules.map((rule) => withoutReplaced(inventory, rule)) };
}

type Known = Pick<Inventory, 'entry' | 'knowledge'>;

function isStill(inventory: Known, { ruleId }: RuleDiagnosis): boolean {
  const isListed = inventory.entry(parentArmId(ruleId) ?? '') !== undefined;
  return !isListed || inventory.knowledge(ruleId).checkup !== undefined;
}

function withoutReplaced(inventory: Known, rule: RuleDiagnosis): RuleDiagnosis {
  return rule.dependents
    ? { ...rule, dependents: rule.dependents.filter((dependent) => isStill(inventory, dependent)) }
    : rule;
}

export function idOf(diagnosis: Diagnosis): string {
  return 'checks' in diagnosis ? diagnosis.ruleId : diagnosis.registryId;
}
