import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { codeSpan, escapeMarkdown, list } from '../../common/markdown.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import type { Evidence } from '../types.ts';
import type { CheckResult, CheckVerdict, RegistryDiagnosis, RuleDiagnosis } from './types.ts';

/** The diagnosis as Markdown, for a document or the clipboard. Names and texts from outside are escaped. */
export function diagnosisMarkdown(diagnosis: RuleDiagnosis | RegistryDiagnosis): string {
  const lines = 'rules' in diagnosis ? registryLines(diagnosis) : ruleLines(diagnosis, '#');
  return `${lines.join('\n')}\n`;
}

function registryLines({ registryId, rules, notChecked }: RegistryDiagnosis): string[] {
  const lines = [`# ${l10n.t('Diagnosis of registry {0}', escapeMarkdown(armIdName(registryId)))}`, ''];
  lines.push(codeSpan(registryId), '');
  if (rules.length === 0 && notChecked.length === 0) lines.push(l10n.t('The registry has no cache rules.'), '');
  if (rules.length > 0) {
    lines.push(
      `| ${l10n.t('Cache rule')} | ${l10n.t('Verdict')} | ${l10n.t('First finding')} |`,
      '| --- | --- | --- |',
    );
    for (const rule of rules) {
      const first = worstFirst(rule.checks)[0];
      const finding = first ? escapeMarkdown(first.reason, 300) : '';
      lines.push(`| ${escapeMarkdown(rule.ruleName)} | ${verdictLine(rule)} | ${finding} |`);
    }
    lines.push('');
  }
  if (notChecked.length > 0) {
    lines.push(`## ${l10n.t('Not checked')}`, '', l10n.t('The diagnosis was cancelled before these rules:'), '');
    lines.push(list(notChecked.map((id) => escapeMarkdown(armIdName(id)))), '');
  }
  return [...lines, ...rules.flatMap((rule) => ruleLines(rule, '##'))];
}

function ruleLines(diagnosis: RuleDiagnosis, heading: '#' | '##'): string[] {
  const title = l10n.t('Diagnosis of cache rule {0}', escapeMarkdown(diagnosis.ruleName));
  const findings = worstFirst(diagnosis.checks);
  const others = diagnosis.checks.filter((check) => !findings.includes(check));
  return [
    `${heading} ${title}: ${verdictLine(diagnosis)}`,
    '',
    `${codeSpan(diagnosis.ruleId)}, ${escapeMarkdown(diagnosis.checkedAt)}`,
    '',
    ...findings.flatMap((check) => findingLines(check, `${heading}#`)),
    ...dependentLines(diagnosis.dependents ?? [], `${heading}#`),
    ...(others.length > 0 ? [`${heading}# ${l10n.t('Other checks')}`, '', ...others.flatMap(otherLines), ''] : []),
  ];
}

/** Other rules in which the same things are wrong. */
function dependentLines(dependents: readonly RuleDiagnosis[], heading: string): string[] {
  const affected = dependents.filter(({ health }) => health === 'problems');
  if (affected.length === 0) return [];
  return [
    `${heading} ${l10n.t('Other cache rules with the same problem')}`,
    '',
    ...affected.map(({ ruleId, checks }) => {
      const [first] = worstFirst(checks);
      return `- ${codeSpan(ruleId)}: ${escapeMarkdown(first?.reason ?? '', 300)}`;
    }),
    '',
  ];
}

function findingLines(check: CheckResult, heading: string): string[] {
  return [
    `${heading} ${verdictText(check.verdict)}: ${escapeMarkdown(check.title)}`,
    '',
    escapeMarkdown(check.reason),
    '',
    ...(check.next ? [`**${l10n.t('What to do:')}** ${escapeMarkdown(check.next)}`, ''] : []),
    ...(check.repair ? [`**${l10n.t('Repair:')}** ${escapeMarkdown(check.repair.title)}`, ''] : []),
    ...check.evidence.map((evidence) => `- ${evidenceText(evidence)}`),
    ...(check.evidence.length > 0 ? [''] : []),
  ];
}

function otherLines(check: CheckResult): string[] {
  return [
    `- **${verdictText(check.verdict)}: ${escapeMarkdown(check.title)}.** ${escapeMarkdown(check.reason)}`,
    ...check.evidence.map((evidence) => `  - ${evidenceText(evidence)}`),
  ];
}

function evidenceText({ text, resourceId, request, correlationId }: Evidence): string {
  const parts = [escapeMarkdown(text)];
  if (resourceId) parts.push(codeSpan(resourceId));
  if (request) parts.push(codeSpan(request));
  if (correlationId) parts.push(l10n.t('correlation id {0}', codeSpan(correlationId)));
  return parts.join(' · ');
}

const severity: readonly CheckVerdict[] = ['problem', 'unknown', 'warning'];

/** Problems, then what was skipped, then warnings; in their own order within. */
function worstFirst(checks: readonly CheckResult[]): CheckResult[] {
  return severity.flatMap((verdict) => checks.filter((check) => check.verdict === verdict));
}

function verdictText(verdict: CheckVerdict): string {
  switch (verdict) {
    case 'ok':
      return l10n.t('Passed');
    case 'problem':
      return l10n.t('Problem');
    case 'warning':
      return l10n.t('Warning');
    case 'unknown':
      return l10n.t('Skipped');
    case 'notApplicable':
      return l10n.t('Not applicable');
  }
}
