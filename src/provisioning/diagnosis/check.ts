import type { PullBearing } from '../../domain/ruleVerdict.ts';
import type { Evidence } from '../types.ts';
import type { CheckResult, CheckVerdict, Repair, SharedThing } from './types.ts';
import type { Facts } from './facts.ts';

/** What a check found out. */
export interface Found {
  readonly verdict: CheckVerdict;
  readonly reason: string;
  readonly next?: string;
  readonly evidence?: readonly Evidence[];
  readonly repair?: Repair;
  /** The registry answered for an image of the rule. */
  readonly served?: true;
}

/** One question about a rule. A small file each in `checks/`; the order is that of `checks/index.ts`. */
export interface Check {
  readonly id: CheckResult['id'];
  title(): string;
  /** Whether a pull depends on it: only then is the rule's verdict open while the check cannot be made. */
  readonly pull: PullBearing;
  /** What is checked, when other rules may depend on the same. */
  readonly shared?: SharedThing;
  /** What the signed-in user needs to be allowed to read for it; told when Azure answers 403. */
  needs?(): string;
  /** Throws what its reads throw: the verdict is then `unknown` with the reason. */
  run(facts: Facts): Promise<Found>;
}

export const ok = (reason: string, evidence: readonly Evidence[] = []): Found => ({ verdict: 'ok', reason, evidence });

export const notApplicable = (reason: string): Found => ({ verdict: 'notApplicable', reason });

/** Found to be so, what to do, and what else. */
type More = Pick<Found, 'evidence' | 'repair'>;

export const problem = (reason: string, next: string, more: More = {}): Found => ({
  verdict: 'problem',
  reason,
  next,
  ...more,
});

export const warning = (reason: string, next: string, more: More = {}): Found => ({
  verdict: 'warning',
  reason,
  next,
  ...more,
});

export const unknown = (reason: string, next: string, more: More = {}): Found => ({
  verdict: 'unknown',
  reason,
  next,
  ...more,
});
