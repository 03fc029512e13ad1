import type { CheckResult, Health } from './types.ts';

/** The worst verdict: problem, then unknown, then warning. No check at all is unknown. */
export function healthOf(checks: readonly CheckResult[]): Health {
  const has = (verdict: CheckResult['verdict']): boolean => checks.some((check) => check.verdict === verdict);
  if (has('problem')) return 'problems';
  if (has('unknown') || checks.length === 0) return 'unknown';
  return has('warning') ? 'warnings' : 'healthy';
}
