import type { ManifestInfo } from '../../azure/azure.ts';
import type { Facts } from './facts.ts';
import type { Sample } from './sample.ts';

/** HEAD of the sample in the downstream, answered through the rule unless it is cached. A HEAD alone is not known to start a copy. */
export function readTarget(facts: Facts, sample: Sample, tag: string): Promise<ManifestInfo> {
  const { memo, signal } = facts.context;
  return memo(`target:${facts.ruleId.toLowerCase()}`, () =>
    sample.downstream.headManifest(sample.repository, tag, { signal }),
  );
}
