import { abacMode } from './abacMode.ts';
import { cacheRule } from './cacheRule.ts';
import { featureFlag } from './featureFlag.ts';
import { identity } from './identity.ts';
import { repositoryScopeAssignment } from './repositoryScopeAssignment.ts';
import { keptAccess } from './replacementRoles.ts';
import { roleAssignment } from './roleAssignment.ts';
import type { Goal } from '../plan.ts';
import type { CacheLink, LinkAuthentication, Requirement } from '../types.ts';

/** The whole setup of a link. */
export function setUpOf(link: CacheLink): Goal {
  return { requirements: requirementsOf(link), link, purpose: { kind: 'setUp', link } };
}

/**
 * What must be so for the link to work, needs before those who need them. That an artifact is really cached follows from a
 * pull, not from a write: `verifyCached` proves it.
 */
export function requirementsOf(link: CacheLink): Requirement[] {
  return requirementsBy[link.authentication.kind](link);
}

/** What a rule signs in with decides what else must be so. */
const requirementsBy: Readonly<Record<LinkAuthentication['kind'], (link: CacheLink) => Requirement[]>> = {
  identity: (link) => [
    identity(link),
    ...modeOf(link),
    // Only with consent: registering is a lasting change to the whole subscription.
    ...(link.allowFeatureRegistration ? [featureFlag(link)] : []),
    ...accessOf(link),
    ...link.mappings.map((mapping) => cacheRule(link, mapping)),
  ],
};

/** Repository roles are honored in ABAC mode only; AcrPull only outside it. */
export function modeOf(link: CacheLink): Requirement[] {
  if (link.access === 'acrPull') return [];
  const kept = link.allowAbacSwitch ? keptAccess(link.source.id, link.keepAccess ?? []) : [];
  const consent = { isAllowed: link.allowAbacSwitch === true, needs: kept.map(({ id }) => id) };
  return [...kept, abacMode(link.source.id, consent)];
}

function accessOf(link: CacheLink): Requirement[] {
  return link.access === 'repositoryScope'
    ? link.mappings.map((mapping) => repositoryScopeAssignment(link, mapping))
    : [roleAssignment(link)];
}
