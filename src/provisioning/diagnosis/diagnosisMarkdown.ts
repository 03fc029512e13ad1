import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { codeSpan, escapeMarkdown, list, table } from '../../common/markdown.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import type { Evidence } from '../types.ts';
import { isFinding, verdictWord, worstFirst, type CheckResult } from '../checks/check.ts';
import { titleOf } from '../checks/repairs.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from './diagnose.ts';

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
    const head = [l10n.t('Cache rule'), l10n.t('Verdict'), l10n.t('First finding')];
    const rows = rules.map((rule) => {
      const [first] = findingsOf(rule);
      return [escapeMarkdown(rule.ruleName), verdictLine(rule), first ? escapeMarkdown(first.reason, 300) : ''];
    });
    lines.push(table(head, rows), '');
  }
  if (notChecked.length > 0) {
    lines.push(`## ${l10n.t('Not checked')}`, '', l10n.t('The diagnosis was cancelled before these rules:'), '');
    lines.push(list(notChecked.map((id) => escapeMarkdown(armIdName(id)))), '');
  }
  return [...lines, ...rules.flatMap((rule) => ruleLines(rule, '##'))];
}

function ruleLines(diagnosis: RuleDiagnosis, heading: '#' | '##'): string[] {
  const title = l10n.t('Diagnosis of cache rule {0}', escapeMarkdown(diagnosis.ruleName));
  const others = diagnosis.checks.filter((check) => !isFinding(check));
  return [
    `${heading} ${title}: ${verdictLine(diagnosis)}`,
    '',
    `${codeSpan(diagnosis.ruleId)}, ${escapeMarkdown(diagnosis.checkedAt)}`,
    '',
    ...findingsOf(diagnosis).flatMap((check) => findingLines(check, `${heading}#`)),
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
    ...affected.map((rule) => {
      const [first] = findingsOf(rule);
      return `- ${codeSpan(rule.ruleId)}: ${escapeMarkdown(first?.reason ?? '', 300)}`;
    }),
    '',
  ];
}

function findingLines(check: CheckResult, heading: string): string[] {
  return [
    `${heading} ${verdictWord(check.verdict)}: ${escapeMarkdown(check.title)}`,
    '',
    escapeMarkdown(check.reason),
    '',
    ...(check.next ? [`**${l10n.t('What to do:')}** ${escapeMarkdown(check.next)}`, ''] : []),
    ...(check.repair ? [`**${l10n.t('Repair:')}** ${escapeMarkdown(titleOf(check.repair))}`, ''] : []),
    ...check.evidence.map((evidence) => `- ${evidenceText(evidence)}`),
    ...(check.evidence.length > 0 ? [''] : []),
  ];
}

function otherLines(check: CheckResult): string[] {
  return [
    `- **${verdictWord(check.verdict)}: ${escapeMarkdown(check.title)}.** ${escapeMarkdown(check.reason)}`,
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

/** Problems, then what was skipped, then warnings; in their own order within. */
function findingsOf({ checks }: RuleDiagnosis): CheckResult[] {
  return worstFirst(checks).filter(isFinding);
}
