import * as vscode from 'vscode';
import { type Health, healthWord, verdictLine } from '../../domain/ruleVerdict.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/diagnose.ts';

/** What a rule's diagnosis found, with how many other rules have the same problem. */
export function ruleFindingsOf(diagnosis: RuleDiagnosis): string {
  const others = (diagnosis.dependents ?? []).filter(({ health }) => health === 'problems').length;
  const found = verdictLine(diagnosis);
  if (others === 0) return vscode.l10n.t('{0}: {1}.', diagnosis.ruleName, found);
  return others === 1
    ? vscode.l10n.t('{0}: {1} · 1 other cache rule is affected.', diagnosis.ruleName, found)
    : vscode.l10n.t('{0}: {1} · {2} other cache rules are affected.', diagnosis.ruleName, found, others);
}

/** What a registry's diagnosis found, as a sentence. */
export function registryFindingsOf({ rules, notChecked }: RegistryDiagnosis): string {
  const healths: readonly Health[] = ['problems', 'unknown', 'works'];
  const counted = healths.map((health) => ({ health, count: rules.filter((rule) => rule.health === health).length }));
  const parts = [
    ...counted.filter(({ count }) => count > 0).map(({ health, count }) => `${healthWord(health)}: ${count}`),
    ...(notChecked.length > 0 ? [vscode.l10n.t('not checked: {0}', notChecked.length)] : []),
  ].join(', ');
  return rules.length === 1
    ? vscode.l10n.t('1 cache rule diagnosed ({0}).', parts)
    : vscode.l10n.t('{0} cache rules diagnosed ({1}).', rules.length, parts);
}
