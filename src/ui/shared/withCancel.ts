import * as vscode from 'vscode';
import { type Progress, withProgress } from './messages.ts';

/** Milliseconds in which most work ends that can: until then nothing is said of a cancel. */
const patience = 150;

/**
 * Runs work with progress and Cancel, which aborts the signal. VS Code takes the progress away at once then, though what was sent to
 * Azure has to be answered first: that is said until it is.
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
      const work = run(progress, abort.signal);
      token.onCancellationRequested(() => {
        abort.abort();
        sayUntilEnded(work, location);
      });
      return work;
    }),
  );
}

function sayUntilEnded(work: Promise<unknown>, location: vscode.ProgressLocation): void {
  const ended = work.catch(() => undefined);
  const timer = setTimeout(() => {
    const title = vscode.l10n.t('Cancelling: waiting for the last request to be answered');
    void withProgress({ location, title }, () => ended);
  }, patience);
  void ended.then(() => clearTimeout(timer));
}
