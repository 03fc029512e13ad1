import { AzureError } from '../azure/errors.ts';

/** Runs of named work, of which each name runs at most once at a time. */
export interface SharedRuns {
  /**
   * Joins the running work of this key, or starts it. `restart` gives up what runs and starts anew; those who waited for it then
   * wait for the new run. The work's own signal fires when it is given up, or when everyone who waited has cancelled.
   * @throws AzureError `cancelled` when the caller's own signal fires; otherwise whatever the work rejects with.
   */
  run(key: string, work: (signal: AbortSignal) => Promise<void>, options?: RunOptions): Promise<void>;
  isRunning(key: string): boolean;
  /** Gives up everything; who waits is let go without an error. */
  stop(): void;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly restart?: boolean;
}

interface Run {
  controller: AbortController;
  waiting: number;
  readonly done: PromiseWithResolvers<void>;
}

export function createSharedRuns(): SharedRuns {
  const runs = new Map<string, Run>();

  function launch(key: string, run: Run, work: (signal: AbortSignal) => Promise<void>): void {
    const controller = new AbortController();
    run.controller = controller;
    const end = (settle: () => void) => {
      if (run.controller !== controller) return; // restarted meanwhile
      if (runs.get(key) === run) runs.delete(key);
      settle();
    };
    work(controller.signal).then(
      () => end(run.done.resolve),
      (error: unknown) => end(() => run.done.reject(error)),
    );
  }

  return {
    async run(key, work, { signal, restart = false } = {}) {
      if (signal?.aborted) throw cancelled();
      let run = runs.get(key);
      if (!run) {
        run = { controller: new AbortController(), waiting: 0, done: Promise.withResolvers() };
        run.done.promise.catch(() => undefined); // everyone may have left
        runs.set(key, run);
        launch(key, run, work);
      } else if (restart) {
        const { controller } = run;
        launch(key, run, work);
        controller.abort();
      }
      await waitFor(key, run, signal);
    },
    isRunning: (key) => runs.has(key),
    stop() {
      for (const run of runs.values()) {
        run.controller.abort();
        run.done.resolve();
      }
      runs.clear();
    },
  };

  async function waitFor(key: string, run: Run, signal: AbortSignal | undefined): Promise<void> {
    run.waiting++;
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(cancelled());
    signal?.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([run.done.promise, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      run.waiting--;
      if (run.waiting === 0 && runs.get(key) === run) {
        runs.delete(key);
        run.controller.abort();
      }
    }
  }
}

function cancelled(): AzureError {
  return new AzureError('The operation was cancelled.', { kind: 'cancelled', code: 'Cancelled' });
}
