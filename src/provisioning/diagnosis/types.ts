import type { CacheLink, Evidence, Requirement } from '../types.ts';

export type CheckVerdict =
  | 'ok'
  /** Pulls fail or nothing is cached because of it. */
  | 'problem'
  /** Works, but is not as it should be (over-grant, stale tag, undocumented form). */
  | 'warning'
  /** Could not be checked; `reason` says why. Never shown as fine. */
  | 'unknown'
  /** Does not concern this rule, e.g. identity checks of a rule with a credential set. */
  | 'notApplicable';

/** A change that would cure a finding. It goes through plan → review → apply like a set-up. */
export interface Repair {
  /** Stable within a diagnosis. */
  readonly id: string;
  /** Imperative: "Assign Repository Reader with a condition for myapp". */
  readonly title: string;
  readonly link: CacheLink;
  /** In dependency order. */
  readonly requirements: readonly Requirement[];
  /** Present when it affects others: the page that must be confirmed first, e.g. the ABAC switch. */
  readonly confirmation?: 'abacSwitch' | { readonly sentence: string };
}

/** One check of one rule, in the order of `checkRule`. */
export interface CheckResult {
  /** Stable, for tests and for the language-model tools: `identityExists`, `sourceReadable`, … */
  readonly id: string;
  /** What is checked, as a noun phrase. */
  readonly title: string;
  readonly verdict: CheckVerdict;
  /** What was found, one or two sentences. */
  readonly reason: string;
  /** What to do, for everything but `ok` and `notApplicable`. */
  readonly next?: string;
  /** Facts with request and correlation id. */
  readonly evidence: readonly Evidence[];
  readonly repair?: Repair;
}

export type Health = 'healthy' | 'warnings' | 'problems' | 'unknown';

/** JSON-serializable except for `repair`. */
export interface RuleDiagnosis {
  readonly ruleId: string;
  readonly ruleName: string;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** The worst verdict: problem, then unknown, then warning. */
  readonly health: Health;
  readonly checks: readonly CheckResult[];
  /** What the rule wants, where its source is a registry that ARM shows us. */
  readonly link?: CacheLink;
}

export interface RegistryDiagnosis {
  readonly registryId: string;
  readonly rules: readonly RuleDiagnosis[];
  /** Rules not reached because of a cancel. */
  readonly notChecked: readonly string[];
}
