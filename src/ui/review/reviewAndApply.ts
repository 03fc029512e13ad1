import type { ApplyResult } from '../../provisioning/types.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { applyWithProgress } from './apply.ts';
import type { Change } from './change.ts';
import { reviewChange } from './review.ts';

/**
 * Shows what a change would do as a page of its own, and does it when the user says so.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws CancellationError if signing in is declined
 */
export async function reviewAndApply(services: Services, change: Change): Promise<ApplyResult | undefined> {
  const azure = await whileOpening(services, change.words.page, (found) => found);
  const answer = await reviewChange(services, azure, change, { number: 1, total: 1, canGoBack: false });
  return answer.kind === 'apply' ? applyWithProgress(services, azure, answer.change, answer.plan) : undefined;
}
