import * as vscode from 'vscode';
import { keepNewest } from '../../common/keepNewest.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { PullOutcome } from '../../provisioning/ruleReport/readRuleReport.ts';

/** The oldest go first. */
const maxPulls = 100;

/** The last pull of each rule that was verified in this session, by key of its id. */
const pulls = new Map<string, PullOutcome>();
const noted = new vscode.EventEmitter<string>();

/** Key of the id of a rule through which was pulled. */
export const onDidPull = noted.event;

export function notePull(ruleId: string, outcome: PullOutcome): void {
  keepNewest(pulls, armIdKey(ruleId), outcome, maxPulls);
  noted.fire(armIdKey(ruleId));
}

export function lastPull(ruleId: string): PullOutcome | undefined {
  return pulls.get(armIdKey(ruleId));
}
