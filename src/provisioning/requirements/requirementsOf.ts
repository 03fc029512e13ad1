import { abacMode } from './abacMode.ts';
import { cacheRule } from './cacheRule.ts';
import { featureFlag } from './featureFlag.ts';
import { identity } from './identity.ts';
import { repositoryScopeAssignment } from './repositoryScopeAssignment.ts';
import { keptAccess } from './replacementRoles.ts';
import { roleAssignment } from './roleAssignment.ts';
import type { Goal } from '../plan.ts';
import type { CacheLink, Requirement } from '../types.ts';

/** The whole set-up of a link. */
export function setUpOf(link: CacheLink): Goal {
  return { requirements: requirementsOf(link), link, purpose: { kind: 'setUp', link } };
}

/**
 * What must be so for the link to work, needs before those who need them. That an artifact is really cached follows from a
 * pull, not from a write: `verifyCached` proves it.
 */
export function requirementsOf(link: CacheLink): Requirement[] {
  const kept = link.allowAbacSwitch ? keptAccess(link.upstream.id, link.keepAccess ?? []) : [];
  // Repository roles are honoured in ABAC mode only; AcrPull only outside it.
  const consent = { isAllowed: link.allowAbacSwitch === true, needs: kept.map(({ id }) => id) };
  const mode = [...kept, abacMode(link.upstream.id, consent)];
  const first: Requirement[] = [identity(link), ...(link.access === 'acrPull' ? [] : mode)];
  // Only with consent: registering is a lasting change to the whole subscription.
  if (link.allowFeatureRegistration) first.push(featureFlag(link));
  const access =
    link.access === 'repositoryScope'
      ? link.mappings.map((mapping) => repositoryScopeAssignment(link, mapping))
      : [roleAssignment(link)];
  return [...first, ...access, ...link.mappings.map((mapping) => cacheRule(link, mapping))];
}
