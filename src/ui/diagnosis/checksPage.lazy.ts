import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import { type CheckResult, isFinding, verdictWord, worstFirst } from '../../provisioning/checks/check.ts';
import { type OfferedRepair, offeredRepairs, titleOf } from '../../provisioning/checks/repairs.ts';
import type { RuleDiagnosis } from '../../provisioning/diagnosis/diagnose.ts';
import type { CheckVerdict, Repair } from '../../provisioning/types.ts';
import { asLines, rowsWithText, textRows } from '../pages/lines.ts';
import { pick } from '../pages/pick.ts';
import { type Row, separator } from '../pages/quickInput.ts';
import { type Diagnosis, idOf } from './results.ts';

export type Choice =
  { readonly kind: 'repair'; readonly repair: Repair; readonly ruleId: string } | { readonly kind: 'again' };

/** Shows the repairs, then each check with icon and words, worst first. Undefined: the user left. */
export async function askChecks(diagnosis: Diagnosis): Promise<Choice | undefined> {
  const answer = await pick<Choice>(
    { title: vscode.l10n.t('Checks of {0}', armIdName(idOf(diagnosis))), canGoBack: false },
    {
      placeholder: vscode.l10n.t('Choose a repair; you see what it does before anything is changed'),
      load: (show) => show(rowsOf(diagnosis)),
    },
  );
  return answer.kind === 'value' ? answer.value : undefined;
}

function rowsOf(diagnosis: Diagnosis): Row<Choice>[] {
  const rules = 'checks' in diagnosis ? [diagnosis] : diagnosis.rules;
  // Each once, however many checks and rules need it.
  const offered = offeredRepairs(rules.flatMap((rule) => [rule, ...(rule.dependents ?? [])]));
  return [
    ...(offered.length > 0 ? [separator(vscode.l10n.t('Repairs')), ...offered.map(repairRow)] : []),
    ...('checks' in diagnosis ? ruleRows(diagnosis) : diagnosis.rules.flatMap(registryRows)),
    ...('rules' in diagnosis ? notCheckedRows(diagnosis.notChecked) : []),
    separator(''),
    { label: `$(refresh) ${vscode.l10n.t('Diagnose Again')}`, value: { kind: 'again' }, alwaysShow: true },
  ];
}

function ruleRows({ checks, dependents = [] }: RuleDiagnosis): Row<Choice>[] {
  const sorted = worstFirst(checks);
  return [
    ...sorted.flatMap((check, index) => [
      ...(check.verdict === sorted[index - 1]?.verdict ? [] : [separator(headingOf(check.verdict))]),
      ...checkRows(check),
    ]),
    ...dependents.filter(({ health }) => health === 'problems').flatMap(registryRows),
  ];
}

/** Of a registry's rules only what needs looking at: what is fine is in the report. */
function registryRows(diagnosis: RuleDiagnosis): Row<Choice>[] {
  const findings = worstFirst(diagnosis.checks).filter(isFinding);
  return [
    separator(`${diagnosis.ruleName}: ${verdictLine(diagnosis)}`),
    ...(findings.length === 0 ? textRows('pass', vscode.l10n.t('{0}: all checks passed', diagnosis.ruleName)) : []),
    ...findings.flatMap(checkRows),
  ];
}

function notCheckedRows(ruleIds: readonly string[]): Row<never>[] {
  if (ruleIds.length === 0) return [];
  return [separator(vscode.l10n.t('Not checked')), ...textRows('circle-slash', ruleIds.map(armIdName).join(', '))];
}

const icons: Readonly<Record<CheckVerdict, string>> = {
  problem: 'error',
  unknown: 'circle-slash',
  warning: 'warning',
  ok: 'pass',
  notApplicable: 'dash',
};

function checkRows({ title, verdict, reason, next }: CheckResult): Row<Choice>[] {
  const text = [reason, next].filter(Boolean).join(' ');
  return rowsWithText(icons[verdict], `${verdictWord(verdict)}: ${title}`, '', text);
}

/** Above the checks of one verdict. */
function headingOf(verdict: CheckVerdict): string {
  switch (verdict) {
    case 'problem':
      return vscode.l10n.t('Problems');
    case 'warning':
      return vscode.l10n.t('Warnings');
    case 'notApplicable':
      return vscode.l10n.t('Does not concern this rule');
    default:
      return verdictWord(verdict);
  }
}

/** What it does whole, in both lines of the row. */
function repairRow({ repair, ruleIds }: OfferedRepair): Row<Choice> {
  const [first = '', ...rest] = asLines(vscode.l10n.t('Repair: {0}', titleOf(repair)));
  return {
    label: `$(wrench) ${first}`,
    ...(rest.length > 0 ? { detail: `$(blank) ${rest.join(' ')}` } : {}),
    value: { kind: 'repair', repair, ruleId: ruleIds[0] ?? '' },
  };
}
