import * as vscode from 'vscode';
import { shown } from '../../common/shown.ts';
import { judgeRule, verdictLine, type PullProof, type RuleKnowledge } from '../../domain/ruleVerdict.ts';
import type { CacheRule } from '../../domain/types.ts';
import { localTime } from './localDate.ts';

/** The verdict on a rule in one line, the same in the tree, hovers, lenses and problems: `works · 2 checks skipped`. */
export function verdictOf(known: RuleKnowledge): string {
  return verdictLine(judgeRule(known));
}

/** The verdict with what it rests on and when that was: a diagnosis, a pull. */
export function verdictWithBasis(known: RuleKnowledge): string {
  const { checkup, proof } = known;
  const basis = [
    ...(checkup ? [vscode.l10n.t('diagnosed {0}', localTime(checkup.checkedAt))] : []),
    ...(proof ? [proofInWords(proof)] : []),
  ];
  return basis.length === 0 ? verdictOf(known) : vscode.l10n.t('{0} ({1})', verdictOf(known), basis.join(', '));
}

function proofInWords({ image, by, provenAt }: PullProof): string {
  return by === 'api'
    ? vscode.l10n.t('pulled {0} through the registry API {1}', image, localTime(provenAt))
    : vscode.l10n.t('pulled {0} with {1} {2}', image, by, localTime(provenAt));
}

/** State of a rule in words: that writing it failed, else the verdict on it. */
export function stateInWords(rule: CacheRule, known: RuleKnowledge): string {
  return failedState(rule) ?? verdictOf(known);
}

/** That Azure could not write the rule; undefined: it could. */
export function failedState({ provisioningState }: CacheRule): string | undefined {
  const isFailed = ['failed', 'canceled'].includes(provisioningState?.toLowerCase() ?? '');
  return isFailed ? vscode.l10n.t('state {0}', shown(provisioningState ?? '')) : undefined;
}
