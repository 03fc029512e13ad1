import type { RuleCheckup, RuleFinding } from '../../domain/ruleVerdict.ts';
import type { CheckResult } from './types.ts';

/** What is to be remembered of checks: those that did not pass. */
export function checkupOf(checks: readonly CheckResult[], checkedAt: string, isWhole: boolean): RuleCheckup {
  return {
    findings: checks.flatMap(({ id, verdict, pull }): RuleFinding[] =>
      verdict === 'ok' || verdict === 'notApplicable' ? [] : [{ check: id, verdict, pull }],
    ),
    checkedAt,
    served: checks.some(({ served }) => served),
    isWhole,
  };
}
