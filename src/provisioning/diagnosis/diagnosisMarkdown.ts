import * as l10n from '@vscode/l10n';
import { armIdKey, armIdName, parentArmId } from '../../domain/armId.ts';
import { codeSpan, commandLink, escapeMarkdown, list } from '../../common/markdown.ts';
import {
  healthMark,
  judgeRule,
  type RuleCheckup,
  type RuleKnowledge,
  type RuleVerdict,
  verdictLine,
} from '../../domain/ruleVerdict.ts';
import { type CheckResult, verdictMark, worstFirst } from '../checks/check.ts';
import type { Evidence } from '../types.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from './diagnose.ts';
import { repairsOfAll } from './repairAll.ts';
import { findingParts, findingsOf, rememberedFindings, repairLink } from './shownFindings.ts';

/** Writes a moment (ISO 8601) as the user reads it. */
type LocalTime = (time: string) => string;

/**
 * The diagnosis as Markdown: the verdict, what to do about it, by links, then a line for each check that passed. Requests are once,
 * folded, at the end. Names and texts from outside are escaped.
 */
export function diagnosisMarkdown(diagnosis: RuleDiagnosis | RegistryDiagnosis, localTime: LocalTime): string {
  return written('rules' in diagnosis ? registryParts(diagnosis) : ruleParts(diagnosis, localTime));
}

/** What is remembered of a rule's last diagnosis, by an earlier session. */
export function rememberedMarkdown(
  ruleId: string,
  known: RuleKnowledge & { readonly checkup: RuleCheckup },
  localTime: LocalTime,
): string {
  const { checkedAt } = known.checkup;
  return written([
    ...headParts({ ruleId, checkedAt, ...judgeRule(known) }, localTime),
    onlyFindings(),
    ...findingParts(rememberedFindings(ruleId, known)),
  ]);
}

/** What is remembered of the rules of a registry. */
export function rememberedRegistryMarkdown(
  registryId: string,
  rules: readonly { readonly ruleId: string; readonly known: RuleKnowledge }[],
): string {
  const findings = rules.flatMap(({ ruleId, known }) => rememberedFindings(ruleId, known));
  const isRepairable = findings.some(({ verdict, repair }) => verdict === 'problem' && repair !== undefined);
  return written([
    ...registryHead(registryId, isRepairable ? repairLink({ registryId }, l10n.t('Repair All')) : ''),
    onlyFindings(),
    ...findingParts(findings, true),
    ...rulesParts(rules.map(({ ruleId, known }) => ({ ruleId, verdict: judgeRule(known) }))),
  ]);
}

function onlyFindings(): string {
  return escapeMarkdown(l10n.t('Only the findings of this diagnosis are kept. Diagnose again to see all checks.'));
}

