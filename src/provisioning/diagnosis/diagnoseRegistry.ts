import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import type { PullProof } from '../../domain/ruleVerdict.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { createMemo } from '../engine/memo.ts';
import { readRules } from '../engine/reads.ts';
import { diagnoseRule } from './diagnoseRule.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from './types.ts';

export interface DiagnoseRegistryOptions {
  readonly signal?: AbortSignal;
  /** An earlier pull through the rule that was proven. */
  readonly proofOf?: (ruleId: string) => PullProof | undefined;
  /** Called as each rule is done, in any order. `total`: how many rules the registry has. */
  readonly onRule?: (diagnosis: RuleDiagnosis, total: number) => void;
  /** Rules under way at a time; default 4. */
  readonly concurrency?: number;
}

/**
 * Diagnoses every rule of a registry. What the rules have in common is read once. A cancel ends it with what is known by then; the
 * rest is in `notChecked`.
 * @throws AzureError when the rules cannot be listed, `cancelled` included
 */
export async function diagnoseRegistry(
  azure: Azure,
  registryId: string,
  options: DiagnoseRegistryOptions = {},
): Promise<RegistryDiagnosis> {
  const signal = options.signal ?? new AbortController().signal;
  const memory = createMemo();
  const rules = await readRules({ azure, signal, memo: memory.memo }, registryId);
  const done = await mapBounded(rules, options.concurrency ?? 4, async (rule) => {
    try {
      const proof = options.proofOf?.(rule.id);
      const diagnosis = await diagnoseRule(azure, rule.id, { signal, memory, ...(proof && { proof }) });
      options.onRule?.(diagnosis, rules.length);
      return diagnosis;
    } catch (error) {
      if (isCancelled(error)) return undefined;
      throw error;
    }
  });
  return {
    registryId,
    rules: done.filter((diagnosis) => diagnosis !== undefined),
    notChecked: rules.filter((_, index) => done[index] === undefined).map((rule) => rule.id),
  };
}
