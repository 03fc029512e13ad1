import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { isSameRule } from '../../domain/sameRule.ts';
import type { PullOutcome } from '../../provisioning/ruleReport/readRuleReport.ts';

/** The oldest go first. */
const maxPulls = 100;

/** The last pull of each rule that was verified in this session, with the rule as it was then, by key of its id. */
const pulls = new Map<string, { readonly rule: CacheRule; readonly outcome: PullOutcome }>();
const noted = new vscode.EventEmitter<string>();

/** Key of the id of a rule through which was pulled. */
export const onDidPull = noted.event;

export function notePull(rule: CacheRule, outcome: PullOutcome): void {
  const key = armIdKey(rule.id);
  keepNewest(pulls, key, { rule, outcome }, maxPulls);
  noted.fire(key);
}

/** @param present the rule as it is now, if that is known: a pull through one that it has replaced tells nothing of it */
export function lastPull(ruleId: string, present?: CacheRule): PullOutcome | undefined {
  const last = pulls.get(armIdKey(ruleId));
  return last && (!present || isSameRule(last.rule, present)) ? last.outcome : undefined;
}
