import type {
  CheckResult,
  CheckVerdict,
  RegistryDiagnosis,
  RuleDiagnosis,
} from '../../provisioning/diagnosis/types.ts';

/** Worst first: what a person has to look at comes before what is fine. */
const order: readonly CheckVerdict[] = ['problem', 'unknown', 'warning', 'ok', 'notApplicable'];

export interface CheckGroup {
  readonly verdict: CheckVerdict;
  /** In the order of the diagnosis. */
  readonly checks: readonly CheckResult[];
}

/** The checks by verdict; verdicts that nothing has are left out. */
export function groupChecks(checks: readonly CheckResult[]): CheckGroup[] {
  return order
    .map((verdict) => ({ verdict, checks: checks.filter((check) => check.verdict === verdict) }))
    .filter((group) => group.checks.length > 0);
}

/** A registry's diagnosis with one rule's put in place of its older one; undefined if it does not hold that rule. */
export function withRule(registry: RegistryDiagnosis, rule: RuleDiagnosis): RegistryDiagnosis | undefined {
  const isIt = (id: string) => id.toLowerCase() === rule.ruleId.toLowerCase();
  if (!registry.rules.some(({ ruleId }) => isIt(ruleId))) return undefined;
  return { ...registry, rules: registry.rules.map((known) => (isIt(known.ruleId) ? rule : known)) };
}
