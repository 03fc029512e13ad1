import type { Azure } from '../../azure/azure.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { type Flow, type Position, runFlow, type StepAnswer } from '../pages/flow.ts';
import type { Services } from '../services/services.ts';
import { applyWithProgress } from './apply.ts';
import type { Change, ReviewAnswer } from './change.ts';
import { reviewChange } from './review.ts';

/** Pages that ask for a change, of which the last is its review. */
export interface ChangeFlow<State, Id extends string> extends Omit<Flow<State, Id | 'review'>, 'ask'> {
  ask(id: Id, state: State, position: Position): Promise<StepAnswer<State>>;
  /** What was answered; undefined where an answer is missing. */
  change(state: State): Change | undefined | Promise<Change | undefined>;
}

/**
 * Asks, reviews and applies.
 * @param closed aborted when the pages have closed, which ends their reads
 * @returns the outcome, or undefined if the user left before anything was changed
 */
export async function runChangeFlow<State, Id extends string>(
  services: Services,
  azure: Azure,
  closed: AbortController,
  flow: ChangeFlow<State, Id>,
  initial: State,
  first: Id | 'review',
): Promise<ApplyResult | undefined> {
  let accepted: Extract<ReviewAnswer, { kind: 'apply' }> | undefined;
  const ask: Flow<State, Id | 'review'>['ask'] = async (id, state, position) => {
    if (id !== 'review') return flow.ask(id, state, position);
    const change = await flow.change(state);
    if (!change) return { kind: 'back' };
    const answer = await reviewChange(services, azure, change, position);
    if (answer.kind !== 'apply') return answer;
    accepted = answer;
    return { kind: 'next', state };
  };
  try {
    await runFlow<State, Id | 'review'>({ ...flow, ask }, initial, first);
  } finally {
    closed.abort();
  }
  return accepted && applyWithProgress(services, azure, accepted.change, accepted.plan);
}
