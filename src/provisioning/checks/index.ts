import type { CacheLink, Finding, WalkContext } from '../types.ts';
import type { PlanCheck, RuleCheck } from './check.ts';
import { factsOfPlan, type Inspections } from './facts.ts';
import { featureFlag } from './featureFlag.ts';
import { identityExists, identityPrincipal, identityTenant } from './identity.ts';
import { leastAccess } from './leastAccess.ts';
import { permissionMode, sourceReadable } from './permission.ts';
import { registryReady } from './registryReady.ts';
import { softDelete, trustedServices, upstreamNetwork, virtualNetworks } from './registrySettings.ts';
import { checkRights, cycle, targetFree } from './planChecks.ts';
import { overlaps, paths, ruleCount, ruleState } from './rule.ts';
import { cached, pullable } from './servedImage.ts';
import { sourceExists, tagFresh } from './sourceImage.ts';
import { authentication, credentialSet, sourceRecognised } from './upstream.ts';

/**
 * In the order in which they are shown: from the registry and the rule over identity, role and network to the image itself. A diagnosis
 * asks those that can be asked of a rule, a setup those that matter before a write.
 */
const checks: readonly (RuleCheck | PlanCheck)[] = [
  registryReady,
  ruleState,
  sourceRecognised,
  paths,
  overlaps,
  targetFree,
  ruleCount,
  cycle,
  authentication,
  identityExists,
  identityTenant,
  identityPrincipal,
  permissionMode,
  sourceReadable,
  leastAccess,
  trustedServices,
  virtualNetworks,
  upstreamNetwork,
  softDelete,
  credentialSet,
  featureFlag,
  sourceExists,
  pullable,
  cached,
  tagFresh,
];

export const ruleChecks: readonly RuleCheck[] = checks.filter((check) => 'run' in check);
const planChecks: readonly PlanCheck[] = checks.filter((check) => 'beforeWrite' in check);

/**
 * What stands against a plan, or is to be known before it is applied: the rights for what is missing, and, for a link, what must hold
 * but belongs to no single requirement. All checks run at the same time.
 * @throws AzureError `cancelled` only
 */
export async function checkBeforeWrite(
  context: WalkContext,
  inspections: Inspections,
  link?: CacheLink,
): Promise<Finding[]> {
  const facts = link && factsOfPlan(context, link, inspections);
  const findings = await Promise.all([
    checkRights(context, inspections),
    ...(facts ? planChecks.map((check) => check.beforeWrite(facts)) : []),
  ]);
  return findings.flat().filter(({ severity }) => severity !== undefined);
}
