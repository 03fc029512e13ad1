import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { subjectOf } from '../../provisioning/requirements/absence/absence.ts';
import type { Plan, PlannedStep } from '../../provisioning/types.ts';
import type { Position } from '../pages/flow.ts';
import { cancelRow, type Row, separator } from '../pages/quickInput.ts';
import { chooseToggled, switchRow, type ToggleChoice, type TogglePage } from '../pages/toggles.ts';
import { icon } from '../shared/icon.ts';
import type { Change, ReviewAnswer } from './change.ts';

/**
 * The review of a change whose steps take things away: those that are offered are switched between deleting and keeping; of the
 * others, the plan's document tells why they are kept. Writes nothing.
 * @returns also, at once, a plan without steps
 * @throws what `change.plan` throws, unless the page was left before
 */
export async function chooseSteps(
  azure: Azure,
  change: Change,
  choose: NonNullable<Change['choose']>,
  position: Position,
): Promise<ReviewAnswer> {
  const selected = new Set<string>();
  let plan: Plan | undefined;
  const page: TogglePage = {
    placeholder: vscode.l10n.t('Choose a row to switch it between Delete and Keep'),
    selected,
    rows: () => (plan ? rowsOf(plan, selected) : [cancelRow()]),
    notice: () => noticeOf(plan, change, selected),
    showPlan: async () => !plan || ((await change.showPlan?.(choose(plan, selected))) ?? true),
    async load(_, signal) {
      // Back from the plan's document or the question it is there, with what was chosen.
      if (plan) return;
      plan = await change.plan(azure, { signal });
      for (const step of plan.steps) if (isOffered(step) && !step.isLeftOut) selected.add(step.requirement.id);
    },
    isEmpty: () => plan?.steps.length === 0,
  };
  for (;;) {
    const answer = await chooseToggled({ ...position, title: change.texts.page }, page);
    if (answer.kind !== 'value') return answer;
    if (!plan) return { kind: 'cancelled' };
    const chosen = choose(plan, answer.value);
    if ((await change.confirm?.(chosen)) !== false) return { kind: 'apply', change, plan: chosen };
  }
}

function isOffered({ inspection }: PlannedStep): boolean {
  return inspection.verdict === 'missing';
}

function noticeOf(plan: Plan | undefined, { texts }: Change, selected: ReadonlySet<string>): string {
  if (!plan) return vscode.l10n.t('Finding what belongs to it, and what else uses it…');
  if (!plan.steps.some(isOffered)) return texts.blocked;
  if (selected.size === 0) return vscode.l10n.t('Choose something to delete first.');
  const [reason] = plan.steps.flatMap(({ because }) => (because === 'lastTrace' ? [whyLeftOut(because)] : []));
  return reason ?? vscode.l10n.t('Nothing has been changed yet.');
}

function rowsOf({ steps }: Plan, selected: ReadonlySet<string>): Row<ToggleChoice>[] {
  const offered = steps.filter(isOffered);
  const others = steps.filter((step) => !isOffered(step));
  return [
    ...(selected.size > 0 ? [continueRow(selected.size)] : []),
    cancelRow(),
    ...(offered.length > 0 ? [separator(vscode.l10n.t('Found'))] : []),
    ...offered.map((step) => offeredRow(step, selected)),
    ...(others.length > 0 ? [separator(vscode.l10n.t('Kept'))] : []),
    ...others.map(keptRow),
  ];
}

function continueRow(count: number): Row<ToggleChoice> {
  return {
    iconPath: icon('trash'),
    label: count === 1 ? vscode.l10n.t('Delete 1 Item…') : vscode.l10n.t('Delete {0} Items…', count),
    detail: vscode.l10n.t('You will be asked to confirm.'),
    value: 'continue',
    alwaysShow: true,
  };
}

function offeredRow(step: PlannedStep, selected: ReadonlySet<string>): Row<ToggleChoice> {
  const { id } = step.requirement;
  const isSelected = selected.has(id);
  const subject = subjectOf(step.requirement);
  const label = isSelected ? vscode.l10n.t('Delete: {0}', subject) : vscode.l10n.t('Keep: {0}', subject);
  const detail = becauseInWords(step) ?? step.requirement.describe().todo;
  return switchRow(id, isSelected, label, sizeOf(step), detail);
}

function becauseInWords({ because }: PlannedStep): string | undefined {
  switch (because) {
    case 'chosenBefore':
    case 'keptBefore':
      return vscode.l10n.t('Your earlier choice');
    case 'madeAgain':
    case 'lastTrace':
      return whyLeftOut(because);
    case undefined:
      return undefined;
  }
}

/** Why it is not deleted unless the user says so. */
export function whyLeftOut(because: 'madeAgain' | 'lastTrace'): string {
  return because === 'madeAgain'
    ? vscode.l10n.t('The identity was recreated after the rule, so it may be for something else.')
    : vscode.l10n.t('Its identity cannot be read, and would not be found again without it.');
}

/** Choosing it opens the plan, which says more. */
function keptRow(step: PlannedStep): Row<ToggleChoice> {
  const { code, reason } = step.inspection;
  const subject = subjectOf(step.requirement);
  const isUsed = code === 'inUse';
  return {
    iconPath: icon(isUsed ? 'lock' : 'question'),
    label: isUsed ? vscode.l10n.t('In use: {0}', subject) : vscode.l10n.t('Not checked: {0}', subject),
    description: sizeOf(step),
    detail: reason,
    value: 'plan',
  };
}

/** `3.2 MB`; empty where it is not known. */
export function sizeOf({ inspection }: PlannedStep): string {
  return inspection.size === undefined ? '' : sizeInWords(inspection.size, vscode.env.language);
}

/** Bytes as people say them, in decimal units as registries count: `999 B`, `1.5 MB`. */
export function sizeInWords(bytes: number, language: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  // 999.95 would be shown as 1,000.0.
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: unit === 0 ? 0 : 1 })} ${units[unit]}`;
}
