import * as vscode from 'vscode';
import type { Problem } from '../../domain/parsed.ts';
import { plainText } from '../shared/plainText.ts';
import { showInput } from './keyboard.ts';
import { type Answer, busyWhile, type Frame, openPage } from './quickInput.ts';

export interface TextPage {
  readonly value: string;
  readonly placeholder?: string;
  /** Shown below the field, for the text as typed so far: a live preview. */
  prompt(text: string): string;
  /** Called while typing and on Enter. May take time. */
  check(text: string, signal: AbortSignal): Promise<Problem | undefined> | Problem | undefined;
  /** Told every text, so that what was typed is kept when the user goes back. */
  typed?(text: string): void;
}

/** Asks for one line of text, trimmed. */
export function askText(frame: Frame, page: TextPage): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  const { answer, finish, closed } = openPage<string>(input, frame);
  input.value = page.value;
  input.placeholder = page.placeholder;
  let latest = new AbortController();

  async function check(): Promise<Problem | undefined> {
    // What was typed since makes an earlier check pointless.
    latest.abort();
    latest = new AbortController();
    const signal = AbortSignal.any([closed, latest.signal]);
    const text = input.value.trim();
    input.prompt = plainText(page.prompt(text));
    const problem = await page.check(text, signal);
    if (!signal.aborted) input.validationMessage = plainText(problem?.message ?? '');
    return problem;
  }

  input.onDidChangeValue(async (text) => {
    page.typed?.(text.trim());
    await check().catch(() => undefined);
  });
  input.onDidAccept(async () => {
    if (!input.enabled) return;
    const text = input.value.trim();
    const problem = await busyWhile(input, check);
    if (!problem) finish({ kind: 'value', value: text });
    else if (!closed.aborted && problem !== 'cancelled') input.validationMessage = plainText(problem.message);
  });
  input.prompt = plainText(page.prompt(page.value));
  showInput(input);
  // An empty field is not wrong before anything was typed.
  if (page.value) void check().catch(() => undefined);
  return answer;
}
