import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { armIdName } from '../../domain/armId.ts';
import { judgeRule, predatesRule, type PullProof } from '../../domain/ruleVerdict.ts';
import type { Memo } from '../engine/memo.ts';
import type { CacheLink } from '../types.ts';
import { cancelled } from '../engine/walkContext.ts';
import { checks } from '../checks/index.ts';
import { checkupOf } from './checkup.ts';
import { createFacts, type Facts } from './facts.ts';
import { runCheck } from './runCheck.ts';
import type { CheckResult, RuleDiagnosis } from './types.ts';

export interface DiagnoseOptions {
  readonly signal?: AbortSignal;
  /** Called as each check ends, in any order; `index` of `total` is its place. */
  readonly onCheck?: (check: CheckResult, index: number, total: number) => void;
  /** Tag to look at in both registries; default: the newest one that is cached, else the newest upstream. */
  readonly tag?: string;
  /** What has been read already, shared by the rules of one registry. */
  readonly memory?: Memo;
  /** An earlier pull through the rule that was proven. One from before the rule was created was through another of its name. */
  readonly proof?: PullProof;
  /** Only the checks with these ids. */
  readonly only?: ReadonlySet<string>;
}

/**
 * Answers every check for one rule, or those that are asked for. Changes nothing. What could not be read is the verdict `unknown` with the reason.
 * @throws AzureError `cancelled` only
 */
export async function diagnoseRule(
  azure: Azure,
  ruleId: string,
  options: DiagnoseOptions = {},
): Promise<RuleDiagnosis> {
  if (options.signal?.aborted) throw cancelled();
  const facts = createFacts(azure, ruleId, options);
  const { only } = options;
  const wanted = only ? checks.filter(({ id }) => only.has(id)) : checks;
  const results = await Promise.all(
    wanted.map(async (check, index) => {
      const result = await runCheck(check, facts);
      options.onCheck?.(result, index, wanted.length);
      return result;
    }),
  );
  const [link, proof] = await Promise.all([linkIfKnown(facts), proofOfRule(facts, options.proof)]);
  const checkedAt = new Date().toISOString();
  const checkup = checkupOf(results, checkedAt, only === undefined);
  return {
    ruleId,
    ruleName: armIdName(ruleId),
    checkedAt,
    ...judgeRule({ checkup, ...(proof && { proof }) }),
    checks: results,
    ...(link ? { link } : {}),
  };
}

async function proofOfRule(facts: Facts, proof: PullProof | undefined): Promise<PullProof | undefined> {
  if (!proof) return undefined;
  try {
    return predatesRule(proof.provenAt, await facts.rule()) ? undefined : proof;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  }
}

async function linkIfKnown(facts: Facts): Promise<CacheLink | undefined> {
  try {
    const found = await facts.link();
    return found.ok ? found.link : undefined;
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  }
}
