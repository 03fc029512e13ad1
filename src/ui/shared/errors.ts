import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { sentence } from '../../common/shown.ts';
import { type AzureError, isAzureError, isCancelled } from '../../azure/errors.ts';
import { showErrorMessage } from './messages.ts';

/** A button of an error message. */
export interface ErrorAction {
  readonly title: string;
  run(): unknown;
}

export interface ShowErrorOptions {
  /** What was being done, to what, as a gerund phrase: `Deleting cache rule "MyRule"`. */
  readonly activity: string;
  /** Adds a Retry button. */
  readonly retry?: () => unknown;
  readonly actions?: readonly ErrorAction[];
  readonly log: vscode.LogOutputChannel;
}

/** The error in words: what Azure said, its code and correlation id, and what to do next. One paragraph, no secret in it. */
export function explainError(error: unknown): string {
  if (!isAzureError(error)) return asError(error).message;
  const facts = [error.code, error.correlationId && vscode.l10n.t('correlation ID {0}', error.correlationId)].filter(
    (fact) => fact !== undefined && fact !== '',
  );
  return [`${sentence(error.message)} (${facts.join(', ')})`, nextStep(error)].filter(Boolean).join(' ');
}

/** What a person can do about it; empty if Azure's own message has to suffice. */
function nextStep(error: AzureError): string {
  switch (error.kind) {
    case 'unauthenticated':
      // Without a status the message is the client's own and says so already.
      return error.status ? vscode.l10n.t('Your session has expired or was rejected. Sign in again, then retry.') : '';
    case 'forbidden':
      // A registry's answer to an account whose roles give no images to read, as Owner in ABAC mode.
      if (error.status === 401)
        return vscode.l10n.t('Diagnose a cache rule of it: the diagnosis can give you the missing role.');
      return vscode.l10n.t('Ask an owner of the resource for the missing permission, or sign in with another account.');
    case 'notFound':
      return vscode.l10n.t('It may have been deleted. Refresh the view.');
    case 'throttled':
      return error.retryAfter
        ? vscode.l10n.t('Azure is throttling requests. Try again in {0} seconds.', error.retryAfter)
        : vscode.l10n.t('Azure is throttling requests. Try again in a minute.');
    case 'unavailable':
      return vscode.l10n.t('The service has a problem. Try again in a minute.');
    case 'network': // says it in its message
    case 'conflict':
    case 'invalid':
    case 'operationFailed':
    case 'cancelled':
      return '';
  }
}

/**
 * Shows an error once: cancellation is silent, everything else is logged and shown with Retry (if given), Sign In (if it
 * would help) and Show Log. Resolves when the message is closed; a chosen action has been run by then.
 */
export async function showError(
  error: unknown,
  { activity, retry, actions = [], log }: ShowErrorOptions,
): Promise<void> {
  if (isCancelled(error)) return;
  const text = explainError(error);
  log.error(`${activity}: ${text}${isAzureError(error) && error.request ? ` [${error.request}]` : ''}`);
  const buttons: ErrorAction[] = [...actions];
  if (retry) buttons.push({ title: vscode.l10n.t('Retry'), run: retry });
  if (isAzureError(error, 'unauthenticated')) {
    buttons.push({
      title: vscode.l10n.t('Sign In'),
      run: () => vscode.commands.executeCommand('acrCache.signIn', { force: true }),
    });
  }
  buttons.push({ title: vscode.l10n.t('Show Log'), run: () => log.show() });
  const chosen = await showErrorMessage(
    vscode.l10n.t('{0} failed: {1}', activity, text),
    ...buttons.map(({ title }) => title),
  );
  await buttons.find(({ title }) => title === chosen)?.run();
}

/**
 * Runs a command's body and shows what goes wrong. Never rejects, so that a failing command is reported once,
 * in our words, and not a second time by VS Code.
 */
export async function runCommand(
  activity: string,
  log: vscode.LogOutputChannel,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body();
  } catch (error) {
    // Not awaited: a message that stays open must not keep the command running.
    void showError(error, { activity, log, retry: () => runCommand(activity, log, body) });
  }
}
