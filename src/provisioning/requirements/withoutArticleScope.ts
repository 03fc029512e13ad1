import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { foreignCondition, givenToRules } from '../access/accessRevocations.ts';
import { assessGrants, isRole, listPatterns } from '../access/grants.ts';
import { readAssignments, readIdentity } from '../engine/reads.ts';
import type { CacheLink, Requirement, WalkContext } from '../types.ts';

/**
 * The identity holds no assignment at `{registryId}/repositories/{name}` for the link's sources any more: the form of Microsoft's
 * ACR-to-ACR article, which its ABAC article contradicts and nothing shows Azure to honour. After the replacement is in place.
 */
export function withoutArticleScope(link: CacheLink): Requirement {
  const identity = armIdName(link.identity.id);
  const upstream = armIdName(link.upstream.id);
  return {
    id: 'withoutArticleScope',
    kind: 'roleAssignment',
    needs: ['roleAssignment'],
    describe: () => ({
      title: l10n.t("Role assignment at the article's scope in {0}", upstream),
      todo: l10n.t(
        "Remove the role assignment of {0} at the article's /repositories/… scope in {1}.",
        identity,
        upstream,
      ),
      done: l10n.t("{0} has no role assignment at the article's scope in {1} any more.", identity, upstream),
      undo: l10n.t('Leave the role assignments as they are.'),
    }),
    async inspect(context) {
      const found = await find(context, link);
      if (!found) {
        return {
          verdict: 'conflicting',
          reason: l10n.t(
            'The identity {0} does not exist, so its assignments cannot be found. Diagnose again.',
            identity,
          ),
          evidence: [],
        };
      }
      const evidence = found.map((assignment) => ({ text: assignment.scope, resourceId: assignment.id }));
      return found.length === 0
        ? { verdict: 'satisfied', reason: l10n.t("There is no role assignment at the article's scope."), evidence }
        : {
            verdict: 'missing',
            reason: l10n.t("{0} has a role assignment at the article's scope in {1}.", identity, upstream),
            evidence,
          };
    },
    async satisfy(context) {
      context.forget('assignments:');
      const found = (await find(context, link)) ?? [];
      if (found.length > 0) await requireReplacement(context, link);
      for (const assignment of found) {
        await context.azure.roles.delete(assignment.id, { signal: context.signal });
      }
      context.forget('assignments:');
    },
    revoke: () => Promise.resolve({ gone: true, reason: l10n.t('There is nothing to take away.') }),
    // Only ever part of a repair, which is not exported.
    export: () => undefined,
  };
}

async function find(context: WalkContext, link: CacheLink): Promise<RoleAssignment[] | undefined> {
  const identity = await readIdentity(context);
  if (!identity) return undefined;
  return atArticleScope(link, await readAssignments(context, identity.principalId));
}

/**
 * Whoever signs in as the identity keeps what it may read: the replacement is looked for right before anything is deleted.
 * @throws Error when it is not there
 */
async function requireReplacement(context: WalkContext, link: CacheLink): Promise<void> {
  const identity = await readIdentity(context);
  const assignments = identity ? await readAssignments(context, identity.principalId) : [];
  const access = link.access === 'acrPull' ? 'acrPull' : 'condition';
  const { missing } = assessGrants({ ...link, access }, assignments);
  if (missing.length === 0) return;
  throw new Error(
    l10n.t(
      "The role assignment at the article's scope stays: {0} has no other permission to read {1}. Diagnose again.",
      armIdName(link.identity.id),
      listPatterns(missing),
    ),
  );
}

/**
 * The assignments at the article's scope of the link's sources, of the roles that are given to cache rules and with no condition
 * but the link's own: what else is there was made for something else.
 */
export function atArticleScope(link: CacheLink, assignments: readonly RoleAssignment[]): RoleAssignment[] {
  const scopes = link.mappings.map(
    ({ source }) => `${link.upstream.id}/repositories/${formatRepositoryPattern(source)}`,
  );
  const sources = link.mappings.map(({ source }) => source);
  return assignments.filter(
    (assignment) =>
      scopes.some((candidate) => sameArmId(candidate, assignment.scope)) &&
      givenToRules.some((role) => isRole(assignment, role.id)) &&
      (assignment.condition === undefined || foreignCondition(assignment, sources) === undefined),
  );
}
