import * as vscode from 'vscode';
import type { Problem } from '../../domain/parsed.ts';
import { isCancelled } from '../../azure/errors.ts';
import { explainError } from '../shared/errors.ts';
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

export interface PickPage<T> {
  readonly placeholder: string;
  /**
   * Shows the rows; the page is busy until it resolves, and may be shown several times before. A rejection becomes a row
   * with the reason and one that tries again, below the rows that are shown already.
   */
  load(show: (rows: readonly Row<T>[]) => void, signal: AbortSignal): Promise<void> | void;
  /** The value whose row is active at first. */
  active?(value: T): boolean;
  /** Checks a chosen value, which may take time; a problem keeps the page open and is shown as its first row. */
  accept?(value: T, signal: AbortSignal): Promise<Problem | undefined> | Problem | undefined;
  /** What a typed text stands for, besides filtering the rows: a value to choose, or why it is none. */
  typed?(text: string): Typed<T> | undefined;
  readonly buttons?: readonly PageButton[];
  readonly matchOnDetail?: boolean;
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

/** A row with a text below it, however long: what does not fit follows in rows of its own. */
export function rowsWithText(icon: string, label: string, description: string, text: string): Row<never>[] {
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

/** Resolves when the page is answered. Rows loaded afterwards are ignored, and `signal` is aborted. */
export function pick<T>(frame: Frame, page: PickPage<T>): Promise<Answer<T>> {
  const input = vscode.window.createQuickPick<Row<T>>();
  setFrame(input, frame);
  input.placeholder = page.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = page.matchOnDetail ?? true;
  const retry: Row<T> = { label: `$(refresh) ${vscode.l10n.t('Try Again')}`, alwaysShow: true };
  const closed = new AbortController();
  let rows: readonly Row<T>[] = [];
  let notices: readonly Row<T>[] = [];
  let wantsFirstActive = true;

  function paint(): void {
    if (closed.signal.aborted) return;
    input.keepScrollPosition = !wantsFirstActive;
    const typed = typedRow(page, input.value.trim(), rows);
    input.items = [...notices, ...rows, ...(typed ? [typed] : [])];
    const first = rows.find((row) => row.value !== undefined && page.active?.(row.value));
    const active = first ?? rows.find((row) => row.value !== undefined);
    if (wantsFirstActive && active) {
      input.activeItems = [active];
      // Rows that arrive later must not move the cursor away from where the user put it.
      if (first) wantsFirstActive = false;
    }
  }

  async function load(): Promise<void> {
    notices = [];
    input.busy = true;
    try {
      await page.load((shown) => {
        rows = shown;
        paint();
      }, closed.signal);
    } catch (error) {
      if (closed.signal.aborted || isCancelled(error)) return;
      notices = [...alwaysShown(textRows('error', explainError(error))), retry];
      paint();
    } finally {
      if (!closed.signal.aborted) input.busy = false;
    }
  }

  return new Promise<Answer<T>>((resolve) => {
    const finish = (answer: Answer<T>) => {
      if (closed.signal.aborted) return;
      closed.abort();
      resolve(answer);
      input.dispose();
    };
    const buttons = withButtons(
      input,
      frame,
      page.buttons,
      () => void load(),
      () => finish({ kind: 'back' }),
    );
    input.onDidHide(() => finish({ kind: 'cancelled' }));
    input.onDidTriggerButton((button) => void buttons(button));
    if (page.typed) {
      input.onDidChangeValue(() => {
        notices = [];
        wantsFirstActive = false;
        paint();
      });
    }
    input.onDidAccept(async () => {
      const [row] = input.selectedItems.length > 0 ? input.selectedItems : input.activeItems;
      if (row === retry) return load();
      if (row?.value === undefined || !input.enabled) return;
      const problem = await busyWhile(input, () => page.accept?.(row.value as T, closed.signal));
      if (!problem) finish({ kind: 'value', value: row.value });
      if (!problem || closed.signal.aborted || problem === 'cancelled') return;
      notices = alwaysShown(textRows('error', problem.message));
      paint();
    });
    input.show();
    void load();
  });
}

function alwaysShown<T>(rows: readonly Row<T>[]): Row<T>[] {
  return rows.map((row) => ({ ...row, alwaysShow: true }));
}

/** The row of a typed text that is not among the rows, below them. */
function typedRow<T>(page: PickPage<T>, text: string, rows: readonly Row<T>[]): Row<T> | undefined {
  const typed = text === '' ? undefined : page.typed?.(text);
  if (!typed) return undefined;
  if ('reason' in typed) return { ...note('error', typed.reason), alwaysShow: true };
  if (rows.some(({ value }) => value === typed.value)) return undefined;
  return { label: `$(edit) ${text}`, description: vscode.l10n.t('as typed'), value: typed.value, alwaysShow: true };
}

export interface TextPage {
  readonly value: string;
  readonly placeholder?: string;
  /** Shown below the field, for the text as typed so far: a live preview. */
  prompt(text: string): string;
  /** Called while typing and on Enter. May take time. */
  check(text: string, signal: AbortSignal): Promise<Problem | undefined> | Problem | undefined;
  readonly password?: boolean;
  readonly buttons?: readonly PageButton[];
  /** Told every text, so that what was typed is kept when the user goes back. */
  typed?(text: string): void;
}

/** Asks for one line of text, trimmed. */
export function askText(frame: Frame, page: TextPage): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  setFrame(input, frame);
  input.value = page.value;
  input.placeholder = page.placeholder;
  const closed = new AbortController();
  let latest = 0;

  async function check(): Promise<Problem | undefined> {
    const turn = ++latest;
    const text = input.value.trim();
    input.prompt = page.prompt(text);
    const problem = await page.check(text, closed.signal);
    if (turn === latest && !closed.signal.aborted) input.validationMessage = problem?.message;
    return problem;
  }

  return new Promise<Answer<string>>((resolve) => {
    const finish = (answer: Answer<string>) => {
      if (closed.signal.aborted) return;
      closed.abort();
      resolve(answer);
      input.dispose();
    };
    const buttons = withButtons(
      input,
      frame,
      page.buttons,
      () => undefined,
      () => finish({ kind: 'back' }),
    );
    input.onDidHide(() => finish({ kind: 'cancelled' }));
    input.onDidTriggerButton((button) => void buttons(button));
    input.onDidChangeValue(async (text) => {
      page.typed?.(text.trim());
      await check().catch(() => undefined);
    });
    input.onDidAccept(async () => {
      if (!input.enabled) return;
      const text = input.value.trim();
      const problem = await busyWhile(input, check);
      if (!problem) finish({ kind: 'value', value: text });
      else if (!closed.signal.aborted && problem !== 'cancelled') input.validationMessage = problem.message;
    });
    input.prompt = page.prompt(page.value);
    input.show();
    // An empty field is not wrong before anything was typed.
    if (page.value) void check().catch(() => undefined);
  });
}

/** Title, step count, Back, and staying open when the user looks something up elsewhere. */
export function setFrame(input: vscode.QuickInput, frame: Frame): void {
  input.title = frame.title;
  if (frame.total > 1) {
    input.step = frame.number;
    input.totalSteps = frame.total;
  }
  input.ignoreFocusOut = true;
}

/** Puts the buttons into the title bar; returns the handler for clicks on them. */
export function withButtons(
  input: vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox,
  frame: Frame,
  pageButtons: readonly PageButton[] = [],
  reload: () => void,
  back: () => void,
): (clicked: vscode.QuickInputButton) => Promise<void> {
  const buttons = pageButtons.map((button) => ({
    button,
    shown: { iconPath: new vscode.ThemeIcon(button.icon), tooltip: button.tooltip },
  }));
  input.buttons = [...(frame.canGoBack ? [vscode.QuickInputButtons.Back] : []), ...buttons.map(({ shown }) => shown)];
  return async (clicked) => {
    if (clicked === vscode.QuickInputButtons.Back) {
      back();
      return;
    }
    const outcome = await buttons.find(({ shown }) => shown === clicked)?.button.run();
    if (outcome === 'reload') reload();
  };
}

/** Runs a check with the page busy and disabled; a rejection becomes a problem in words. */
async function busyWhile(
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
