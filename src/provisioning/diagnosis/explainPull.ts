import type { CacheRule, ImageReference } from '../../domain/types.ts';
import { explainPullError, type PullProblem } from '../pullErrors.ts';

/** A rule that may be meant by a pasted error, with its registry's login server. */
export interface KnownRule {
  readonly registry: { readonly id: string; readonly loginServer: string };
  readonly rule: CacheRule;
}

export interface PullExplanation {
  readonly problem: PullProblem;
  /** What was pulled, if the text tells. */
  readonly image?: ImageReference;
  /** The rule through which it was pulled. */
  readonly ruleId?: string;
  /** Where the rule fetches it from: `upstreamregistry.example/app`. */
  readonly source?: string;
  readonly correlationId?: string;
}

/** Explains what docker, podman, nerdctl, containerd or kubelet printed when a pull failed. Pure; hostile input is bounded. */
export function explainPullText(text: string, rules: readonly KnownRule[]): PullExplanation {
  const problem = explainPullError(text);
  const named = rules.find(({ rule }) => rule.name === problem.ruleName);
  return { problem, ...(named ? { ruleId: named.rule.id } : {}) };
}
