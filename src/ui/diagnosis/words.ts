import * as vscode from 'vscode';
import type { CheckVerdict, RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/types.ts';
import { countOf } from './grouping.ts';

/** What a rule's diagnosis found, short enough for a row of the tree. */
export function findingsOf({ checks }: RuleDiagnosis): string {
  const [problems, warnings] = [countOf(checks, 'problem'), countOf(checks, 'warning')];
  const found = [
    ...(problems === 1 ? [vscode.l10n.t('1 problem')] : []),
    ...(problems > 1 ? [vscode.l10n.t('{0} problems', problems)] : []),
    ...(warnings === 1 ? [vscode.l10n.t('1 warning')] : []),
    ...(warnings > 1 ? [vscode.l10n.t('{0} warnings', warnings)] : []),
    ...(countOf(checks, 'unknown') > 0 ? [vscode.l10n.t('not fully checked')] : []),
  ];
  return found.length === 0 ? vscode.l10n.t('no problems found') : found.join(', ');
}

/** What a registry's diagnosis found, as a sentence. */
export function registryFindingsOf({ rules, notChecked }: RegistryDiagnosis): string {
  const count = (health: RuleDiagnosis['health']) => rules.filter((rule) => rule.health === health).length;
  const [problems, unknown, warnings, healthy] = [
    count('problems'),
    count('unknown'),
    count('warnings'),
    count('healthy'),
  ];
  const parts = [
    ...(problems > 0 ? [vscode.l10n.t('{0} with problems', problems)] : []),
    ...(unknown > 0 ? [vscode.l10n.t('{0} not fully checked', unknown)] : []),
    ...(warnings > 0 ? [vscode.l10n.t('{0} with warnings', warnings)] : []),
    ...(healthy > 0 ? [vscode.l10n.t('{0} fine', healthy)] : []),
    ...(notChecked.length > 0 ? [vscode.l10n.t('{0} not checked, since it was cancelled', notChecked.length)] : []),
  ].join(', ');
  return rules.length === 1
    ? vscode.l10n.t('1 cache rule diagnosed: {0}.', parts)
    : vscode.l10n.t('{0} cache rules diagnosed: {1}.', rules.length, parts);
}

/** Icon, word and heading of a verdict. */
export function appearanceOf(verdict: CheckVerdict): readonly [icon: string, word: string, heading: string] {
  switch (verdict) {
    case 'problem':
      return ['error', vscode.l10n.t('Problem'), vscode.l10n.t('Problems')];
    case 'unknown':
      return ['question', vscode.l10n.t('Could not be checked'), vscode.l10n.t('Could not be checked')];
    case 'warning':
      return ['warning', vscode.l10n.t('Warning'), vscode.l10n.t('Warnings')];
    case 'ok':
      return ['pass', vscode.l10n.t('Fine'), vscode.l10n.t('Fine')];
    case 'notApplicable':
      return ['circle-slash', vscode.l10n.t('Not applicable'), vscode.l10n.t('Does not concern this rule')];
  }
}
