import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Account, Connection } from './services.ts';

/** Connects the inventory when first asked to, and again whenever the account changes after that. Begins with `restored`. */
export function createConnection(
  account: Account,
  inventory: Inventory,
  log: vscode.LogOutputChannel,
  restored: Promise<void>,
): Connection {
  const changed = new vscode.EventEmitter<void>();
  let started: Promise<void> | undefined;
  let current: AbortController | undefined;
  let error: Error | undefined;

  async function connect(fresh: boolean): Promise<void> {
    current?.abort();
    const run = new AbortController();
    current = run;
    error = undefined;
    changed.fire();
    try {
      const [azure] = await Promise.all([account.connect({ fresh }), restored]);
      if (run.signal.aborted) return;
      inventory.connect(azure, azure !== undefined);
      if (azure) await inventory.refresh({ signal: run.signal, force: true });
    } catch (failure) {
      // A later run has taken over, and tells its own story.
      if (run.signal.aborted || isCancelled(failure)) return;
      error = failure instanceof Error ? failure : new Error(String(failure));
      log.error(`Connecting to Azure: ${error.message}`);
    } finally {
      if (current === run) {
        current = undefined;
        changed.fire();
      }
    }
  }

  const listener = account.onDidChange(() => {
    if (started) started = connect(false);
  });

  return {
    get error() {
      return error;
    },
    get busy() {
      return current !== undefined;
    },
    onDidChange: changed.event,
    start() {
      started ??= connect(false);
      return started;
    },
    refresh() {
      started = connect(true);
      return started;
    },
    dispose() {
      current?.abort();
      listener.dispose();
      changed.dispose();
    },
  };
}
