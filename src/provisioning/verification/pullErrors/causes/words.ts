import type { Cause, PullFailure } from '../types.ts';

type Holds = Cause['holds'];

/** Whether a row's condition is met. */
export function isMet(holds: Holds, failure: PullFailure): boolean {
  return typeof holds === 'function' ? holds(failure) : holds.test(failure.text);
}

/** All of them, anywhere in the failure: one expression for words with others between them would not be linear. */
export function all(...conditions: readonly Holds[]): (failure: PullFailure) => boolean {
  return (failure) => conditions.every((condition) => isMet(condition, failure));
}

export function any(...conditions: readonly Holds[]): (failure: PullFailure) => boolean {
  return (failure) => conditions.some((condition) => isMet(condition, failure));
}

/** `start` (global) with `then` (anchored by `^`) behind it: looked at from each start alone, so that the time stays linear. */
export function followed(start: RegExp, then: RegExp): (failure: PullFailure) => boolean {
  return ({ text }) =>
    [...text.matchAll(start)].some((match) => {
      const end = match.index + match[0].length;
      return then.test(text.slice(end, end + 400));
    });
}
