import type { AzureAccess } from '../azure.ts';
import { cancelledError } from './errors.ts';

/** What a second of waiting between looks lasts, milliseconds; tests shorten it. */
export function waitUnit(retry: AzureAccess['retry']): number {
  return Math.min(retry?.retryDelayInMs ?? 1000, 1000);
}

/** Waits `ms` milliseconds; rejects with `cancelled` as soon as `signal` is aborted. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(cancelledError());
      return;
    }
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(cancelledError());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Waits for work that several callers share: the caller who cancels leaves with `cancelled`, the work goes on for the
 * others.
 */
export function leaveOnAbort<T>(shared: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return shared;
  if (signal.aborted) {
    // It may have been begun for this caller alone: nobody else would see it fail.
    shared.catch(() => undefined);
    return Promise.reject(cancelledError());
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(cancelledError());
    signal.addEventListener('abort', onAbort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
