import { AsyncLocalStorage } from 'node:async_hooks';

/** One request that was sent, retries included; nothing secret is in it. */
export interface RequestTrace {
  /** `GET https://host/path`, without query. */
  readonly request: string;
  /** HTTP status, or what happened instead of an answer: `ETIMEDOUT`, `cancelled`. */
  readonly status: number | string;
  /** What Azure's support asks for. */
  readonly correlationId?: string;
}

const listeners = new AsyncLocalStorage<(trace: RequestTrace) => void>();

/**
 * Runs `run` and tells `onRequest` of every request sent by it, and by nothing else that runs meanwhile. An outer
 * `traceRequests` hears of them too.
 */
export function traceRequests<T>(onRequest: (trace: RequestTrace) => void, run: () => Promise<T>): Promise<T> {
  const outer = listeners.getStore();
  return listeners.run((trace) => {
    outer?.(trace);
    onRequest(trace);
  }, run);
}

/** Tells the `traceRequests` around the caller, if there is one, of a request. */
export function noteRequest(trace: RequestTrace): void {
  listeners.getStore()?.(trace);
}
