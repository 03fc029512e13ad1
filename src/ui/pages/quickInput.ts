import * as vscode from 'vscode';
import type { Problem } from '../../domain/parsed.ts';
import { isCancelled } from '../../azure/errors.ts';
import { shownLine } from '../../common/shown.ts';
import { explainError } from '../shared/errors.ts';
import { icon } from '../shared/icon.ts';
import { showWarningMessage } from '../shared/messages.ts';
import { plainRows } from '../shared/plainRows.ts';
import { plainText } from '../shared/plainText.ts';
import { endInput } from './keyboard.ts';

/** How a page was left. */
export type Answer<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

/** What all pages have in common. */
export interface Frame {
  readonly title: string;
  readonly canGoBack: boolean;
}

/**
 * A row of a pick: a choice, or a separator. What only informs is the page's prompt, a separator or a document.
 * `iconPath`: see `icon`.
 */
export interface Row<T> extends vscode.QuickPickItem {
  readonly value?: T;
  readonly buttons?: readonly RowButton<T>[];
}

/** A button at the end of a row, which chooses another value than the row. */
export interface RowButton<T> extends vscode.QuickInputButton {
  readonly value: T;
}

/** A button in the title bar of a page. */
export interface PageButton<T = never> {
  readonly icon: string;
  readonly tooltip: string;
  /** `reload` loads the rows again; a value is chosen as by a row. */
  run(): 'reload' | { readonly value: T } | undefined | Promise<undefined>;
}

/** A typed text, read. `label`: of its row, where that is not the text. `notice`: a sentence about it, below the text. */
export type Typed<T> =
  { readonly value: T; readonly label?: string; readonly notice?: string } | { readonly reason: string };

/** What is said of a typed text. */
export function saidOf<T>(typed: Typed<T> | undefined): string | undefined {
  return typed && ('reason' in typed ? typed.reason : typed.notice);
}

/** A line that groups the rows below it. */
export function separator(label: string): Row<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** The row that leaves a flow. */
export function cancelRow(): Row<'cancel'> {
  return { iconPath: icon('close'), label: vscode.l10n.t('Cancel'), value: 'cancel', alwaysShow: true };
}

/** A page that is open. */
export interface OpenPage<T> {
  readonly answer: Promise<Answer<T>>;
  /** Answers it, once. */
  readonly finish: (answer: Answer<T>) => void;
  /** Aborted when it was answered or left. */
  readonly closed: AbortSignal;
  /** Says a sentence below the text. `reason`: more of it, which a button in the title bar shows. */
  readonly say: (sentence: string, reason?: string) => void;
}

/** Of the sentence below the text. */
const maxPrompt = 160;

/**
 * What pages have in common: title, Back and other buttons, staying open when the user looks something up elsewhere, and their end.
 * Showing it is left to the page.
 * @param reload what a button's `reload` does
 * @param choose what a button's value does; without, it answers the page
 */
export function openPage<T>(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  frame: Frame,
  pageButtons: readonly PageButton<T>[] = [],
  reload?: () => void,
  choose?: (value: T) => void,
): OpenPage<T> {
  input.title = frame.title;
  input.ignoreFocusOut = true;
  const closed = new AbortController();
  const { promise: answer, resolve } = Promise.withResolvers<Answer<T>>();
  const finish: OpenPage<T>['finish'] = (given) => {
    if (closed.signal.aborted) return;
    closed.abort();
    resolve(given);
    endInput(input);
  };
  const buttons = pageButtons.map((button) => ({
    button,
    shown: { iconPath: icon(button.icon), tooltip: button.tooltip },
  }));
  const why = { iconPath: icon('info'), tooltip: vscode.l10n.t('Show Why') };
  let reason: string | undefined;
  const paintButtons = () => {
    input.buttons = [
      ...(frame.canGoBack ? [vscode.QuickInputButtons.Back] : []),
      ...buttons.map(({ shown }) => shown),
      ...(reason === undefined ? [] : [why]),
    ];
  };
  const say: OpenPage<T>['say'] = (sentence, whole) => {
    if (closed.signal.aborted) return;
    input.prompt = plainText(shownLine(sentence, maxPrompt));
    if (whole === reason) return;
    reason = whole;
    paintButtons();
  };
  paintButtons();
  input.onDidHide(() => finish({ kind: 'cancelled' }));
  input.onDidTriggerButton(async (clicked) => {
    if (closed.signal.aborted) return;
    if (clicked === vscode.QuickInputButtons.Back) finish({ kind: 'back' });
    if (clicked === why) void showWarningMessage(reason ?? '');
    const outcome = await buttons.find(({ shown }) => shown === clicked)?.button.run();
    if (outcome === 'reload') reload?.();
    else if (outcome && choose) choose(outcome.value);
    else if (outcome) finish({ kind: 'value', value: outcome.value });
  });
  return { answer, finish, closed: closed.signal, say };
}

/** The rows of a page of one choice. */
export interface ShownRows<T> {
  /** Whether the window has said of any row that it is highlighted. */
  isReported(): boolean;
  /** Undefined for the moment in which it was replaced, and the window has not said what is highlighted now. */
  highlighted(): Row<T> | undefined;
  replace(rows: readonly Row<T>[]): void;
}

/**
 * Rows, and which of them is highlighted on the screen. `activeItems` and `selectedItems` say what was set here, or was chosen
 * once: it may be filtered away.
 * @param mayBeNone whether no row may be highlighted although all are shown, as where Enter alone must decide nothing
 */
export function shownRows<T>(input: vscode.QuickPick<Row<T>>, mayBeNone = false): ShownRows<T> {
  let highlighted: Row<T> | undefined;
  let isReported = false;
  input.onDidChangeActive(([row]) => {
    isReported ||= row !== undefined;
    // While rows are replaced VS Code reports for a moment that there is none, though the same one is seen all the while.
    if (row || mayBeNone || input.value !== '') highlighted = row;
  });
  return {
    isReported: () => isReported,
    highlighted: () => highlighted,
    replace(rows) {
      input.items = plainRows(rows);
      // A row that looks as the highlighted one did is what is seen all the while.
      highlighted = rows.find((row) => highlighted !== undefined && isSameRow(row, highlighted));
    },
  };
}

/** Whether two rows look the same. */
function isSameRow<T>(a: Row<T>, b: Row<T> | undefined): boolean {
  const isAlike = a.label === b?.label && a.description === b.description && a.detail === b.detail;
  return isAlike && a.kind === b.kind && a.alwaysShow === b.alwaysShow;
}

/** Whether two lists of rows look the same. */
export function isSameList<T>(a: readonly Row<T>[], b: readonly Row<T>[]): boolean {
  return a.length === b.length && a.every((row, index) => isSameRow(row, b[index]));
}

/** Runs a check with the page busy and disabled; a rejection becomes a problem in words. */
export async function busyWhile(
  input: vscode.QuickInput,
  check: () => Promise<Problem | undefined> | Problem | undefined,
): Promise<Problem | 'cancelled' | undefined> {
  const pending = check();
  if (!(pending instanceof Promise)) return pending;
  input.busy = true;
  input.enabled = false;
  try {
    return await pending;
  } catch (error) {
    return isCancelled(error) ? 'cancelled' : { code: 'check.failed', message: explainError(error) };
  } finally {
    input.enabled = true;
    input.busy = false;
  }
}
