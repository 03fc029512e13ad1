import * as vscode from 'vscode';
import type { Problem } from '../../domain/parsed.ts';
import { isCancelled } from '../../azure/errors.ts';
import { explainError } from '../shared/errors.ts';
import { plainRows } from '../shared/plainRows.ts';
import type { Position } from './flow.ts';
import { asLines } from './lines.ts';

/** How a page was left. */
export type Answer<T> =
  { readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' } | { readonly kind: 'cancelled' };

/** What all pages of a wizard share. */
export interface Frame extends Position {
  readonly title: string;
}

/** A row of a pick. Without `value` it only informs: choosing it does nothing. */
export interface Row<T> extends vscode.QuickPickItem {
  readonly value?: T;
}

/** A button in the title bar of a page. */
export interface PageButton {
  readonly icon: string;
  readonly tooltip: string;
  /** `reload` loads the rows again. */
  run(): 'reload' | undefined | Promise<undefined>;
}

/** A typed text, read. */
export type Typed<T> = { readonly value: T } | { readonly reason: string };

/** A line that groups the rows below it. */
export function separator(label: string): Row<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** A row that only informs, with an icon and words. */
export function note(icon: string, label: string, detail?: string, description?: string): Row<never> {
  return { label: `$(${icon}) ${label}`, detail, description };
}

/** A long text whole, two lines to a row, with an icon at its beginning. */
export function textRows(icon: string, text: string): Row<never>[] {
  return inPairs(asLines(text), icon);
}

/** The row that leaves a flow. */
export function cancelRow(): Row<'cancel'> {
  return { label: `$(close) ${vscode.l10n.t('Cancel')}`, value: 'cancel', alwaysShow: true };
}

/** A row with a text below it, however long: what does not fit follows in rows of its own. */
export function rowsWithText(
  icon: string,
  label: string,
  description: string,
  text: string,
): [first: Row<never>, ...rest: Row<never>[]] {
  const [first, ...rest] = asLines(text, 'detail');
  return [note(icon, label, first && `$(blank) ${first}`, description), ...inPairs(rest, 'blank')];
}

function inPairs(lines: readonly string[], icon: string): Row<never>[] {
  const rows: Row<never>[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    const detail = lines[index + 1];
    rows.push(note(index === 0 ? icon : 'blank', lines[index] ?? '', detail && `$(blank) ${detail}`));
  }
  return rows;
}

/** A page that is open. */
export interface OpenPage<T> {
  readonly answer: Promise<Answer<T>>;
  /** Answers it, once. */
  readonly finish: (answer: Answer<T>) => void;
  /** Aborted when it was answered or left. */
  readonly closed: AbortSignal;
  /** Shows or hides one of the page's buttons. All are shown at first. */
  readonly showButton: (button: PageButton, isShown: boolean) => void;
}

/**
 * What pages have in common: title, step count, Back and other buttons, staying open when the user looks something up elsewhere,
 * and their end. Showing it is left to the page.
 * @param reload what a button's `reload` does
 */
export function openPage<T>(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  frame: Frame,
  pageButtons: readonly PageButton[] = [],
  reload?: () => void,
): OpenPage<T> {
  input.title = frame.title;
  if (frame.total > 1) {
    input.step = frame.number;
    input.totalSteps = frame.total;
  }
  input.ignoreFocusOut = true;
  const closed = new AbortController();
  const { promise: answer, resolve } = Promise.withResolvers<Answer<T>>();
  const finish: OpenPage<T>['finish'] = (given) => {
    if (closed.signal.aborted) return;
    closed.abort();
    resolve(given);
    input.dispose();
  };
  const buttons = pageButtons.map((button) => ({
    button,
    shown: { iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip },
  }));
  const hidden = new Set<PageButton>();
  const paintButtons = () => {
    const visible = buttons.filter(({ button }) => !hidden.has(button)).map(({ shown }) => shown);
    input.buttons = [...(frame.canGoBack ? [vscode.QuickInputButtons.Back] : []), ...visible];
  };
  const showButton: OpenPage<T>['showButton'] = (button, isShown) => {
    if (isShown) hidden.delete(button);
    else hidden.add(button);
    paintButtons();
  };
  paintButtons();
  input.onDidHide(() => finish({ kind: 'cancelled' }));
  input.onDidTriggerButton(async (clicked) => {
    if (clicked === vscode.QuickInputButtons.Back) finish({ kind: 'back' });
    const outcome = await buttons.find(({ shown }) => shown === clicked)?.button.run();
    if (outcome === 'reload') reload?.();
  });
  return { answer, finish, closed: closed.signal, showButton };
}

/** The rows of a page of one choice. */
export interface ShownRows<T> {
  /** Undefined for the moment in which rows were replaced and the window has not said what is highlighted now. */
  highlighted(): Row<T> | undefined;
  replace(rows: readonly Row<T>[]): void;
}

/**
 * Rows, and which of them is highlighted on the screen. `activeItems` and `selectedItems` say what was set here, or was chosen
 * once: it may be filtered away.
 */
export function shownRows<T>(input: vscode.QuickPick<Row<T>>): ShownRows<T> {
  let highlighted: Row<T> | undefined;
  input.onDidChangeActive(([row]) => (highlighted = row));
  return {
    highlighted: () => highlighted,
    replace(rows) {
      highlighted = undefined;
      input.items = plainRows(rows);
    },
  };
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
