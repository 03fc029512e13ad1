import * as l10n from '@vscode/l10n';
import { compareCondition } from '../../domain/condition/abacCondition.ts';
import { shownCondition } from '../../domain/condition/conditionReading.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { roles, shortRoleName } from '../../domain/roles.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { aboutAssignments, assignRole } from '../access/assignRole.ts';
import { assessGrants, isRole, wantedAccess } from '../access/grants.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { identityKey, readAssignments, readIdentity } from '../engine/reads.ts';
import type { CacheLink, RepositoryMapping, Requirement } from '../types.ts';

/**
 * The identity has Repository Reader at `{registryId}/repositories/{name}`, the form of Microsoft's ACR-to-ACR article. Microsoft's
 * ABAC article says to use the registry and a condition instead, and nothing shows that Azure honors this form.
 */
export function repositoryScopeAssignment(link: CacheLink, mapping: RepositoryMapping): Requirement {
  const repository = formatRepositoryPattern(mapping.source);
  const identityName = armIdName(link.authentication.identityId);
  const scope = `${link.source.id}/repositories/${repository}`;
  const role = roles.repositoryReader;
  const isHere = (assignment: RoleAssignment): boolean =>
    sameArmId(assignment.scope, scope) && isRole(assignment, role.id);
  return {
    id: `roleAssignment:${repository}`,
    ...aboutAssignments(link.source.id, identityKey(link.authentication.identityId)),
    needs: ['identity', 'abacMode'],
    describe: () => ({
      title: l10n.t('Give {0} {1}', identityName, shortRoleName(role.name)),
      todo: l10n.t('On repository {0}; per-repository scope, may not be honored by Azure', repository),
      done: l10n.t('{0} now has {1} at {2}.', identityName, role.name, scope),
    }),

    async inspect(context) {
      const identity = await readIdentity(context, link.authentication.identityId);
      if (!identity) {
        return missing(l10n.t('Identity {0} does not exist yet.', identityName));
      }
      const assignments = await readAssignments(context, link.source.id, identity.principalId);
      const report = assessGrants(wantedAccess({ ...link, mappings: [mapping] }), assignments);
      if (report.missing.length === 0) {
        return satisfied(
          l10n.t('{0} can read {1} through an assignment on the registry.', identityName, repository),
          report.evidence,
        );
      }
      const here = assignments.filter(isHere);
      const own = here.find((assignment) => compareCondition(assignment.condition, [mapping.source]).covers);
      if (own) {
        return satisfied(l10n.t('A repository-scoped role assignment exists.'), [{ text: scope, resourceId: own.id }], {
          warnings: [
            l10n.t(
              "Microsoft's documentation contradicts itself on this scope. If pulls are denied, assign the role on the registry, with a condition.",
            ),
          ],
        });
      }
      const [other] = here;
      if (other) {
        const text = shownCondition(other.condition);
        return conflicting(
          compareCondition(other.condition, []).understood
            ? l10n.t(
                'A condition keeps {0} from reading {2}. Remove it, or assign the role on the registry, with a condition. Scope: {1}. Condition: {3}',
                identityName,
                scope,
                repository,
                text,
              )
            : l10n.t(
                'This extension does not understand a condition of {0}. The assignment is not changed. Scope: {1}. Condition: {2}',
                identityName,
                scope,
                text,
              ),
          [{ text: other.condition ?? scope, resourceId: other.id }],
        );
      }
      return missing(l10n.t('{0} has no assignment at {1}.', identityName, scope), report.evidence);
    },

    async satisfy(context) {
      const identity = await readIdentity(context, link.authentication.identityId);
      if (!identity) throw new Error(l10n.t('Identity {0} does not exist.', identityName));
      await assignRole(context, {
        scope,
        name: roleAssignmentName(scope, identity.principalId, role.id),
        roleId: role.id,
        principalId: identity.principalId,
      });
    },
  };
}
