import type { Finding, WalkContext } from '../../types.ts';
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

/** What must hold before the first write but belongs to no single requirement. All checks run at the same time. */
export async function preflight(context: WalkContext, inspections: Inspections): Promise<Finding[]> {
  const findings = await Promise.all(checks.map((check) => check(context, inspections)));
  return findings.flat();
}
