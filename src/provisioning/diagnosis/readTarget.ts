import type { ManifestInfo } from '../../azure/azure.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import type { PullProblem } from '../verification/pullErrors.ts';
import type { Facts } from './facts.ts';
import type { Sample } from './sample.ts';

/**
 * HEAD of the sample in the downstream, answered through the rule unless it is cached. A HEAD alone is not known to start a copy.
 * One that is refused is repeated as GET: only that has the service's own words.
 */
export function readTarget(facts: Facts, sample: Sample, reference: string): Promise<ManifestInfo> {
  const { memo, signal } = facts.context;
  const { downstream, repository } = sample;
  return memo({ kind: 'target', id: facts.ruleId }, async () => {
    try {
      return await downstream.headManifest(repository, reference, { signal });
    } catch (error) {
      if (isCancelled(error) || !isAzureError(error) || error.status === undefined || error.kind === 'throttled')
        throw error;
      return downstream.getManifest(repository, reference, { signal });
    }
  });
}

/** Failures of the signed-in user or the line, which say nothing about the rule. */
const notOfTheRule = new Set<PullProblem['code']>([
  'denied',
  'unauthenticated',
  'blockedByNetwork',
  'network',
  'throttled',
  'unavailable',
  'local',
  'inaccessible',
  'unknown',
]);

/** Whether the failure of a pull is one that everybody who pulls through the rule meets. */
export function isOfTheRule({ code }: PullProblem): boolean {
  return !notOfTheRule.has(code);
}
