import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import { type OfferedRepair, offeredRepairs } from '../../provisioning/diagnosis/commonRepair.ts';
import type { CheckResult, Repair, RuleDiagnosis } from '../../provisioning/diagnosis/types.ts';
import { pickRule } from '../shared/pickResource.ts';
import { reportOf } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { asLines } from '../pages/lines.ts';
import { pick } from '../pages/pick.ts';
import { type Row, rowsWithText, separator, textRows } from '../pages/quickInput.ts';
import { groupChecks } from './grouping.ts';
import { type Diagnosis, idOf, lastDiagnosis } from './results.ts';
import { appearanceOf } from './words.ts';

type Choice =
  { readonly kind: 'repair'; readonly repair: Repair; readonly ruleId: string } | { readonly kind: 'again' };

/** "Show Checks and Repairs…" of the last diagnosis; makes one first if there is none. @throws AzureError; CancellationError */
export async function showChecks(services: Services, node: unknown): Promise<void> {
  const subject = reportOf(node)?.subject;
  const known = subject && lastDiagnosis('ruleId' in subject ? subject.ruleId : subject.registryId);
  if (known) return showDiagnosis(services, known);
  if (subject && 'registryId' in subject) {
    const { diagnoseRegistry } = await import('./diagnose.lazy.ts');
    return diagnoseRegistry(services, subject);
  }
  const { rule } = await pickRule(services, node, vscode.l10n.t('Checks and Repairs'));
  const { checkRule, updateReports } = await import('./diagnose.lazy.ts');
  const diagnosis = lastDiagnosis(rule.id) ?? (await checkRule(services, rule.id));
  updateReports(services, diagnosis);
  return showDiagnosis(services, diagnosis);
}

/** The repairs, then each check with icon and words, worst first. */
export async function showDiagnosis(services: Services, diagnosis: Diagnosis): Promise<void> {
  const name = armIdName(idOf(diagnosis));
  const answer = await pick<Choice>(
    { title: vscode.l10n.t('Checks of {0}', name), number: 1, total: 1, canGoBack: false },
    {
      placeholder: vscode.l10n.t('Choose a repair; you see what it does before anything is changed'),
      load: (show) => show(rowsOf(diagnosis)),
    },
  );
  if (answer.kind !== 'value') return;
  if (answer.value.kind === 'repair') {
    const { runRepair } = await import('./repair.lazy.ts');
    await runRepair(services, answer.value.repair, answer.value.ruleId);
    return;
  }
  const { diagnoseRegistry, diagnoseRule } = await import('./diagnose.lazy.ts');
  await ('checks' in diagnosis
    ? diagnoseRule(services, { ruleId: diagnosis.ruleId })
    : diagnoseRegistry(services, { registryId: diagnosis.registryId }));
}

function rowsOf(diagnosis: Diagnosis): Row<Choice>[] {
  return [
    ...repairRows(diagnosis),
    ...('checks' in diagnosis ? ruleRows(diagnosis) : diagnosis.rules.flatMap(registryRows)),
    ...('rules' in diagnosis ? notCheckedRows(diagnosis.notChecked) : []),
    separator(''),
    { label: `$(refresh) ${vscode.l10n.t('Diagnose Again')}`, value: { kind: 'again' }, alwaysShow: true },
  ];
}

/** Each once, however many checks and rules need it. */
function repairRows(diagnosis: Diagnosis): Row<Choice>[] {
  const rules = 'checks' in diagnosis ? [diagnosis] : diagnosis.rules;
  const offered = offeredRepairs(rules.flatMap((rule) => [rule, ...(rule.dependents ?? [])]));
  return offered.length === 0 ? [] : [separator(vscode.l10n.t('Repairs')), ...offered.map(repairRow)];
}

function ruleRows({ checks, dependents = [] }: RuleDiagnosis): Row<Choice>[] {
  return [
    ...groupChecks(checks).flatMap(({ verdict, checks: group }) => [
      separator(appearanceOf(verdict)[2]),
      ...group.flatMap(checkRows),
    ]),
    ...dependents.filter(({ health }) => health === 'problems').flatMap(registryRows),
  ];
}

/** Of a registry's rules only what needs looking at: what is fine is in the report. */
function registryRows(diagnosis: RuleDiagnosis): Row<Choice>[] {
  const findings = groupChecks(diagnosis.checks)
    .filter(({ verdict }) => verdict !== 'ok' && verdict !== 'notApplicable')
    .flatMap(({ checks }) => checks);
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

function checkRows({ title, verdict, reason, next }: CheckResult): Row<Choice>[] {
  const [icon, word] = appearanceOf(verdict);
  return rowsWithText(icon, `${word}: ${title}`, '', [reason, next].filter(Boolean).join(' '));
}

/** What it does whole, in both lines of the row. */
function repairRow({ repair, ruleIds }: OfferedRepair): Row<Choice> {
  const [first = '', ...rest] = asLines(vscode.l10n.t('Repair: {0}', repair.title));
  return {
    label: `$(wrench) ${first}`,
    ...(rest.length > 0 ? { detail: `$(blank) ${rest.join(' ')}` } : {}),
    value: { kind: 'repair', repair, ruleId: ruleIds[0] ?? '' },
  };
}
