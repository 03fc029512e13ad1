import * as vscode from 'vscode';
import type { CleanUpItem, CleanUpPlan } from '../../../provisioning/changes/cleanUp/types.ts';
import {
  type Answer,
  type Frame,
  note,
  openPage,
  type Row,
  rowsWithText,
  separator,
  shownRows,
} from '../../pages/quickInput.ts';
import { sizeInWords, whyItStays } from './words.lazy.ts';

type Choice = 'continue' | 'cancel' | { readonly item: CleanUpItem };

export interface ChosenItems {
  readonly plan: CleanUpPlan;
  /** Ids to clean up. */
  readonly selected: ReadonlySet<string>;
}

/**
 * The dry run as a page, which is open and busy while it is made. Rows that are offered are switched between cleaning up and keeping,
 * the others tell why they stay and do nothing. VS Code's own check boxes would stand beside those too.
 * @param dryRun its signal is aborted when the page is left
 * @returns also, at once, a plan without items
 * @throws what `dryRun` throws, unless the page was left before
 */
export function chooseItems(
  frame: Frame,
  dryRun: (signal: AbortSignal) => Promise<CleanUpPlan>,
): Promise<Answer<ChosenItems>> {
  const selected = new Set<string>();
  let plan: CleanUpPlan | undefined;
  const input = vscode.window.createQuickPick<Row<Choice>>();
  const shown = shownRows(input);
  const { answer, finish, closed } = openPage<ChosenItems>(input, frame);
  input.placeholder = vscode.l10n.t(
    'Choose a row to switch it between Clean up and Keep; nothing has been changed yet',
  );
  input.matchOnDescription = true;

  function paint(active?: CleanUpItem): void {
    if (closed.aborted) return;
    const rows = plan ? rowsOf(plan, selected) : [lookingRow(), cancelRow()];
    input.keepScrollPosition = true;
    shown.replace(rows);
    const row = active && rows.find(({ value }) => typeof value === 'object' && value.item === active);
    if (row) input.activeItems = [row];
  }

  input.onDidAccept(() => {
    const value = shown.highlighted()?.value;
    if (value === undefined) return;
    if (value === 'cancel') finish({ kind: 'cancelled' });
    else if (!plan) return;
    else if (value === 'continue') finish({ kind: 'value', value: { plan, selected } });
    else {
      if (!selected.delete(value.item.id)) selected.add(value.item.id);
      paint(value.item);
    }
  });

  async function load(): Promise<never> {
    plan = await dryRun(closed);
    for (const { id, selectedByDefault } of plan.items) if (selectedByDefault) selected.add(id);
    if (plan.items.length === 0) finish({ kind: 'value', value: { plan, selected } });
    input.busy = false;
    paint();
    return new Promise<never>(() => undefined);
  }

  input.busy = true;
  paint();
  input.show();
  // An error closes the page; after it was left nobody waits for one.
  return Promise.race([answer, load()]).finally(() => finish({ kind: 'cancelled' }));
}

function lookingRow(): Row<Choice> {
  return note('loading~spin', vscode.l10n.t('Looking for what belongs to it, and who else uses it…'));
}

function cancelRow(): Row<Choice> {
  return { label: `$(close) ${vscode.l10n.t('Cancel')}`, value: 'cancel', alwaysShow: true };
}

function rowsOf(plan: CleanUpPlan, selected: ReadonlySet<string>): Row<Choice>[] {
  const offered = plan.items.filter((item) => item.offered);
  const others = plan.items.filter((item) => !item.offered);
  return [
    ...(offered.length > 0 ? [continueRow(selected.size)] : []),
    cancelRow(),
    separator(vscode.l10n.t('Found')),
    ...(offered.length > 0
      ? offered.flatMap((item) => offeredRows(item, selected.has(item.id)))
      : [note('info', vscode.l10n.t('There is nothing that can be cleaned up'))]),
    ...(others.length > 0 ? [separator(vscode.l10n.t('Stays')), ...others.flatMap(stayingRows)] : []),
  ];
}

/** Not a choice while nothing is to be cleaned up. */
function continueRow(count: number): Row<Choice> {
  if (count === 0)
    return { ...note('circle-slash', vscode.l10n.t('Choose something to clean up first')), alwaysShow: true };
  return {
    label: `$(trash) ${count === 1 ? vscode.l10n.t('Clean Up 1 Item…') : vscode.l10n.t('Clean Up {0} Items…', count)}`,
    detail: vscode.l10n.t('You will be asked to confirm.'),
    value: 'continue',
    alwaysShow: true,
  };
}

/** The first row is the switch; what does not fit into it follows. */
function offeredRows(item: CleanUpItem, isSelected: boolean): Row<Choice>[] {
  const state = isSelected ? vscode.l10n.t('Clean up') : vscode.l10n.t('Keep');
  const icon = isSelected ? 'pass-filled' : 'circle-large-outline';
  const size = item.size === undefined ? '' : sizeInWords(item.size, vscode.env.language);
  const about = [size, beforeInWords(item)].filter(Boolean).join(' · ');
  const rows = rowsWithText(icon, `${state}: ${item.title}`, about, item.todo);
  return rows.map((row, index) => (index === 0 ? { ...row, value: { item } } : row));
}

function beforeInWords({ isAsBefore, isOther, selectedByDefault }: CleanUpItem): string {
  if (isOther) return vscode.l10n.t('the identity was made again after the rule, perhaps for something else');
  if (!isAsBefore) return '';
  return selectedByDefault
    ? vscode.l10n.t('chosen when this clean-up was begun')
    : vscode.l10n.t('kept when this clean-up was begun');
}

function stayingRows(item: CleanUpItem): Row<never>[] {
  const isUsed = item.inUseBy.length > 0;
  const state = isUsed ? vscode.l10n.t('In use') : vscode.l10n.t('Stays, could not be checked');
  const size = item.size === undefined ? '' : sizeInWords(item.size, vscode.env.language);
  return rowsWithText(isUsed ? 'lock' : 'question', `${state}: ${item.title}`, size, whyItStays(item));
}
