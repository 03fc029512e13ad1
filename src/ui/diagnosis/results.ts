import { armIdKey, parentArmId } from '../../domain/armId.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/types.ts';
import { withRule } from './grouping.ts';

export type Diagnosis = RuleDiagnosis | RegistryDiagnosis;

/** The oldest go first. */
const maxResults = 50;

/** The last diagnoses of this session, with their repairs; by id of the rule or registry. */
const results = new Map<string, Diagnosis>();

/**
 * Keeps a diagnosis.
 * @returns what changed by it: itself, and a registry's diagnosis that holds an older one of the same rule.
 */
export function keepDiagnosis(diagnosis: Diagnosis): Diagnosis[] {
  keep(idOf(diagnosis), diagnosis);
  const registry = 'checks' in diagnosis ? results.get(armIdKey(parentArmId(diagnosis.ruleId) ?? '')) : undefined;
  const renewed = 'checks' in diagnosis && registry && 'rules' in registry ? withRule(registry, diagnosis) : undefined;
  if (renewed) keep(renewed.registryId, renewed);
  return renewed ? [diagnosis, renewed] : [diagnosis];
}

export function lastDiagnosis(id: string): Diagnosis | undefined {
  return results.get(armIdKey(id));
}

export function idOf(diagnosis: Diagnosis): string {
  return 'checks' in diagnosis ? diagnosis.ruleId : diagnosis.registryId;
}

function keep(id: string, diagnosis: Diagnosis): void {
  const key = armIdKey(id);
  results.delete(key);
  results.set(key, diagnosis);
  for (const oldest of results.keys()) {
    if (results.size <= maxResults) break;
    results.delete(oldest);
  }
}
