import * as l10n from '@vscode/l10n';
import { compareCondition } from '../../domain/abacCondition.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { roles } from '../../domain/roles.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { assignRole } from '../assignRole.ts';
import { command, quote, variable } from '../export/quote.ts';
import { assessGrants, holdsOnly, isMadeHere, isRole } from '../grants.ts';
import { readAssignments, readIdentity } from '../reads.ts';
import { neededByOthers } from '../revokeAccess.ts';
import type { CacheLink, RepositoryMapping, Requirement } from '../types.ts';

/**
 * The identity has Repository Reader at `{registryId}/repositories/{name}`, the form of Microsoft's ACR-to-ACR article. Microsoft's
 * ABAC article says to use the registry and a condition instead, and nothing shows that Azure honours this form.
 */
export function repositoryScopeAssignment(link: CacheLink, mapping: RepositoryMapping): Requirement {
  const repository = formatRepositoryPattern(mapping.source);
  const identityName = armIdName(link.identity.id);
  const scope = `${link.upstream.id}/repositories/${repository}`;
  const role = roles.repositoryReader;
  const isHere = (assignment: RoleAssignment): boolean =>
    sameArmId(assignment.scope, scope) && isRole(assignment, role.id);
  return {
    id: `roleAssignment:${repository}`,
    kind: 'roleAssignment',
    needs: ['identity', 'abacMode'],
    describe: () => ({
      title: l10n.t('Permission to read {0}, at the scope of the article', repository),
      todo: l10n.t(
        'Assign {0} at {1} to {2}. Nothing shows that Azure honours this scope.',
        role.name,
        scope,
        identityName,
      ),
      done: l10n.t('{0} has {1} at {2}.', identityName, role.name, scope),
      undo: l10n.t('Remove the assignment at {0}.', scope),
    }),

    async inspect(context) {
      const identity = await readIdentity(context);
      if (!identity) {
        return {
          verdict: 'missing',
          reason: l10n.t('The identity {0} does not exist yet.', identityName),
          evidence: [],
        };
      }
      const assignments = await readAssignments(context, identity.principalId);
      const report = assessGrants({ ...link, mappings: [mapping] }, assignments);
      if (report.missing.length === 0) {
        return {
          verdict: 'satisfied',
          reason: l10n.t('{0} may read {1} by an assignment at the registry.', identityName, repository),
          evidence: report.evidence,
        };
      }
      const here = assignments.filter(isHere);
      const own = here.find((assignment) => compareCondition(assignment.condition, [mapping.source]).covers);
      if (own) {
        return {
          verdict: 'satisfied',
          reason: l10n.t('The assignment of the article exists.'),
          evidence: [{ text: scope, resourceId: own.id }],
          warnings: [
            l10n.t(
              'Microsoft documents two contradicting forms; if pulls are denied, use a condition at the registry instead.',
            ),
          ],
        };
      }
      if (here[0]) {
        return {
          verdict: 'conflicting',
          reason: l10n.t(
            'The assignment of {0} at {1} has a condition that does not let it read {2}. Remove the condition, or use a condition at the registry instead.',
            identityName,
            scope,
            repository,
          ),
          evidence: [{ text: here[0].condition ?? scope, resourceId: here[0].id }],
        };
      }
      return {
        verdict: 'missing',
        reason: l10n.t('{0} has no assignment at {1}.', identityName, scope),
        evidence: report.evidence,
      };
    },

    async satisfy(context) {
      const identity = await readIdentity(context);
      if (!identity) throw new Error(l10n.t('The identity {0} does not exist.', identityName));
      await assignRole(context, {
        scope,
        name: roleAssignmentName(scope, identity.principalId, role.id),
        roleId: role.id,
        principalId: identity.principalId,
      });
    },

    async revoke(context) {
      const gone = { gone: true, reason: l10n.t('There is no assignment at {0} any more.', scope) };
      const identity = await readIdentity(context);
      if (!identity) return gone;
      const here = (await readAssignments(context, identity.principalId)).filter(isHere);
      if (here.length === 0) return gone;
      const isOurs = (assignment: RoleAssignment): boolean =>
        assignment.condition === undefined ||
        isMadeHere(assignment, scope, role.id) ||
        holdsOnly(assignment, [mapping.source]);
      if (!here.every(isOurs)) {
        const reason = l10n.t('The assignment at {0} stays: it has a condition that this set-up did not write.', scope);
        return { gone: false, reason };
      }
      const others = await neededByOthers(context);
      if (!others.ok) return { gone: false, reason: others.reason };
      const user = others.needs.find((need) => formatRepositoryPattern(need.pattern) === repository);
      if (user)
        return {
          gone: false,
          reason: l10n.t('The assignment at {0} stays: the cache rule {1} needs it.', scope, user.rule.name),
        };
      await Promise.all(
        here.map((assignment) => context.azure.roles.delete(assignment.id, { signal: context.signal })),
      );
      context.forget('assignments:');
      return gone;
    },

    export: (_, language) =>
      command(
        ['az', 'role', 'assignment', 'create'],
        [
          ['--role', quote(role.name, language)],
          ['--assignee-object-id', variable('IDENTITY_PRINCIPAL_ID')],
          ['--assignee-principal-type', 'ServicePrincipal'],
          ['--scope', quote(scope, language)],
        ],
        language,
      ),
  };
}
