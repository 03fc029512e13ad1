import { ifReadable } from '../../azure/failures.ts';
import type { PullBearing } from '../../domain/ruleVerdict.ts';
import type { CheckVerdict, Evidence, Finding } from '../types.ts';
import type { Facts, PlanFacts, RuleFacts } from './facts.ts';

/** What several rules may depend on, so that a finding about it is one about all of them. */
export type SharedThing =
  /** The managed identity. */
  | 'identity'
  /** What the identity may do in the upstream. */
  | 'permission'
  | 'upstream'
  | 'credentialSet'
  /** The registry that has the rule. */
  | 'registry';

/** One question about a rule that exists. */
export interface RuleCheck {
  /** Stable, for tests and for the language-model tools: `identityExists`, `sourceReadable`, … */
  readonly id: string;
  /** What is checked, as a noun phrase. */
  title(): string;
  /** Whether a pull depends on it: only then is the rule's verdict open while the check cannot be made. */
  readonly pull: PullBearing;
  /** What is checked, when other rules may depend on the same. */
  readonly shared?: SharedThing;
  /** What the signed-in user needs to be allowed to read for it; told when Azure answers 403. */
  needs?(): string;
  /** Throws what its reads throw: the verdict is then `unknown` with the reason. */
  run(facts: RuleFacts): Promise<Finding>;
}

/** What must hold before the first write of a plan, and belongs to no single requirement of it. */
export interface PlanCheck {
  /** Findings without a severity are left out. @throws AzureError `cancelled` only */
  beforeWrite(facts: PlanFacts): Promise<readonly Finding[]>;
}

/** One check of one rule, in the order of the list of checks. */
export interface CheckResult extends Finding, Pick<RuleCheck, 'id' | 'pull' | 'shared'> {
  readonly title: string;
  readonly evidence: readonly Evidence[];
}

/** `beforeWrite` of a check that says the same of a plan as of a rule. What cannot be read is told by `registryReady`. */
export function sameBeforeWrite(judge: (facts: Facts) => Promise<Finding>): PlanCheck['beforeWrite'] {
  return async (facts) => [(await ifReadable(() => judge(facts))) ?? []].flat();
}

type More = Pick<Finding, 'evidence' | 'repair' | 'severity'>;
type Judged = (code: string, reason: string, next: string, more?: More) => Finding;

const judged =
  (verdict: CheckVerdict): Judged =>
  (code, reason, next, more = {}) => ({ code, verdict, reason, next, ...more });

export const problem = judged('problem');
export const warning = judged('warning');
export const unknown = judged('unknown');

export const ok = (code: string, reason: string, evidence: readonly Evidence[] = []): Finding => ({
  code,
  verdict: 'ok',
  reason,
  evidence,
});

export const notApplicable = (code: string, reason: string): Finding => ({ code, verdict: 'notApplicable', reason });

/** What keeps a plan from being applied. */
export const blocking = (code: string, reason: string, next?: string): Finding => ({
  code,
  verdict: 'problem',
  severity: 'blocking',
  reason,
  next,
});

/** What is to be known before a plan is applied. */
export const caution = (code: string, reason: string, verdict: CheckVerdict = 'warning'): Finding => ({
  code,
  verdict,
  severity: 'warning',
  reason,
});

/** Whether a person has to look at it. */
export function isFinding({ verdict }: Pick<Finding, 'verdict'>): boolean {
  return verdict !== 'ok' && verdict !== 'notApplicable';
}

const verdicts: readonly CheckVerdict[] = ['problem', 'unknown', 'warning', 'ok', 'notApplicable'];

/** What a person has to look at comes before what is fine; in their own order within. */
export function worstFirst<T extends Pick<Finding, 'verdict'>>(findings: readonly T[]): T[] {
  return verdicts.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict));
}

/** A sign for a verdict, for texts that have no icons. */
export function verdictMark(verdict: CheckVerdict): string {
  return { ok: '✓', problem: '✗', warning: '⚠', unknown: '?', notApplicable: '–' }[verdict];
}
