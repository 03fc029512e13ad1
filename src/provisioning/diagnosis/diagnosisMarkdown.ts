import * as l10n from '@vscode/l10n';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { codeSpan, commandLink, escapeMarkdown, list } from '../../common/markdown.ts';
import {
  healthMark,
  judgeRule,
  type RuleCheckup,
  type RuleKnowledge,
  type RuleVerdict,
  verdictLine,
} from '../../domain/ruleVerdict.ts';
import { type CheckResult, isFinding, verdictMark, worstFirst } from '../checks/check.ts';
import { titleOf } from '../checks/repairs.ts';
import type { CheckVerdict, Evidence } from '../types.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from './diagnose.ts';
import { repairsOfAll } from './repairAll.ts';

/** Writes a moment (ISO 8601) as the user reads it. */
type LocalTime = (time: string) => string;

/**
 * The diagnosis as Markdown: the verdict, what to do about it, by links, then a line for each check that passed. Requests are once,
 * folded, at the end. Names and texts from outside are escaped.
 */
export function diagnosisMarkdown(diagnosis: RuleDiagnosis | RegistryDiagnosis, localTime: LocalTime): string {
  return written('rules' in diagnosis ? diagnosedRegistryParts(diagnosis) : ruleParts(diagnosis, localTime));
}

/** What is remembered of a rule's last diagnosis, by an earlier session: its findings, of which a repair diagnoses again. */
export function rememberedMarkdown(
  ruleId: string,
  known: RuleKnowledge & { readonly checkup: RuleCheckup },
  localTime: LocalTime,
): string {
  const { checkedAt } = known.checkup;
  return written([
    ...headParts({ ruleId, checkedAt, ...judgeRule(known) }, localTime),
    onlyFindings(),
    ...findingParts(ruleId, remembered(known)),
  ]);
}

/** What is remembered of the rules of a registry. */
export function rememberedRegistryMarkdown(
  registryId: string,
  rules: readonly { readonly ruleId: string; readonly known: RuleKnowledge }[],
): string {
  const shown = rules.map(({ ruleId, known }): ShownRule => ({
    ruleId,
    verdict: judgeRule(known),
    checks: remembered(known),
  }));
  const isRepairable = rules.some(({ known }) => known.checkup?.findings.some(({ hasRepair }) => hasRepair));
  const repairAll = isRepairable ? repairLink({ registryId }, l10n.t('Repair All')) : '';
  return written([...registryHead(registryId, repairAll), onlyFindings(), ...registryRules(shown)]);
}

function remembered({ checkup }: RuleKnowledge): ShownCheck[] {
  return (checkup?.findings ?? []).map(({ check, hasRepair, ...finding }) => ({
    ...finding,
    id: check,
    repair: hasRepair ? l10n.t('Repair…') : undefined,
  }));
}

function onlyFindings(): string {
  return escapeMarkdown(
    l10n.t('Of this diagnosis only the findings are remembered. Diagnose again to see all checks.'),
  );
}

/** A rule of a registry as it is shown. */
interface ShownRule {
  readonly ruleId: string;
  readonly verdict: RuleVerdict;
  readonly checks: readonly ShownCheck[];
}

/** A check as it is shown. */
interface ShownCheck extends Pick<CheckResult, 'id' | 'title' | 'reason' | 'next'> {
  readonly verdict: CheckVerdict;
  /** What its repair does. */
  readonly repair?: string | undefined;
}