function written(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function ruleParts(diagnosis: RuleDiagnosis, localTime: LocalTime): string[] {
  const { ruleId, checks, dependents = [] } = diagnosis;
  const affected = dependents.filter(({ health }) => health === 'problems');
  return [
    ...headParts(diagnosis, localTime, repairAllLink([diagnosis], { ruleId, all: true })),
    ...findingParts(findingsOf(diagnosis)),
    ...(affected.length > 0
      ? [heading(l10n.t('Other cache rules with the same problem')), lines(affected.map(dependentLine))]
      : []),
    ...passedParts(checks),
    foldedEvidence(checks),
  ];
}

type Head = RuleVerdict & Pick<RuleDiagnosis, 'ruleId' | 'checkedAt'>;

function headParts(head: Head, localTime: LocalTime, repairAll = ''): string[] {
  const { ruleId, checkedAt } = head;
  const registry = armIdName(parentArmId(ruleId) ?? '');
  return [
    `# ${ruleTitle(ruleId, head)}`,
    links([
      repairAll,
      commandLink('acrCache.diagnoseRule', { ruleId }, l10n.t('Diagnose Again')),
      commandLink('acrCache.openRule', { ruleId }, l10n.t('Open Rule')),
    ]),
    escapeMarkdown(l10n.t('Cache rule of {0}, diagnosed {1}.', registry, localTime(checkedAt))),
  ];
}

function ruleTitle(ruleId: string, verdict: RuleVerdict): string {
  return `${healthMark(verdict.health)} ${escapeMarkdown(armIdName(ruleId))}: ${verdictLine(verdict)}`;
}

function registryParts({ registryId, rules, notChecked }: RegistryDiagnosis): string[] {
  return [
    ...registryHead(registryId, repairAllLink(rules, { registryId })),
    ...findingParts(rules.flatMap(findingsOf), true),
    rules.length === 0 && notChecked.length === 0 ? escapeMarkdown(l10n.t('The registry has no cache rules.')) : '',
    ...rulesParts(rules.map((rule) => ({ ruleId: rule.ruleId, verdict: rule }))),
    ...(notChecked.length > 0
      ? [
          heading(l10n.t('Not checked')),
          escapeMarkdown(l10n.t('The diagnosis was cancelled before these rules:')),
          list(notChecked.map((id) => escapeMarkdown(armIdName(id)))),
        ]
      : []),
  ];
}

function registryHead(registryId: string, repairAll: string): string[] {
  return [
    `# ${l10n.t('Diagnosis of registry {0}', escapeMarkdown(armIdName(registryId)))}`,
    links([repairAll, commandLink('acrCache.diagnoseRegistry', { registryId }, l10n.t('Diagnose Again'))]),
  ];
}

const healths: readonly RuleVerdict['health'][] = ['problems', 'unknown', 'unproven', 'works'];

/** A line for each rule of a registry, worst first. */
function rulesParts(rules: readonly { readonly ruleId: string; readonly verdict: RuleVerdict }[]): string[] {
  if (rules.length === 0) return [];
  const sorted = healths.flatMap((health) => rules.filter(({ verdict }) => verdict.health === health));
  const texts = sorted.map(({ ruleId, verdict }) => {
    const all = commandLink('acrCache.showDiagnosis', { ruleId }, l10n.t('All Checks'));
    return `${ruleTitle(ruleId, verdict)} · ${all}`;
  });
  return [heading(l10n.t('Cache rules')), lines(texts)];
}

/** Present where several rules share a cause, or a rule has several. */
function repairAllLink(
  rules: readonly RuleDiagnosis[],
  argument: { readonly ruleId: string; readonly all: true } | { readonly registryId: string },
): string {
  const repairs = repairsOfAll(rules);
  const count = new Set(repairs.flatMap(({ ruleIds }) => ruleIds.map(armIdKey))).size;
  if (count < 2 && repairs.length < 2) return '';
  return repairLink(argument, count > 1 ? l10n.t('Repair All {0} Rules', count) : l10n.t('Repair All'));
}

function dependentLine({ ruleId, checks }: RuleDiagnosis): string {
  const [first] = worstFirst(checks);
  const name = l10n.t('{0} of {1}', armIdName(ruleId), armIdName(parentArmId(ruleId) ?? ''));
  const link = commandLink('acrCache.openRule', { ruleId }, name);
  return `${verdictMark('problem')} ${link}: ${escapeMarkdown(first?.reason ?? '', 300)}`;
}

/** A line for each check that passed; those that do not concern the rule only by name. */
function passedParts(checks: readonly CheckResult[]): string[] {
  const passed = checks.filter(({ verdict }) => verdict === 'ok');
  const others = checks.filter(({ verdict }) => verdict === 'notApplicable').map(({ title }) => title);
  if (passed.length === 0 && others.length === 0) return [];
  const texts = passed.map(
    ({ title, reason }) => `${verdictMark('ok')} **${escapeMarkdown(title)}:** ${escapeMarkdown(reason)}`,
  );
  const rest = others.length > 0 ? [escapeMarkdown(l10n.t('Does not concern this rule: {0}', others.join(', ')))] : [];
  return [heading(l10n.t('Passed')), lines([...texts, ...rest])];
}

/** What the findings rest on, for those who look closer or ask Microsoft support. */
function foldedEvidence(checks: readonly CheckResult[]): string {
  const facts = checks.flatMap(({ title, evidence }) =>
    evidence
      .filter(({ request }) => request === undefined)
      .map((fact) => `${escapeMarkdown(title)}: ${factText(fact)}`),
  );
  const requests = checks.flatMap(({ evidence }) => evidence.filter(({ request }) => request !== undefined));
  const byText = new Map(requests.map((one) => [`${one.request}\n${one.text}`, one]));
  // The code of an error, and the status of its answer, are about one request.
  const byAnswer = Map.groupBy(byText.values(), (one) => `${one.request}\n${one.correlationId}`);
  const items = [...facts, ...[...byAnswer.values()].flatMap(([first]) => (first ? [factText(first)] : []))];
  if (items.length === 0) return '';
  const summary = escapeMarkdown(l10n.t('Evidence, requests and correlation IDs ({0})', items.length));
  return `<details>\n<summary>${summary}</summary>\n\n${list(items)}\n\n</details>`;
}

function factText({ text, resourceId, request, correlationId }: Evidence): string {
  const parts = [escapeMarkdown(text)];
  if (resourceId) parts.push(codeSpan(resourceId));
  if (request) parts.push(codeSpan(request));
  if (correlationId) parts.push(l10n.t('correlation ID {0}', codeSpan(correlationId)));
  return parts.join(' · ');
}

function heading(text: string): string {
  return `## ${escapeMarkdown(text)}`;
}

/** Lines that stay lines. */
function lines(texts: readonly string[]): string {
  return texts.join('  \n');
}

function links(all: readonly string[]): string {
  return all.filter((link) => link !== '').join(' · ');
}
