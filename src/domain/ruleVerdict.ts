import * as l10n from '@vscode/l10n';
import type { CacheRule } from './types.ts';

/** What a pull through a cache rule has to do with one check of the rule. */
export type PullBearing =
  /** A pull depends on it: while it is not known, nobody knows whether pulls work. */
  | 'dependsOn'
  /** A pull depends on it, and one that was served proves it. */
  | 'proves'
  /** No pull depends on it. */
  | 'independent';

/** A check that did not pass. */
export interface RuleFinding {
  /** Id of the check. */
  readonly check: string;
  /** `unknown`: the check was skipped, since something could not be read. */
  readonly verdict: 'problem' | 'warning' | 'unknown';
  readonly pull: PullBearing;
  /** What was checked, as a noun phrase of at most 80 characters. */
  readonly title: string;
  /** What was found, in at most 300 characters. */
  readonly reason: string;
  /** Whether the diagnosis offered a repair; only a diagnosis of the same session can run it. */
  readonly hasRepair: boolean;
}

/** What the checks of a rule found when they were last made. */
export interface RuleCheckup {
  readonly findings: readonly RuleFinding[];
  /** ISO 8601. */
  readonly checkedAt: string;
  /** The registry answered for an image of the rule: the diagnosis' own proof. */
  readonly served: boolean;
  /** False: only what the rule shares with another rule was checked, on the occasion of that one's diagnosis. */
  readonly isWhole: boolean;
}

/** A pull through the rule that this extension made, and after which it found the image cached. */
export interface PullProof {
  /** `team/app:1` in the downstream. */
  readonly image: string;
  /** What pulled: `docker`, `podman`, … or `api`. */
  readonly by: string;
  /** ISO 8601. */
  readonly provenAt: string;
  /** In the downstream, `sha256:…`. */
  readonly digest: string;
  /** What the upstream had under the same tag then. */
  readonly upstream: 'same' | 'newer' | 'unknown';
  /** Of an image for several platforms: those that were cached, and of how many. */
  readonly platforms?: { readonly cached: readonly string[]; readonly count: number };
}

/** What this extension has found out about a rule. Empty: nothing yet. */
export interface RuleKnowledge {
  readonly checkup?: RuleCheckup;
  readonly proof?: PullProof;
}

export type Health =
  | 'works'
  | 'problems'
  /** Something that a pull depends on could not be read. */
  | 'unknown'
  /** Neither a pull nor a diagnosis has shown that it works: that Azure accepted the rule shows nothing. */
  | 'unproven';

/** The one verdict on a rule, with how many checks stand beside it. */
export interface RuleVerdict {
  readonly health: Health;
  readonly problems: number;
  readonly warnings: number;
  /** Checks that could not be made. */
  readonly skipped: number;
}

/**
 * Judges what is known of a rule. It works when nothing is wrong, nothing that a pull depends on is unknown, and something was
 * served through it. An earlier pull does not outweigh a problem, since what is cached is served without the upstream.
 */
export function judgeRule({ checkup, proof }: RuleKnowledge): RuleVerdict {
  const findings = checkup?.findings ?? [];
  const count = (verdict: RuleFinding['verdict']): number => findings.filter((one) => one.verdict === verdict).length;
  const counts = { problems: count('problem'), warnings: count('warning'), skipped: count('unknown') };
  if (counts.problems > 0) return { health: 'problems', ...counts };
  const isServed = proof !== undefined || (checkup?.served ?? false);
  if (!checkup?.isWhole) return { health: isServed ? 'works' : 'unproven', ...counts };
  const isOpen = findings.some(
    ({ verdict, pull }) => verdict === 'unknown' && (pull === 'dependsOn' || (pull === 'proves' && !isServed)),
  );
  return { health: isOpen || !isServed ? 'unknown' : 'works', ...counts };
}

/** Whether a copy was stored before the rule was created: what serves it is not the rule, so it proves nothing about it. */
export function predatesRule(storedAt: string | undefined, { creationDate }: Pick<CacheRule, 'creationDate'>): boolean {
  return Date.parse(storedAt ?? '') < Date.parse(creationDate ?? '');
}

/** The later findings of some checks put in place of the earlier ones. `checks`: ids of those that were made again. */
export function mergeCheckup(
  earlier: RuleCheckup | undefined,
  later: RuleCheckup,
  checks: ReadonlySet<string>,
): RuleCheckup {
  if (later.isWhole || !earlier) return later;
  const kept = earlier.findings.filter(({ check }) => !checks.has(check));
  return { ...earlier, findings: [...kept, ...later.findings] };
}

/** The word for a verdict, the same wherever a rule is shown. */
export function healthWord(health: Health): string {
  switch (health) {
    case 'works':
      return l10n.t('works');
    case 'problems':
      return l10n.t('has problems');
    case 'unknown':
      return l10n.t('not known');
    case 'unproven':
      return l10n.t('created, not proven yet');
  }
}

/** A sign for a verdict, for texts that have no icons. */
export function healthMark(health: Health): string {
  return { works: '✓', problems: '✗', unknown: '?', unproven: '○' }[health];
}

/** The verdict in one line: `works · 2 checks skipped`. */
export function verdictLine({ health, problems, warnings, skipped }: RuleVerdict): string {
  return [
    problems > 1 ? l10n.t('{0} ({1})', healthWord(health), problems) : healthWord(health),
    ...(warnings === 1 ? [l10n.t('1 warning')] : []),
    ...(warnings > 1 ? [l10n.t('{0} warnings', warnings)] : []),
    ...(skipped === 1 ? [l10n.t('1 check skipped')] : []),
    ...(skipped > 1 ? [l10n.t('{0} checks skipped', skipped)] : []),
  ].join(' · ');
}
