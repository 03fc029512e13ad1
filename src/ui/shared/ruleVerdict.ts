import * as vscode from 'vscode';
import { judgeRule, verdictLine, type PullProof, type RuleKnowledge } from '../../domain/ruleVerdict.ts';
import { localDate } from './localDate.ts';

/** The verdict on a rule in one line, the same in the tree, hovers, lenses and problems: `works · 2 checks skipped`. */
export function verdictOf(known: RuleKnowledge): string {
  return verdictLine(judgeRule(known));
}

/** The verdict with what it rests on and when that was: a diagnosis, a pull. */
export function verdictWithBasis(known: RuleKnowledge): string {
  const { checkup, proof } = known;
  const basis = [
    ...(checkup ? [vscode.l10n.t('diagnosed {0}', localDate(checkup.checkedAt))] : []),
    ...(proof ? [proofInWords(proof)] : []),
  ];
  return basis.length === 0 ? verdictOf(known) : vscode.l10n.t('{0} ({1})', verdictOf(known), basis.join(', '));
}

function proofInWords({ image, by, provenAt }: PullProof): string {
  return by === 'api'
    ? vscode.l10n.t('pulled {0} through the registry API {1}', image, localDate(provenAt))
    : vscode.l10n.t('pulled {0} with {1} {2}', image, by, localDate(provenAt));
}
