import type { PullBearing, RuleVerdict } from '../../domain/ruleVerdict.ts';
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
  /** Present when the same change may be needed by several rules: it is then offered once for all of them. */
  readonly common?: CommonChange;
}

/** A change of what several rules depend on. */
export interface CommonChange {
  /** The same for repairs that do the same to the same things. */
  readonly key: string;
  title(link: CacheLink): string;
  /** Steps that are done once, for a link that maps what all the rules map. */
  once(link: CacheLink): readonly Requirement[];
  /** Steps for each rule. */
  each?(link: CacheLink): readonly Requirement[];
}

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

/** One check of one rule, in the order of `checkRule`. */
export interface CheckResult {
  /** Stable, for tests and for the language-model tools: `identityExists`, `sourceReadable`, … */
  readonly id: string;
  /** What is checked, as a noun phrase. */
  readonly title: string;
  readonly verdict: CheckVerdict;
  /** Whether a pull depends on what is checked. */
  readonly pull: PullBearing;
  /** What is checked belongs to more rules than this one. */
  readonly shared?: SharedThing;
  /** The registry answered for an image of the rule. */
  readonly served?: true;
  /** What was found, one or two sentences. */
  readonly reason: string;
  /** What to do, for everything but `ok` and `notApplicable`. */
  readonly next?: string;
  /** Facts with request and correlation id. */
  readonly evidence: readonly Evidence[];
  readonly repair?: Repair;
}

/** JSON-serializable except for `repair`. Its verdict counts what was proven by a pull before. */
export interface RuleDiagnosis extends RuleVerdict {
  readonly ruleId: string;
  readonly ruleName: string;
  /** ISO 8601. */
  readonly checkedAt: string;
  /** All of them, or those that were asked for. */
  readonly checks: readonly CheckResult[];
  /** What was found about other rules that depend on the same things, by the checks of those things alone. */
  readonly dependents?: readonly RuleDiagnosis[];
  /** What the rule wants, where its source is a registry that ARM shows us. */
  readonly link?: CacheLink;
}

export interface RegistryDiagnosis {
  readonly registryId: string;
  readonly rules: readonly RuleDiagnosis[];
  /** Rules not reached because of a cancel. */
  readonly notChecked: readonly string[];
}
