import { AsyncLocalStorage } from 'node:async_hooks';

const quiet = new AsyncLocalStorage<true>();

/**
 * Runs work that nobody at the keyboard started (for an open file, for a language model): where a session has ended, requests made
 * by it fail with `unauthenticated` instead of asking to sign in again.
 */
export function quietly<T>(work: () => T): T {
  return quiet.run(true, work);
}

/** Whether the caller runs inside `quietly`. */
export function isQuiet(): boolean {
  return quiet.getStore() ?? false;
}
