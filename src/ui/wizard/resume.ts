import type { ApplyResult, CacheLink } from '../../provisioning/types.ts';
import type { Services } from '../shared/services.ts';
import { applyWithProgress } from './apply.ts';
import { createFacts } from './facts.ts';
import { reviewLink } from './review.ts';

/**
 * Continues a set-up that was cut off: inspects its link again, shows what is left, and does it when the user says so.
 * `entry`: of the journal. The entry stays until the set-up has ended, so that leaving the review loses nothing.
 * @returns the outcome, or undefined if the user left
 * @throws CancellationError if signing in is declined
 */
export async function resumeSetUp(
  services: Services,
  entry: { readonly link: CacheLink },
): Promise<ApplyResult | undefined> {
  const azure = await services.azure();
  const closed = new AbortController();
  try {
    const facts = createFacts(azure, closed.signal);
    const answer = await reviewLink({ services, facts, signal: closed.signal }, entry.link, {
      number: 1,
      total: 1,
      canGoBack: false,
    });
    if (answer.kind !== 'create') return undefined;
    return await applyWithProgress(services, azure, answer.plan);
  } finally {
    closed.abort();
  }
}
