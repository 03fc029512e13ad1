import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import type { Problem } from '../../domain/parsed.ts';
import { explainError } from '../shared/errors.ts';
import { icon } from '../shared/icon.ts';
import { showInput } from './keyboard.ts';
import {
  type Answer,
  busyWhile,
  type Frame,
  openPage,
  type PageButton,
  type Row,
  type RowButton,
  saidOf,
  shownRows,
  type Typed,
} from './quickInput.ts';

export interface PickPage<T> {
  readonly placeholder: string;
  /**
   * Shows the rows, with a sentence about them below the text; the page is busy until it resolves, and may be shown several times
   * before. A rejection is said below the text, and becomes a row that tries again.
   */
  load(show: (rows: readonly Row<T>[], notice?: string) => void, signal: AbortSignal): Promise<void> | void;
  /** The value whose row is active at first; without one it is the first row's. */
  active?(value: T): boolean;
  /** A decision that Enter alone must not take: without an active value no row is active until the user moves to one. */
  readonly isDecision?: boolean;
  /** Checks a chosen value, which may take time; a problem keeps the page open and is said below the text. */
  accept?(value: T, signal: AbortSignal): Promise<Problem | undefined> | Problem | undefined;
  /** What a typed text stands for, besides filtering the rows: a value to choose, or why it is none. */
  typed?(text: string): Typed<T> | undefined;
  readonly buttons?: readonly PageButton<T>[];
  readonly matchOnDetail?: boolean;
}

/** A sentence below the text, with more of it for who asks. */
type Said = readonly [sentence: string, reason?: string];

/** Resolves when the page is answered. Rows loaded afterwards are ignored, and `signal` is aborted. */
export function pick<T>(frame: Frame, page: PickPage<T>): Promise<Answer<T>> {
  const input = vscode.window.createQuickPick<Row<T>>();
  const { answer, finish, closed, say } = openPage<T>(
    input,
    frame,
    page.buttons,
    () => void load(),
    (value) => void choose(value),
  );
  input.placeholder = page.placeholder;
  input.matchOnDescription = true;
  input.matchOnDetail = page.matchOnDetail ?? true;
  const retry = actionRow<T>('refresh', vscode.l10n.t('Try Again'));
  const signIn = actionRow<T>('sign-in', vscode.l10n.t('Sign In'));
  let rows: readonly Row<T>[] = [];
  let ways: readonly Row<T>[] = [];
  let notice = '';
  let failure: Said | undefined;
  let refusal: Said | undefined;
  const shown = shownRows(input, page.isDecision);
  /** The row that this page, not the user, has made active. */
  let placed: Row<T> | undefined;
  /** VS Code makes the first row active for a moment; only what is active after that is the user's. */
  let wasCleared = false;

  function paint(): void {
    if (closed.aborted) return;
    const text = input.value.trim();
    const current = input.activeItems[0];
    const typed = rowOfText(page, text, rows);
    input.keepScrollPosition = placed !== undefined;
    const isOwn = typed !== undefined && !rows.includes(typed);
    // The first row is what Enter takes.
    shown.replace(isOwn ? [...rows, typed, ...ways] : [...ways, ...rows]);
    const ofText = saidOf(readText(page, text));
    const [sentence, reason] = refusal ?? (ofText === undefined ? (failure ?? [notice]) : [ofText]);
    say(sentence, reason);
    // While something is typed VS Code highlights the best match.
    if (input.value !== '') return;
    const hasMoved = (placed !== undefined || wasCleared) && current !== undefined && current !== placed;
    const active = hasMoved ? rows.find(({ label }) => label === current.label) : firstActive(page, rows);
    if (!active && !page.isDecision) return;
    input.activeItems = active ? [active] : [];
    if (!hasMoved) placed = active;
  }

  async function load(): Promise<void> {
    failure = undefined;
    ways = [];
    input.busy = true;
    try {
      await page.load((loaded, words = '') => {
        // What was refused while the page was incomplete may be so no more.
        if (input.busy) refusal = undefined;
        rows = loaded;
        notice = words;
        paint();
      }, closed);
    } catch (error) {
      if (closed.aborted || isCancelled(error)) return;
      ways = isAzureError(error, 'unauthenticated') ? [signIn, retry] : [retry];
      failure = [asError(error).message, explainError(error)];
      paint();
    } finally {
      if (!closed.aborted) input.busy = false;
    }
  }

  async function choose(value: T): Promise<void> {
    if (!input.enabled) return;
    const problem = await busyWhile(input, () => page.accept?.(value, closed));
    if (!problem) finish({ kind: 'value', value });
    if (!problem || closed.aborted || problem === 'cancelled') return;
    refusal = [problem.message, problem.message];
    paint();
  }

  async function accept(): Promise<void> {
    if (!input.enabled) return;
    // With the last key rows were replaced, or have just been shown, and the window has not said yet what it highlights.
    const unseen = shown.isReported() || input.value !== '' ? undefined : placed;
    const row = shown.highlighted() ?? rowOfText(page, input.value.trim(), rows) ?? unseen;
    if (row === signIn) await vscode.commands.executeCommand('acrCache.signIn', { force: true });
    if (row === signIn || row === retry) return load();
    if (row?.value !== undefined) return choose(row.value);
  }

  input.onDidChangeValue(() => {
    if (!page.typed && !refusal) return;
    refusal = undefined;
    paint();
  });
  input.onDidChangeActive((active) => (wasCleared ||= page.isDecision === true && active.length === 0));
  input.onDidAccept(() => void accept());
  // Buttons of rows are those that the page gave.
  input.onDidTriggerItemButton(({ button }) => void choose((button as RowButton<T>).value));
  showInput(input);
  void load();
  return answer;
}

function actionRow<T>(name: string, label: string): Row<T> {
  return { iconPath: icon(name), label, alwaysShow: true };
}

/** The row of the value chosen before, else the first that can be chosen, if it may be taken unseen. */
function firstActive<T>(page: PickPage<T>, rows: readonly Row<T>[]): Row<T> | undefined {
  const choices = rows.filter((row) => row.value !== undefined);
  const chosen = choices.find((row) => row.value !== undefined && page.active?.(row.value));
  return chosen ?? (page.isDecision ? undefined : choices[0]);
}

/** The row of a typed text: one of those listed, or one of its own. */
function rowOfText<T>(page: PickPage<T>, text: string, rows: readonly Row<T>[]): Row<T> | undefined {
  const typed = readText(page, text);
  if (!typed || 'reason' in typed) return undefined;
  const own: Row<T> = {
    iconPath: icon('edit'),
    ...(typed.label === undefined
      ? { label: text, description: vscode.l10n.t('as entered') }
      : { label: typed.label, detail: text }),
    value: typed.value,
    alwaysShow: true,
  };
  return rows.find(({ value }) => value === typed.value) ?? own;
}

function readText<T>(page: PickPage<T>, text: string): Typed<T> | undefined {
  return text === '' ? undefined : page.typed?.(text);
}
