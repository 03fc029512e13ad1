import type { CacheLink, Finding, WalkContext } from '../../types.ts';
import { checkFeatureFlag } from './featureFlagCheck.ts';
import type { Check, Inspections } from './findings.ts';
import { checkCycle, checkIdentityTenant, checkRegistries, checkRuleCount } from './registryChecks.ts';
import { checkSources, checkTargets } from './repositoryChecks.ts';
import { checkRights } from './rightsCheck.ts';

/** In the order in which findings are shown. */
const checks: readonly Check[] = [
  checkRegistries,
  checkIdentityTenant,
  checkRights,
  checkTargets,
  checkSources,
  checkRuleCount,
  checkCycle,
  checkFeatureFlag,
];

/**
 * What must hold before the first write but belongs to no single requirement: the rights of every plan, the rest of a set-up. All
 * checks run at the same time.
 */
export async function preflight(
  context: WalkContext,
  inspections: Inspections,
  link: CacheLink | undefined,
): Promise<Finding[]> {
  if (!link) return checkRights(context, inspections);
  const findings = await Promise.all(checks.map((check) => check({ ...context, link }, inspections)));
  return findings.flat();
}
