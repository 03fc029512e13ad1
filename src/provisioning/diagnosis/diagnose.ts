import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { ifReadable } from '../../azure/failures.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { shownLine } from '../../common/shown.ts';
import { armIdName } from '../../domain/armId.ts';
import {
  judgeRule,
  predatesRule,
  type PullProof,
  type RuleCheckup,
  type RuleFinding,
  type RuleVerdict,
} from '../../domain/ruleVerdict.ts';
import type { CheckResult } from '../checks/check.ts';
import { factsOfRule } from '../checks/facts.ts';
import { ruleChecks } from '../checks/index.ts';
import { createMemo, type Memo } from '../engine/memo.ts';
import { readRules } from '../engine/reads.ts';
import { cancelledError } from '../../azure/http/errors.ts';
import { runCheck } from './runCheck.ts';

/** JSON-serializable except for repairs. Its verdict counts what was proven by a pull before. */
export interface RuleDiagnosis extends RuleVerdict {
  readonly ruleId: string;
  readonly ruleName: string;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** All of them, or those that were asked for. */
  readonly checks: readonly CheckResult[];
  /** What was found about other rules that depend on the same things, by the checks of those things alone. */
  readonly dependents?: readonly RuleDiagnosis[];
}

export interface RegistryDiagnosis {
  readonly registryId: string;
  readonly rules: readonly RuleDiagnosis[];
  /** Rules not reached because of a cancel. */
  readonly notChecked: readonly string[];
}

export interface DiagnoseOptions {
  readonly signal?: AbortSignal;
  /** Called as each check ends, in any order. */
  readonly onCheck?: (check: CheckResult, total: number) => void;
  /** Tag to look at in both registries; default: the newest one that is cached, else the newest upstream. */
  readonly tag?: string;
  /** What has been read already, shared by the rules of one registry. */
  readonly memory?: Memo;
  /** An earlier pull through the rule that was proven. One from before the rule was created was through another of its name. */
  readonly proof?: PullProof | undefined;
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
  const { signal, only, proof, onCheck } = options;
  if (signal?.aborted) throw cancelledError();
  const facts = factsOfRule(azure, ruleId, options);
  const wanted = ruleChecks.filter(({ id }) => only?.has(id) ?? true);
  const checks = await Promise.all(
    wanted.map(async (check) => {
      const result = await runCheck(check, facts);
      onCheck?.(result, wanted.length);
      return result;
    }),
  );
  const rule = proof && (await ifReadable(facts.rule));
  const checkedAt = new Date().toISOString();
  const checkup = checkupOf(checks, checkedAt, only === undefined);
  return {
    ruleId,
    ruleName: armIdName(ruleId),
    checkedAt,
    ...judgeRule({ checkup, ...(proof && rule && !predatesRule(proof.provenAt, rule) && { proof }) }),
    checks,
  };
}

/** Characters of a finding's texts that are remembered. */
const maxTitle = 80;
const maxReason = 300;

/** What is to be remembered of checks: those that did not pass. */
export function checkupOf(checks: readonly CheckResult[], checkedAt: string, isWhole: boolean): RuleCheckup {
  return {
    findings: checks.flatMap(({ id, verdict, pull, title, reason, repair }): RuleFinding[] =>
      verdict === 'ok' || verdict === 'notApplicable'
        ? []
        : [
            {
              check: id,
              verdict,
              pull,
              title: shownLine(title, maxTitle),
              reason: shownLine(reason, maxReason),
              hasRepair: repair !== undefined,
            },
          ],
    ),
    checkedAt,
    served: checks.some(({ served }) => served),
    isWhole,
  };
}

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
  { signal = new AbortController().signal, proofOf, onRule, concurrency = 4 }: DiagnoseRegistryOptions = {},
): Promise<RegistryDiagnosis> {
  const memory = createMemo();
  const rules = await readRules({ azure, signal, memo: memory.memo }, registryId);
  const done = await mapBounded(rules, concurrency, async ({ id }) => {
    try {
      const diagnosis = await diagnoseRule(azure, id, { signal, memory, proof: proofOf?.(id) });
      onRule?.(diagnosis, rules.length);
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
