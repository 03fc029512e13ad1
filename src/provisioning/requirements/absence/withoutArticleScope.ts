import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../../domain/armId.ts';
import { formatRepositoryPattern } from '../../../domain/repositoryPattern.ts';
import type { RoleAssignment } from '../../../domain/types.ts';
import { foreignCondition, givenToRules } from '../../access/accessRevocations.ts';
import { aboutAssignments } from '../../access/assignRole.ts';
import { assessGrants, fingerprintOfGrants, isRole, listPatterns, wantedAccess } from '../../access/grants.ts';
import { conflicting, missing, satisfied } from '../../engine/inspection.ts';
import { identityKey, readAssignments, readIdentity } from '../../engine/reads.ts';
import type { CacheLink, Requirement, WalkContext } from '../../types.ts';
import { requireGone } from './absence.ts';

/**
 * The identity holds no assignment at `{registryId}/repositories/{name}` for the link's sources any more: the form of Microsoft's
 * ACR-to-ACR article, which its ABAC article contradicts and nothing shows Azure to honor. After the replacement is in place.
 */
export function withoutArticleScope(link: CacheLink): Requirement {
  const identity = armIdName(link.authentication.identityId);
  const upstream = armIdName(link.source.id);
  const subject = l10n.t('Repository-scoped role assignment in {0}', upstream);
  return {
    id: 'withoutArticleScope',
    ...aboutAssignments(link.source.id, identityKey(link.authentication.identityId)),
    needs: ['roleAssignment'],
    describe: () => ({
      title: l10n.t('Delete repository-scoped role assignments'),
      todo: l10n.t('Of {0}, at the scope {1}/repositories/…', identity, upstream),
      done: l10n.t('{0} no longer has a repository-scoped role assignment in {1}.', identity, upstream),
    }),
    async inspect(context) {
      const held = await readHeld(context, link);
      if (!held) {
        return conflicting(
          l10n.t('Identity {0} does not exist. Its role assignments cannot be found; diagnose again.', identity),
        );
      }
      const found = atArticleScope(link, held);
      const evidence = found.map((assignment) => ({ text: assignment.scope, resourceId: assignment.id }));
      if (found.length === 0) {
        return satisfied(l10n.t('There is no repository-scoped role assignment.'), evidence);
      }
      // Whoever signs in as the identity keeps what it may read.
      const access = link.access === 'acrPull' ? 'acrPull' : 'condition';
      const lacking = context.assumesNeeds ? [] : assessGrants(wantedAccess({ ...link, access }), held).missing;
      if (lacking.length > 0) {
        const reason = l10n.t(
          'It is kept, since {0} could not read without it. No other role assignment covers {1}. Diagnose again.',
          identity,
          listPatterns(lacking),
        );
        return conflicting(reason, evidence);
      }
      return missing(l10n.t('{0} has a repository-scoped role assignment in {1}.', identity, upstream), evidence, {
        fingerprint: fingerprintOfGrants(found),
      });
    },
    async satisfy(context) {
      const find = async (now: WalkContext) => atArticleScope(link, (await readHeld(now, link)) ?? []);
      for (const { id } of await find(context)) await context.azure.roles.delete(id, { signal: context.signal });
      await requireGone(context, subject, async (later) => (await find(later))[0]);
    },
  };
}

/** All that the identity holds; undefined: it does not exist. */
async function readHeld(context: WalkContext, link: CacheLink): Promise<RoleAssignment[] | undefined> {
  const identity = await readIdentity(context, link.authentication.identityId);
  return identity && readAssignments(context, link.source.id, identity.principalId);
}

/**
 * The assignments at the article's scope of the link's sources, of the roles that are given to cache rules and with no condition
 * but the link's own: what else is there was made for something else.
 */
export function atArticleScope(link: CacheLink, assignments: readonly RoleAssignment[]): RoleAssignment[] {
  const scopes = link.mappings.map(({ source }) => `${link.source.id}/repositories/${formatRepositoryPattern(source)}`);
  const sources = link.mappings.map(({ source }) => source);
  return assignments.filter(
    (assignment) =>
      scopes.some((candidate) => sameArmId(candidate, assignment.scope)) &&
      givenToRules.some((role) => isRole(assignment, role.id)) &&
      (assignment.condition === undefined || foreignCondition(assignment, sources) === undefined),
  );
}
