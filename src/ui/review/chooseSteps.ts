import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { subjectOf } from '../../provisioning/requirements/absence.ts';
import type { Plan, PlannedStep } from '../../provisioning/types.ts';
import type { Position } from '../pages/flow.ts';
import { cancelRow, type Row, separator } from '../pages/quickInput.ts';
import { note, rowsWithText } from '../pages/lines.ts';
import { chooseToggled, switchRows, type ToggleChoice } from '../pages/toggles.ts';
import type { Change, ReviewAnswer } from './change.ts';

/**
 * The review of a change whose steps take things away: those that are offered are switched between cleaning up and keeping, the others
 * tell why they stay. Writes nothing.
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
  const answer = await chooseToggled(
    { ...position, title: change.texts.page },
    {
      placeholder: vscode.l10n.t('Choose a row to switch it between Clean up and Keep; nothing has been changed yet'),
      selected,
      rows: () => (plan ? rowsOf(plan, change, selected) : [lookingRow(), cancelRow()]),
      async load(_, signal) {
        plan = await change.plan(azure, { signal });
        for (const step of plan.steps) if (isOffered(step) && !step.isLeftOut) selected.add(step.requirement.id);
      },
      isEmpty: () => plan?.steps.length === 0,
    },
  );
  if (answer.kind !== 'value') return answer;
  return plan ? { kind: 'apply', change, plan: choose(plan, answer.value) } : { kind: 'cancelled' };
}

function isOffered({ inspection }: PlannedStep): boolean {
  return inspection.verdict === 'missing';
}

function lookingRow(): Row<ToggleChoice> {
  return note('loading~spin', vscode.l10n.t('Looking for what belongs to it, and who else uses it…'));
}

function rowsOf({ steps }: Plan, { texts }: Change, selected: ReadonlySet<string>): Row<ToggleChoice>[] {
  const offered = steps.filter(isOffered);
  const others = steps.filter((step) => !isOffered(step));
  return [
    ...(offered.length > 0 ? [continueRow(selected.size)] : []),
    cancelRow(),
    separator(vscode.l10n.t('Found')),
    ...(offered.length > 0 ? offered.flatMap((step) => offeredRows(step, selected)) : [note('info', texts.blocked)]),
    ...(others.length > 0 ? [separator(vscode.l10n.t('Stays')), ...others.flatMap(keptRows)] : []),
  ];
}

/** Not a choice while nothing is to be cleaned up. */
function continueRow(count: number): Row<ToggleChoice> {
  if (count === 0) {
    return { ...note('circle-slash', vscode.l10n.t('Choose something to clean up first')), alwaysShow: true };
  }
  return {
    label: `$(trash) ${count === 1 ? vscode.l10n.t('Clean Up 1 Item…') : vscode.l10n.t('Clean Up {0} Items…', count)}`,
    detail: vscode.l10n.t('You will be asked to confirm.'),
    value: 'continue',
    alwaysShow: true,
  };
}

function offeredRows(step: PlannedStep, selected: ReadonlySet<string>): Row<ToggleChoice>[] {
  const { id } = step.requirement;
  const isSelected = selected.has(id);
  const state = isSelected ? vscode.l10n.t('Clean up') : vscode.l10n.t('Keep');
  const about = [sizeOf(step), reasonInWords(step)].filter(Boolean).join(' · ');
  return switchRows(
    id,
    isSelected,
    `${state}: ${subjectOf(step.requirement)}`,
    about,
    step.requirement.describe().todo,
  );
}

function reasonInWords({ because }: PlannedStep): string {
  switch (because) {
    case 'chosenBefore':
      return vscode.l10n.t('chosen when this clean-up was begun');
    case 'keptBefore':
      return vscode.l10n.t('kept when this clean-up was begun');
    case 'madeAgain':
      return vscode.l10n.t('the identity was made again after the rule, perhaps for something else');
    case undefined:
      return '';
  }
}

function keptRows(step: PlannedStep): Row<never>[] {
  const { code, reason } = step.inspection;
  const isUsed = code === 'inUse';
  const state = isUsed ? vscode.l10n.t('In use') : vscode.l10n.t('Stays, could not be checked');
  const label = `${state}: ${subjectOf(step.requirement)}`;
  return rowsWithText(isUsed ? 'lock' : 'question', label, sizeOf(step), reason);
}

function sizeOf({ inspection }: PlannedStep): string {
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