function written(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function ruleParts(diagnosis: RuleDiagnosis, localTime: LocalTime): string[] {
  const { ruleId, checks, dependents = [] } = diagnosis;
  const affected = dependents.filter(({ health }) => health === 'problems');
  return [
    ...headParts(diagnosis, localTime, repairAllLink([diagnosis], { ruleId, all: true })),
    ...findingParts(ruleId, worstFirst(checks).map(asShown)),
    ...(affected.length > 0
      ? [heading(l10n.t('Other cache rules with the same problem')), lines(affected.map(dependentLine))]
      : []),
    ...passedParts(checks),
    foldedEvidence(checks),
  ];
}

type Head = Pick<RuleDiagnosis, 'ruleId' | 'checkedAt' | 'health' | 'problems' | 'warnings' | 'skipped'>;

function headParts(head: Head, localTime: LocalTime, repairAll = ''): string[] {
  const { ruleId, health, checkedAt } = head;
  const registry = armIdName(parentArmId(ruleId) ?? '');
  return [
    `# ${healthMark(health)} ${escapeMarkdown(armIdName(ruleId))}: ${verdictLine(head)}`,
    links([
      repairAll,
      commandLink('acrCache.diagnoseRule', { ruleId }, l10n.t('Diagnose Again')),
      commandLink('acrCache.openRule', { ruleId }, l10n.t('Open Rule')),
    ]),
    escapeMarkdown(l10n.t('Cache rule of {0}, diagnosed {1}.', registry, localTime(checkedAt))),
  ];
}

function registryHead(registryId: string, repairAll: string): string[] {
  return [
    `# ${l10n.t('Diagnosis of registry {0}', escapeMarkdown(armIdName(registryId)))}`,
    links([repairAll, commandLink('acrCache.diagnoseRegistry', { registryId }, l10n.t('Diagnose Again'))]),
  ];
}

/** The findings of each rule, worst first, then a line for each rule without. */
function registryRules(rules: readonly ShownRule[]): string[] {
  const isFine = ({ checks }: ShownRule): boolean => !checks.some(isFinding);
  const title = ({ ruleId, verdict }: ShownRule): string =>
    `${healthMark(verdict.health)} ${escapeMarkdown(armIdName(ruleId))}: ${verdictLine(verdict)}`;
  const results = ({ ruleId }: ShownRule): string =>
    commandLink('acrCache.showDiagnosis', { ruleId }, l10n.t('All Checks'));
  const [fine, others] = [rules.filter(isFine), rules.filter((rule) => !isFine(rule))];
  return [
    ...healths
      .flatMap((health) => others.filter(({ verdict }) => verdict.health === health))
      .flatMap((rule) => [
        `## ${title(rule)}`,
        ...shownFindings(rule.checks).map((check) => findingText(rule.ruleId, check)),
        results(rule),
      ]),
    ...(fine.length > 0 && others.length > 0 ? [heading(l10n.t('Without findings'))] : []),
    lines(fine.map((rule) => `${title(rule)} · ${results(rule)}`)),
  ];
}

function diagnosedRegistryParts({ registryId, rules, notChecked }: RegistryDiagnosis): string[] {
  const shown = rules.map((rule) => ({ ruleId: rule.ruleId, verdict: rule, checks: rule.checks.map(asShown) }));
  return [
    ...registryHead(registryId, repairAllLink(rules, { registryId })),
    rules.length === 0 && notChecked.length === 0 ? escapeMarkdown(l10n.t('The registry has no cache rules.')) : '',
    ...registryRules(shown),
    ...(notChecked.length > 0
      ? [
          heading(l10n.t('Not checked')),
          escapeMarkdown(l10n.t('The diagnosis was cancelled before these rules:')),
          list(notChecked.map((id) => escapeMarkdown(armIdName(id)))),
        ]
      : []),
  ];
}

const healths: readonly RuleVerdict['health'][] = ['problems', 'unknown', 'unproven', 'works'];

/** Present where several rules share a cause, or a rule has several. */
function repairAllLink(rules: readonly RuleDiagnosis[], argument: RepairArgument): string {
  const repairs = repairsOfAll(rules);
  const count = new Set(repairs.flatMap(({ ruleIds }) => ruleIds.map((id) => id.toLowerCase()))).size;
  if (count < 2 && repairs.length < 2) return '';
  const label = count > 1 ? l10n.t('Repair All {0} Rules', count) : l10n.t('Repair All');
  return repairLink(argument, label);
}

type RepairArgument =
  | { readonly ruleId: string; readonly check: string }
  | { readonly ruleId: string; readonly all: true }
  | { readonly registryId: string };

function repairLink(argument: RepairArgument, label: string): string {
  return commandLink('acrCache.repairRule', argument, label);
}

function dependentLine({ ruleId, checks }: RuleDiagnosis): string {
  const [first] = worstFirst(checks);
  const registry = armIdName(parentArmId(ruleId) ?? '');
  const name = l10n.t('{0} of {1}', armIdName(ruleId), registry);
  return `${verdictMark('problem')} ${commandLink('acrCache.openRule', { ruleId }, name)}: ${escapeMarkdown(first?.reason ?? '', 300)}`;
}

/** What did not pass, by verdict, worst first. */
function findingParts(ruleId: string, checks: readonly ShownCheck[]): string[] {
  const findings = shownFindings(checks);
  return findings.flatMap((check, index) => [
    check.verdict === findings[index - 1]?.verdict ? '' : heading(headingOf(check.verdict)),
    findingText(ruleId, check),
  ]);
}

function headingOf(verdict: CheckVerdict): string {
  switch (verdict) {
    case 'problem':
      return l10n.t('Problems');
    case 'unknown':
      return l10n.t('Could not be checked');
    default:
      return l10n.t('Warnings');
  }
}

/** What did not pass, worst first; checks with one cause as one. */
function shownFindings(checks: readonly ShownCheck[]): ShownCheck[] {
  const byCause = new Map<string, ShownCheck>();
  for (const check of worstFirst(checks)) {
    if (!isFinding(check)) continue;
    const cause = [check.verdict, check.reason, check.repair].join('\n');
    const known = byCause.get(cause);
    byCause.set(cause, known ? { ...known, title: l10n.t('{0}, {1}', known.title, check.title) } : check);
  }
  return [...byCause.values()];
}

function findingText(ruleId: string, { id, title, verdict, reason, next, repair }: ShownCheck): string {
  const text = `**${verdictMark(verdict)} ${escapeMarkdown(title)}:** ${escapeMarkdown(reason)}`;
  return lines([
    next ? `${text} ${escapeMarkdown(next)}` : text,
    ...(repair ? [repairLink({ ruleId, check: id }, repair)] : []),
  ]);
}

function asShown({ id, title, verdict, reason, next, repair }: CheckResult): ShownCheck {
  return { id, title, verdict, reason, next, repair: repair && repairLabel(verdict, titleOf(repair)) };
}

/** What lets more be checked repairs nothing. */
function repairLabel(verdict: CheckVerdict, title: string): string {
  const label = title.replace(/\.$/, '');
  return verdict === 'unknown' ? label : l10n.t('Repair: {0}', label);
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
  const asked = checks.flatMap(({ evidence }) => evidence.filter(({ request }) => request !== undefined));
  const distinct = new Map(asked.map((one) => [`${one.request}\n${one.text}`, one]));
  const items = [...facts, ...[...distinct.values()].map(factText)];
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
