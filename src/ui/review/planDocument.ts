import * as vscode from 'vscode';
import { escapeMarkdown, list } from '../../common/markdown.ts';
import type { ApplyResult, Plan, PlannedStep } from '../../provisioning/types.ts';
import { concernsOf, stepCount, warningCount, type Concern } from './planRows.ts';

/** The plan whole, as Markdown: what is said in full of each row of the review. */
export function planMarkdown(title: string, plan: Plan): string {
  const { blocking, warnings } = concernsOf(plan);
  const withVerdict = (...verdicts: PlannedStep['inspection']['verdict'][]) =>
    plan.steps.filter(({ inspection }) => verdicts.includes(inspection.verdict));
  const [toDo, inPlace] = [withVerdict('missing'), withVerdict('satisfied')];
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
    vscode.l10n.t('Nothing has been changed yet.'),
    '',
    ...section(vscode.l10n.t('Blocked by'), blocking.map(concernItem)),
    ...section(vscode.l10n.t('Warnings'), warnings.map(concernItem)),
    ...section(vscode.l10n.t('Steps'), toDo.map(toDoItem)),
    ...section(
      vscode.l10n.t('In place already'),
      inPlace.map(({ requirement, inspection }) => item(requirement.describe().title, inspection.reason)),
    ),
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
    ...section(
      vscode.l10n.t('Done'),
      done.map((sentence) => escapeMarkdown(sentence)),
    ),
    ...section(
      vscode.l10n.t('Started; Azure may still complete it'),
      begun.map((sentence) => escapeMarkdown(sentence)),
    ),
    ...section(
      vscode.l10n.t('Not done'),
      left.map((sentence) => escapeMarkdown(sentence)),
    ),
    ...section(
      vscode.l10n.t('Kept'),
      kept.map((sentence) => escapeMarkdown(sentence)),
    ),
    ...section(vscode.l10n.t('Resources'), resourcesOf(plan)),
  ].join('\n');
}

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', list(items), ''];
}

function toDoItem({ requirement }: PlannedStep): string {
  const { title, todo } = requirement.describe();
  return item(title, todo);
}

function concernItem({ title, text }: Concern): string {
  return item(title, text);
}

function item(title: string, text: string): string {
  return text === '' ? `**${escapeMarkdown(title)}**` : `**${escapeMarkdown(title)}** – ${escapeMarkdown(text)}`;
}

/** Whole ids of what was looked at, each once. */
function resourcesOf({ steps }: Plan): string[] {
  const ids = steps.flatMap(({ inspection: { evidence, resourceId } }) => [
    ...(resourceId === undefined ? [] : [resourceId]),
    ...evidence.flatMap((one) => one.resourceId ?? []),
  ]);
  return [...new Set(ids)].map((id) => escapeMarkdown(id));
}
