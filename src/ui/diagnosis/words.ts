import * as vscode from 'vscode';
import { type Health, verdictLine } from '../../domain/ruleVerdict.ts';
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

/** The worst that a registry's diagnosis found, as a sentence; its document has the rest. */
export function registryFindingsOf({ rules, notChecked }: RegistryDiagnosis): string {
  const all = rules.length + notChecked.length;
  const count = (health: Health) => rules.filter((rule) => rule.health === health).length;
  const [problems, unknown] = [count('problems'), count('unknown') + notChecked.length];
  if (problems > 0) return vscode.l10n.t('Problems in {0} of {1} cache rules.', problems, all);
  if (unknown > 0) return vscode.l10n.t('Not checked fully: {0} of {1} cache rules.', unknown, all);
  return vscode.l10n.t('All cache rules work.');
}
