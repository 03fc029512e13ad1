import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { explainError } from '../shared/errors.ts';
import { type Answer, type Frame, note, openPage, type PageButton, type Row, type Typed } from './quickInput.ts';
import { plainRows } from '../shared/plainRows.ts';

export interface PickManyPage<T> {
  readonly placeholder: string;
  /** Identifies a value, and its row. */
  key(value: T): string;
  /** The row of a value that was typed, or is chosen but not offered. */
  row(value: T): Row<T>;
  /** Checked at first. */
  readonly chosen: readonly T[];
  /** Shows what can be chosen, as in `PickPage.load`. */
  load(show: (rows: readonly Row<T>[]) => void, signal: AbortSignal): Promise<void> | void;
  /** What a typed text stands for: a value to choose, or why it is none. Undefined: it only filters. */
  typed(text: string): Typed<T> | undefined;
  /** Shown above the rows when loading failed: the reason, and what can be done instead. */
  failed(reason: string): readonly Row<never>[];
  readonly buttons?: readonly PageButton[];
  /** Told every change, so that it is kept when the user goes back. */
  changed?(chosen: readonly T[]): void;
}

/** How long after rows were replaced a report that nothing is checked any more is not believed. */
const settlingMs = 2000;

/**
 * Asks for one or more values, listed or typed. Enter takes what is checked, or the highlighted row if nothing is.
 */
export function pickMany<T>(frame: Frame, page: PickManyPage<T>): Promise<Answer<readonly T[]>> {
  const input = vscode.window.createQuickPick<Row<T>>();
  const { answer, finish, closed } = openPage<readonly T[]>(input, frame, page.buttons, () => void load());
  input.placeholder = page.placeholder;
  input.canSelectMany = true;
  input.matchOnDescription = true;
  const chosen = new Map(page.chosen.map((value) => [page.key(value), value]));
  let offered: readonly Row<T>[] = [];
  let notices: readonly Row<never>[] = [];
  let paintedAt = 0;

  function typedRow(): Row<T> | undefined {
    const text = input.value.trim();
    const typed = text === '' ? undefined : page.typed(text);
    if (!typed) return undefined;
    if ('reason' in typed) return { ...note('error', typed.reason), alwaysShow: true };
    const key = page.key(typed.value);
    const isThere = chosen.has(key) || offered.some((row) => row.value !== undefined && page.key(row.value) === key);
    return isThere ? undefined : { ...page.row(typed.value), alwaysShow: true };
  }

  function paint(): void {
    if (closed.aborted) return;
    const listed = new Set(offered.flatMap((row) => (row.value === undefined ? [] : [page.key(row.value)])));
    const extra = [...chosen].filter(([key]) => !listed.has(key)).map(([, value]) => page.row(value));
    const typed = typedRow();
    const rows: Row<T>[] = [...notices, ...extra, ...offered, ...(typed ? [typed] : [])];
    paintedAt = Date.now();
    input.keepScrollPosition = true;
    input.items = plainRows(rows);
    // VS Code sorts a typed text that matches itself first; what is really there comes before it.
    const text = input.value.trim().toLowerCase();
    const match = typed && offered.find((row) => row.value !== undefined && row.label.toLowerCase().includes(text));
    if (match) input.activeItems = [match];
    input.selectedItems = checkedAmong(rows);
  }

  function checkedAmong(rows: readonly Row<T>[]): Row<T>[] {
    return rows.filter((row) => row.value !== undefined && chosen.has(page.key(row.value)));
  }

  /** What VS Code says is checked now. */
  function select(rows: readonly Row<T>[]): void {
    const values = rows.flatMap((row) => (row.value === undefined ? [] : [row.value]));
    // Replacing rows clears their checks for a moment, and VS Code reports that as if the user had done it.
    if (values.length === 0 && chosen.size > 0 && Date.now() - paintedAt < settlingMs) {
      input.selectedItems = checkedAmong(input.items);
      return;
    }
    chosen.clear();
    for (const value of values) chosen.set(page.key(value), value);
    page.changed?.(values);
  }

  async function load(): Promise<void> {
    notices = [];
    input.busy = true;
    try {
      await page.load((shown) => {
        offered = shown;
        paint();
      }, closed);
    } catch (error) {
      if (closed.aborted || isCancelled(error)) return;
      notices = page.failed(explainError(error)).map((row) => ({ ...row, alwaysShow: true }));
    } finally {
      if (!closed.aborted) input.busy = false;
      paint();
    }
  }

  input.onDidChangeValue(paint);
  input.onDidChangeSelection(select);
  input.onDidAccept(() => {
    const highlighted = input.activeItems[0] ?? typedRow();
    if (chosen.size === 0 && highlighted?.value !== undefined)
      chosen.set(page.key(highlighted.value), highlighted.value);
    if (chosen.size > 0) {
      finish({ kind: 'value', value: [...chosen.values()] });
    } else {
      notices = [{ ...note('error', vscode.l10n.t('Choose at least one.')), alwaysShow: true }];
      paint();
    }
  });
  input.show();
  paint();
  void load();
  return answer;
}
