import * as vscode from 'vscode';
import { type Answer, type Frame, openPage, type Row, shownRows } from './quickInput.ts';
import { rowsWithText } from './lines.ts';

/** What a row does: ends the page, or switches the things with these keys: all on, or off if all are on already. */
export type ToggleChoice = 'continue' | 'cancel' | { readonly toggle: readonly string[] };

export interface TogglePage {
  readonly placeholder: string;
  /** Keys that are on at first. Read when the page ends; `load` may add to them. */
  readonly selected: Set<string>;
  rows(): readonly Row<ToggleChoice>[];
  readonly matchOnDetail?: boolean;
  /** What is read while the page is shown; the rows are shown again when it has ended, and whenever it says so. */
  load?(repaint: () => void, signal: AbortSignal): Promise<void>;
  /** There turned out to be nothing to choose: the page ends with what is selected. */
  isEmpty?(): boolean;
}

/** Rows of one thing: the first is its switch; what does not fit into it follows. */
export function switchRows(
  key: string,
  isOn: boolean,
  label: string,
  description: string,
  text: string,
): Row<ToggleChoice>[] {
  const [first, ...rest] = rowsWithText(isOn ? 'pass-filled' : 'circle-large-outline', label, description, text);
  return [{ ...first, value: { toggle: [key] } }, ...rest];
}

/**
 * A page of things that are switched on and off, one by one or several at once, among rows that only inform. VS Code's own check boxes would stand
 * beside those too.
 * @returns the keys that are on
 * @throws what `load` throws, unless the page was left before
 */
export function chooseToggled(frame: Frame, page: TogglePage): Promise<Answer<ReadonlySet<string>>> {
  const { selected } = page;
  const input = vscode.window.createQuickPick<Row<ToggleChoice>>();
  const shown = shownRows(input);
  const { answer, finish, closed } = openPage<ReadonlySet<string>>(input, frame);
  input.placeholder = page.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = page.matchOnDetail ?? false;

  function paint(active?: readonly string[]): void {
    if (closed.aborted) return;
    const rows = page.rows();
    input.keepScrollPosition = true;
    shown.replace(rows);
    const row = active && rows.find(({ value }) => typeof value === 'object' && value.toggle.join() === active.join());
    if (row) input.activeItems = [row];
  }

  input.onDidAccept(() => {
    const value = shown.highlighted()?.value;
    if (value === undefined) return;
    if (value === 'cancel') finish({ kind: 'cancelled' });
    else if (value === 'continue') finish({ kind: 'value', value: selected });
    else {
      const isOff = value.toggle.every((key) => selected.has(key));
      for (const key of value.toggle) {
        if (isOff) selected.delete(key);
        else selected.add(key);
      }
      paint(value.toggle);
    }
  });
  paint();
  input.show();
  if (!page.load) return answer;
  input.busy = true;
  const loading = page
    .load(() => paint(), closed)
    .then(() => {
      if (page.isEmpty?.()) finish({ kind: 'value', value: selected });
      if (!closed.aborted) input.busy = false;
      paint();
      return answer;
    });
  // After it was left nobody waits for an error.
  return Promise.race([answer, loading]).finally(() => finish({ kind: 'cancelled' }));
}
