import * as vscode from 'vscode';
import { icon } from '../shared/icon.ts';
import { showInput } from './keyboard.ts';
import { type Answer, type Frame, openPage, type PageButton, type Row, shownRows } from './quickInput.ts';

/**
 * What a row does: ends the page, opens the plan, or switches the things with these keys: all on, or off if all are on already.
 */
export type ToggleChoice = 'continue' | 'cancel' | 'plan' | { readonly toggle: readonly string[] };

export interface TogglePage {
  readonly placeholder: string;
  /** Keys that are on at first. Read when the page ends; `load` may add to them. */
  readonly selected: Set<string>;
  rows(): readonly Row<ToggleChoice>[];
  /** A sentence about the rows. */
  notice?(): string;
  /** Opens what is selected so far as a document, which says more than rows can. Whether the page is shown again then. */
  showPlan?(): Promise<boolean>;
  readonly matchOnDetail?: boolean;
  /** What is read while the page is shown; the rows are shown again when it has ended, and whenever it says so. */
  load?(repaint: () => void, signal: AbortSignal): Promise<void>;
  /** There turned out to be nothing to choose: the page ends with what is selected. */
  isEmpty?(): boolean;
}

/** The row of one thing, which is its switch. */
export function switchRow(
  key: string,
  isOn: boolean,
  label: string,
  description: string,
  detail: string,
): Row<ToggleChoice> {
  const iconPath = isOn ? icon('pass-filled', 'passed') : icon('circle-large-outline');
  return { iconPath, label, description, detail, value: { toggle: [key] } };
}

/**
 * A page of things that are switched on and off, one by one or several at once. VS Code's own check boxes would stand beside the
 * rows that do something else, too. While the plan is read the page is closed.
 * @returns the keys that are on
 * @throws what `load` throws, unless the page was left before
 */
export async function chooseToggled(frame: Frame, page: TogglePage): Promise<Answer<ReadonlySet<string>>> {
  for (;;) {
    const answer = await showToggles(frame, page);
    if (answer.kind !== 'value') return answer;
    if (answer.value === 'continue') return { kind: 'value', value: page.selected };
    if (!(await page.showPlan?.())) return { kind: 'cancelled' };
  }
}

type End = 'continue' | 'plan';

function showToggles(frame: Frame, page: TogglePage): Promise<Answer<End>> {
  const { selected } = page;
  const input = vscode.window.createQuickPick<Row<ToggleChoice>>();
  const shown = shownRows(input);
  const plan: PageButton<End> = {
    icon: 'open-preview',
    tooltip: vscode.l10n.t('Open the plan'),
    run() {
      if (!input.busy) return { value: 'plan' };
      say(vscode.l10n.t('Azure is still being read. Wait for the plan.'));
      return undefined;
    },
  };
  const { answer, finish, closed, say } = openPage<End>(input, frame, page.showPlan ? [plan] : []);
  input.placeholder = page.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = page.matchOnDetail ?? false;

  function paint(active?: readonly string[]): void {
    if (closed.aborted) return;
    const rows = page.rows();
    input.keepScrollPosition = true;
    shown.replace(rows);
    say(page.notice?.() ?? '');
    const row = active && rows.find(({ value }) => keysOf(value)?.join() === active.join());
    if (row) input.activeItems = [row];
  }

  input.onDidAccept(() => {
    if (!input.enabled) return;
    const value = shown.highlighted()?.value;
    const keys = keysOf(value);
    if (value === 'cancel') finish({ kind: 'cancelled' });
    else if (value === 'continue' || value === 'plan') finish({ kind: 'value', value });
    if (!keys) return;
    const isOff = keys.every((key) => selected.has(key));
    for (const key of keys) {
      if (isOff) selected.delete(key);
      else selected.add(key);
    }
    paint(keys);
  });
  paint();
  showInput(input);
  if (!page.load) return answer;
  input.busy = true;
  const loading = page
    .load(() => paint(), closed)
    .then(() => {
      if (page.isEmpty?.()) finish({ kind: 'value', value: 'continue' });
      if (!closed.aborted) input.busy = false;
      paint();
      return answer;
    });
  // After it was left nobody waits for an error.
  return Promise.race([answer, loading]).finally(() => finish({ kind: 'cancelled' }));
}

function keysOf(value: ToggleChoice | undefined): readonly string[] | undefined {
  return typeof value === 'object' ? value.toggle : undefined;
}
