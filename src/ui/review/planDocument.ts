import * as vscode from 'vscode';
import { escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { ApplyResult, Plan, PlannedStep, Verdict } from '../../provisioning/types.ts';
import { concernsOf, isPassedOver, stepCount, warningCount } from './planRows.ts';

/** The plan whole, as Markdown: what is said in full of each row of the review. */
export function planMarkdown(title: string, plan: Plan): string {
  const { blocking, warnings } = concernsOf(plan);
  const withVerdict = (verdict: Verdict) => plan.steps.filter(({ inspection }) => inspection.verdict === verdict);
  const toDo = withVerdict('missing');
  const counts = [
    stepCount(toDo.length),
    ...(warnings.length > 0 ? [warningCount(warnings.length)] : []),
    ...(blocking.length > 0 ? [vscode.l10n.t('blocked')] : []),
  ].join(' · ');
  return [
    `# ${escapeMarkdown(title)}`,
    '',
    `**${counts}**`,
    '',
    vscode.l10n.t('Nothing is changed before you confirm this plan.'),
    '',
    ...section(
      vscode.l10n.t('Blocked by'),
      blocking.map(({ title, text }) => item(title, text)),
    ),
    ...section(
      vscode.l10n.t('Warnings'),
      warnings.map(({ title, text }) => item(title, text)),
    ),
    ...section(
      vscode.l10n.t('Steps'),
      toDo.map(({ requirement }) => item(requirement.describe().title, requirement.describe().todo)),
    ),
    ...section(vscode.l10n.t('Left out'), plan.steps.filter(isPassedOver).map(reasonItem)),
    ...section(vscode.l10n.t('In place already'), withVerdict('satisfied').map(reasonItem)),
    ...section(vscode.l10n.t('Resources'), resourcesOf(plan)),
  ].join('\n');
}

/** What became of each step, as Markdown. */
export function resultMarkdown(
  title: string,
  verdict: string,
  plan: Plan,
  { steps, done, begun, left, kept }: ApplyResult,
): string {
  const titles = new Map(plan.steps.map(({ requirement }) => [requirement.id, requirement.describe().title]));
  const failed = steps.filter(({ state }) => state === 'failed');
  return [
    `# ${escapeMarkdown(title)}`,
    '',
    `**${escapeMarkdown(verdict)}**`,
    '',
    ...section(
      vscode.l10n.t('Failed'),
      failed.map(({ requirementId, message }) => item(titles.get(requirementId) ?? requirementId, message)),
    ),
    ...sentences(vscode.l10n.t('Done'), done),
    ...sentences(vscode.l10n.t('Started; Azure may still complete it'), begun),
    ...sentences(vscode.l10n.t('Not done'), left),
    ...sentences(vscode.l10n.t('Kept'), kept),
    ...section(vscode.l10n.t('Resources'), resourcesOf(plan)),
  ].join('\n');
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', list(items), ''];
}

function sentences(title: string, texts: readonly string[]): string[] {
  return section(
    title,
    texts.map((text) => escapeMarkdown(text)),
  );
}

function reasonItem({ requirement, inspection }: PlannedStep): string {
  return item(requirement.describe().title, inspection.reason);
}

function item(title: string, text: string): string {
  return text === '' ? `**${escapeMarkdown(title)}**` : `**${escapeMarkdown(title)}** – ${escapeMarkdown(text)}`;
}

/** Whole ids of what was looked at, each once, however Azure writes it. */
function resourcesOf({ steps }: Plan): string[] {
  const ids = steps.flatMap(({ inspection: { evidence, resourceId } }) => [
    ...(resourceId === undefined ? [] : [resourceId]),
    ...evidence.flatMap((one) => one.resourceId ?? []),
  ]);
  return [...new Map(ids.map((id) => [armIdKey(id), id])).values()].map((id) => escapeMarkdown(id));
}
