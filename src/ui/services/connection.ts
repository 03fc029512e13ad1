import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { isCancelled } from '../../azure/errors.ts';
import { armIdName } from '../../domain/armId.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { InventoryChange } from '../../inventory/types.ts';
import { explainError } from '../shared/errors.ts';
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
      error = asError(failure);
      logOnce(vscode.l10n.t('Connecting to Azure'), error);
    } finally {
      if (current === run) {
        current = undefined;
        changed.fire();
      }
    }
  }

  const logged = new WeakSet<Error>();
  function logOnce(activity: string, problem: Error | undefined): void {
    if (!problem || logged.has(problem)) return;
    logged.add(problem);
    log.error(`${activity}: ${explainError(problem)}`);
  }

  /** The inventory keeps errors as state: what the view shows in short is in the log in full. */
  function logProblems({ registryId }: InventoryChange): void {
    if (registryId !== undefined) {
      const name = armIdName(registryId);
      logOnce(vscode.l10n.t('Loading the cache rules of {0}', name), inventory.entry(registryId)?.rulesError);
      return;
    }
    logOnce(vscode.l10n.t('Loading the registries'), inventory.state.error);
    for (const failure of inventory.state.failures) {
      logOnce(vscode.l10n.t('Loading the registries of subscription {0}', failure.subscriptionId), failure.error);
    }
  }

  const listeners = [
    inventory.onDidChange(logProblems),
    account.onDidChange(() => {
      if (started) started = connect(false);
    }),
  ];

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
      for (const listener of listeners) listener.dispose();
      changed.dispose();
    },
  };
}
