import type { ApplyResult, CacheLink } from '../../provisioning/types.ts';
import type { Services } from '../shared/services.ts';
import { reviewAndApply } from './reviewAndApply.ts';
import { setUpChange } from './setUpChange.ts';

/**
 * Continues a set-up that was cut off: inspects its link again, shows what is left, and does it when the user says so.
 * `entry`: of the journal. The entry stays until the set-up has ended, so that leaving the review loses nothing.
 * @returns the outcome, or undefined if the user left
 * @throws CancellationError if signing in is declined
 */
export function resumeSetUp(services: Services, entry: { readonly link: CacheLink }): Promise<ApplyResult | undefined> {
  return reviewAndApply(services, setUpChange(entry.link));
}
