import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { explainError } from '../shared/errors.ts';
import { plainRows } from '../shared/plainRows.ts';
import { showInput } from './keyboard.ts';
import { enterOfMany } from './enterOfMany.ts';
import {
  type Answer,
  type Frame,
  isSameList,
  openPage,
  type PageButton,
  type Row,
  saidOf,
  separator,
  type Typed,
} from './quickInput.ts';

export interface PickManyPage<T> {
  readonly placeholder: string;
  /** Identifies a value, and its row. */
  key(value: T): string;
  /** The row of a value that was typed, or is chosen but not offered. */
  row(value: T): Row<T>;
  /** Ticked at first, and shown on top. */
  readonly chosen: readonly T[];
  /** Shows what can be chosen, as in `PickPage.load`; `notice`: a sentence about it. Every row has a value or is a separator. */
  load(show: (rows: readonly Row<T>[], notice?: string) => void, signal: AbortSignal): Promise<void> | void;
  /** What a typed text stands for: a value to choose, or why it is none. Undefined: it only filters. */
  typed(text: string): Typed<T> | undefined;
  /** Said when loading failed: what can be done instead. The reason is behind a button. */
  readonly failed: string;
  readonly buttons?: readonly PageButton[];
  /** Told every change, so that it is kept when the user goes back. */
  changed?(chosen: readonly T[]): void;
}

/**
 * Asks for one or more values, listed or typed; `enterOfMany` says what Enter takes. Rows are choices only: VS Code gives each of
 * them a box to tick, so what there is to say is said below the text.
 *
 * VS Code reports ticks and highlights by index, and a report may be about rows that were replaced meanwhile. So rows keep their
 * index while the user types: only the last one, for the text, changes. No row is ever highlighted from here.
 */
export function pickMany<T>(frame: Frame, page: PickManyPage<T>): Promise<Answer<readonly T[]>> {
  const input = vscode.window.createQuickPick<Row<T>>();
  const opened = openPage<readonly T[]>(input, frame, page.buttons, () => void load());
  const { answer, finish, closed } = opened;
  input.placeholder = page.placeholder;
  input.canSelectMany = true;
  input.matchOnDescription = true;
  const chosen = new Map(page.chosen.map((value) => [page.key(value), value]));
  let onTop = [...chosen.values()];
  let offered: readonly Row<T>[] = [];
  /** Typed and ticked here: they stay in the list. */
  const added = new Map<string, T>();
  let notice = '';
  let refusal = '';
  let reason: string | undefined;
  let tickedSinceTyped = false;
  let highlighted: T | undefined;
  /** Ticked rows that were sent and are not reported back yet: until then every report is about the rows of before. */
  let sent: readonly Row<T>[] | undefined;
  let isBehind = false;
  let typedKey: string | undefined;

  function meaning(): Typed<T> | undefined {
    const text = input.value.trim();
    return text === '' ? undefined : page.typed(text);
  }

  function typedValue(): T | undefined {
    const typed = meaning();
    return typed && 'value' in typed ? typed.value : undefined;
  }

  function keyOf(value: T | undefined): string | undefined {
    return value === undefined ? undefined : page.key(value);
  }

  /** The listed values and the typed one's row, which is the last. */
  function rowsNow(): Row<T>[] {
    const ofOffered = new Map(offered.flatMap((row) => (row.value === undefined ? [] : [[page.key(row.value), row]])));
    const top = new Set(onTop.map((value) => page.key(value)));
    const isOnTop = ({ value }: Row<T>) => value !== undefined && top.has(page.key(value));
    const isListed = (key: string) => top.has(key) || ofOffered.has(key);
    const others = [...added].filter(([key]) => !isListed(key)).map(([, value]) => page.row(value));
    const typed = typedValue();
    typedKey = keyOf(typed);
    const isNew = typedKey !== undefined && !isListed(typedKey) && !added.has(typedKey);
    return [
      ...(onTop.length > 0 ? [separator(vscode.l10n.t('Chosen'))] : []),
      ...onTop.map((value) => ofOffered.get(page.key(value)) ?? page.row(value)),
      ...offered.filter((row) => !isOnTop(row)),
      ...others,
      ...(isNew && typed !== undefined ? [{ ...page.row(typed), alwaysShow: true }] : []),
    ];
  }

  function paint(): void {
    if (closed.aborted) return;
    isBehind = sent !== undefined;
    if (isBehind) return;
    const rows = rowsNow();
    const ticked = rows.filter(({ value }) => value !== undefined && chosen.has(page.key(value)));
    // Replacing rows takes away a tick that is on its way: those that look the same stay.
    if (isSameList(rows, input.items) && isSameList(ticked, input.selectedItems)) return;
    input.items = plainRows(rows);
    input.selectedItems = ticked;
    if (ticked.length > 0) sent = ticked;
  }

  function say(): void {
    opened.say((saidOf(meaning()) ?? refusal) || notice, reason);
  }

  function select(rows: readonly Row<T>[]): void {
    if (!input.enabled) return;
    if (sent) {
      // Replacing rows clears their ticks for a moment, which is reported as well.
      if (rows.length !== sent.length || !rows.every((row, index) => row === sent?.[index])) return;
      sent = undefined;
      if (isBehind) paint();
      return;
    }
    const values = rows.flatMap(({ value }) => (value === undefined ? [] : [value]));
    if (values.length === chosen.size && values.every((value) => chosen.has(page.key(value)))) return;
    chosen.clear();
    for (const value of values) choose(value);
    tickedSinceTyped = true;
    refusal = '';
    say();
    page.changed?.(values);
  }

  function choose(value: T): void {
    chosen.set(page.key(value), value);
    added.set(page.key(value), value);
  }

  async function load(): Promise<void> {
    notice = '';
    reason = undefined;
    input.busy = true;
    try {
      await page.load((shown, words = '') => {
        offered = shown;
        notice = words;
        paint();
        say();
      }, closed);
    } catch (error) {
      if (closed.aborted || isCancelled(error)) return;
      notice = page.failed;
      reason = explainError(error);
    } finally {
      if (!closed.aborted) {
        input.busy = false;
        say();
      }
    }
  }

  function enter(): void {
    if (!input.enabled) return;
    const text = input.value.trim();
    // What VS Code has reported last is what is seen.
    const ticked = input.selectedItems.flatMap(({ value }) => (value === undefined ? [] : [value]));
    const exact = input.items.find(
      ({ value }) => value !== undefined && page.key(value).toLowerCase() === text.toLowerCase(),
    );
    const entered = enterOfMany(
      { text, ticked, tickedSinceTyped, highlighted, exact: exact?.value, typed: meaning() },
      (value) => page.key(value),
    );
    if (entered.kind === 'take') {
      finish({ kind: 'value', value: entered.values });
    } else if (entered.kind === 'add') {
      choose(entered.value);
      onTop = [...chosen.values()];
      input.value = '';
      paint();
      page.changed?.(onTop);
    } else {
      refusal = entered.reason ?? vscode.l10n.t('Choose at least one.');
    }
    if (!closed.aborted) say();
  }

  input.onDidChangeValue(() => {
    tickedSinceTyped = false;
    // What was highlighted may be filtered away now.
    highlighted = undefined;
    refusal = '';
    if (keyOf(typedValue()) !== typedKey) paint();
    say();
  });
  input.onDidChangeActive(([row]) => (highlighted = row?.value));
  input.onDidChangeSelection(select);
  input.onDidAccept(enter);
  paint();
  showInput(input);
  void load();
  return answer;
}
