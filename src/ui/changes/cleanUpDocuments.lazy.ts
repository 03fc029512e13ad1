import * as vscode from 'vscode';
import { codeSpan, escapeMarkdown, list } from '../../common/markdown.ts';
import { armIdName } from '../../domain/armId.ts';
import { subjectOf } from '../../provisioning/requirements/absence/absence.ts';
import type { ApplyResult, Plan, PlannedStep } from '../../provisioning/types.ts';
import { sizeOf, whyLeftOut } from '../review/chooseSteps.ts';

/** What would be deleted, what is kept, and why, as Markdown. Texts of Azure are shown as they are, never as markup. */
export function cleanUpPlanDocument(ruleId: string, { steps }: Plan): string {
  const isGoing = ({ inspection, isLeftOut }: PlannedStep) => inspection.verdict === 'missing' && !isLeftOut;
  const isUsed = ({ inspection }: PlannedStep) => inspection.code === 'inUse';
  const isKept = ({ inspection, isLeftOut }: PlannedStep) => inspection.verdict === 'missing' && isLeftOut === true;
  const isOther = (step: PlannedStep) => step.inspection.verdict !== 'missing' && !isUsed(step);
  const lines = (isWanted: (step: PlannedStep) => boolean, textOf: (step: PlannedStep) => string) =>
    steps.filter(isWanted).map((step) => {
      const about = [subjectOf(step.requirement), sizeOf(step)].filter(Boolean).join(', ');
      return `**${escapeMarkdown(about)}**: ${escapeMarkdown(textOf(step))}`;
    });
  const todo = ({ requirement, because }: PlannedStep) => {
    const why = because === 'madeAgain' || because === 'lastTrace' ? whyLeftOut(because) : '';
    return [requirement.describe().todo, why].filter(Boolean).join(' ');
  };
  const reason = ({ inspection }: PlannedStep) => inspection.reason;
  return [
    ...head(
      vscode.l10n.t('Plan to Delete {0}', armIdName(ruleId)),
      vscode.l10n.t('Nothing is deleted before you confirm this plan.'),
    ),
    ...section(vscode.l10n.t('Will be deleted'), lines(isGoing, todo)),
    ...section(vscode.l10n.t('Kept, as chosen'), lines(isKept, todo)),
    ...section(vscode.l10n.t('Kept, in use'), lines(isUsed, reason)),
    ...section(vscode.l10n.t('Kept, could not be checked'), lines(isOther, reason)),
    codeSpan(ruleId),
    '',
  ].join('\n');
}

/** What became of each, as Markdown. Texts of Azure are shown as they are, never as markup. */
export function cleanUpReport(
  ruleId: string,
  plan: Plan,
  result: ApplyResult,
  now: { readonly date: Date; readonly language: string },
): string {
  const { gone, kept, left } = fatesOf(plan, result);
  const sentences = (of: readonly string[]) => of.map((sentence) => escapeMarkdown(sentence));
  return [
    ...head(
      vscode.l10n.t('Deletion of {0}', armIdName(ruleId)),
      `${outcomeInWords(result.outcome)} (${now.date.toLocaleString(now.language)})`,
    ),
    ...section(vscode.l10n.t('Left'), sentences(left)),
    ...section(vscode.l10n.t('Deleted'), sentences(gone)),
    ...section(vscode.l10n.t('Kept'), sentences(kept)),
    codeSpan(ruleId),
    '',
  ].join('\n');
}

function head(title: string, verdict: string): string[] {
  return [`# ${escapeMarkdown(title)}`, '', escapeMarkdown(verdict), ''];
}

/** Nothing where there are no lines, which are Markdown already. */
function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', list(lines), ''];
}

interface Fates {
  readonly gone: readonly string[];
  /** On purpose. */
  readonly kept: readonly string[];
  /** By a failure or a cancel. */
  readonly left: readonly string[];
}

/** One sentence each, in the order of the plan. */
function fatesOf({ steps }: Plan, result: ApplyResult): Fates {
  const fates: Record<keyof Fates, string[]> = { gone: [], kept: [], left: [] };
  for (const { requirementId, state, message } of result.steps) {
    const planned = steps.find(({ requirement: { id } }) => id === requirementId)?.requirement.describe();
    const { title = '', done = '', subject = title } = planned ?? {};
    if (state === 'done') fates.gone.push(done);
    else if (state === 'alreadyDone') fates.gone.push(message);
    else if (state === 'kept') fates.kept.push(`${subject}: ${message}`);
    else if (state === 'failed') fates.left.push(`${subject}: ${message}`);
    else fates.left.push(state === 'skipped' ? vscode.l10n.t('Not started: {0}', title) : message);
  }
  return fates;
}

function outcomeInWords(outcome: ApplyResult['outcome']): string {
  switch (outcome) {
    case 'complete':
      return vscode.l10n.t('The deletion is complete.');
    case 'failed':
      return vscode.l10n.t('The deletion failed. Run "Delete Cache Rule…" again to do the rest.');
    case 'cancelled':
      return vscode.l10n.t('The deletion was cancelled. Run "Delete Cache Rule…" again to do the rest.');
  }
}
