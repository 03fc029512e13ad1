import * as vscode from 'vscode';
import { type Progress, withProgress } from './messages.ts';

/**
 * Runs work with progress and Cancel, which aborts the signal.
 * @param quietly in the status bar, for what the user did not ask for
 */
export function withCancel<T>(
  title: string,
  run: (progress: Progress, signal: AbortSignal) => Promise<T>,
  quietly = false,
): Promise<T> {
  const location = quietly ? vscode.ProgressLocation.Window : vscode.ProgressLocation.Notification;
  return Promise.resolve(
    withProgress({ location, title, cancellable: true }, (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return run(progress, abort.signal);
    }),
  );
}
