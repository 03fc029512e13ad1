import { AsyncLocalStorage } from 'node:async_hooks';

const quiet = new AsyncLocalStorage<true>();

/**
 * Runs work that nobody at the keyboard started (for an open file, for a language model, by a link): where nobody is signed in, or a
 * session has ended, it fails with `unauthenticated` instead of asking to sign in.
 */
export function quietly<T>(work: () => T): T {
  return quiet.run(true, work);
}

/** Whether the caller runs inside `quietly`. */
export function isQuiet(): boolean {
  return quiet.getStore() ?? false;
}
