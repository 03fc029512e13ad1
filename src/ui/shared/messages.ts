import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/** The only callers of VS Code's messages, progress and status (held by eslint.config.js): what they are told may hold text from outside. */

type WithOptions = readonly [vscode.MessageOptions, ...string[]];
type Choices = readonly string[] | WithOptions;

function hasOptions(choices: Choices): choices is WithOptions {
  return typeof choices[0] === 'object';
}

/** What a modal message says below it is shown as it is, so that characters nobody sees could make it read otherwise. */
function plainDetail([options, ...answers]: WithOptions): WithOptions {
  const { detail } = options;
  return [detail === undefined ? options : { ...options, detail: plainText(detail) }, ...answers];
}

/** As the function of `vscode.window`, with nothing in the message becoming a link. */
function plainly(name: 'showInformationMessage' | 'showWarningMessage' | 'showErrorMessage') {
  return (message: string, ...choices: Choices): Thenable<string | undefined> => {
    const showPlainMessage: typeof vscode.window.showInformationMessage = vscode.window[name];
    const text = plainText(message);
    return hasOptions(choices) ? showPlainMessage(text, ...plainDetail(choices)) : showPlainMessage(text, ...choices);
  };
}

export const showInformationMessage = plainly('showInformationMessage');
export const showWarningMessage = plainly('showWarningMessage');
export const showErrorMessage = plainly('showErrorMessage');

/** Says for a moment in the status bar that something was done. */
export function showDone(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${plainText(message)}`, 4000);
}

export type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** As `vscode.window.withProgress`, with nothing in the title and the messages becoming a link. */
export function withProgress<T>(
  options: vscode.ProgressOptions,
  run: (progress: Progress, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  const { title } = options;
  return vscode.window.withProgress(
    { ...options, ...(title === undefined ? {} : { title: plainText(title) }) },
    (progress, token) => run({ report: (step) => progress.report(plainStep(step)) }, token),
  );
}

function plainStep<T extends { message?: string }>(step: T): T {
  return step.message === undefined ? step : { ...step, message: plainText(step.message) };
}
