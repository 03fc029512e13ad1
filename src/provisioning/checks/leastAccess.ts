import * as l10n from '@vscode/l10n';
import {
  compareCondition,
  explainCondition,
  parseCondition,
  type ConditionComparison,
  type RepositoryGrant,
} from '../../domain/condition/abacCondition.ts';
import { sameArmId } from '../../domain/armId.ts';
import { roles } from '../../domain/roles.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { assessGrants, isRole, wantedAccess } from '../access/grants.ts';
import { narrowedCondition } from '../requirements/narrowedCondition.ts';
import { atArticleScope, withoutArticleScope } from '../requirements/withoutArticleScope.ts';
import type { CacheLink } from '../types.ts';
import { isFound, readAccess, type Access } from '../diagnosis/access.ts';
import { notApplicable, ok, unknown, warning, type Check, type Found } from '../diagnosis/check.ts';
import { commonRepair, identityAndUpstream } from '../diagnosis/commonRepair.ts';

/** The identity may read no more of the upstream than rules need. Single repositories beyond that may have been given on purpose. */
export const leastAccess: Check = {
  id: 'leastAccess',
  title: () => l10n.t('Permission beyond the source'),
  pull: 'independent',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  async run(facts) {
    const access = await readAccess(facts);
    if (isFound(access)) return access;
    if (access.upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
      return notApplicable(l10n.t('A registry in RBAC mode knows no permission for single repositories.'));
    }
    return judge(access);
  },
};

const readingRoles = [roles.repositoryReader, roles.repositoryWriter, roles.repositoryContributor];

function judge(access: Access): Found {
  const { link, upstream, identity, assignments } = access;
  if (link.mappings.some(({ source }) => source.kind === 'all')) {
    return ok(l10n.t('The rule reads every repository of {0}.', upstream.name));
  }
  const evidence = assignments
    .filter((assignment) => readingRoles.some((role) => isRole(assignment, role.id)))
    .map((assignment) => ({ text: explainCondition(assignment.condition), resourceId: assignment.id }));
  const wide = assignments.filter((assignment) => isTooWide(assignment, link));
  const narrowable = wide.filter(
    ({ scope, roleId, condition }) =>
      sameArmId(scope, upstream.id) &&
      roleId.toLowerCase() === roles.repositoryReader.id &&
      (condition === undefined || parseCondition(condition).ok),
  );
  if (wide.length > 0) {
    const reason = l10n.t('{0} may read more of {1} than this rule needs.', identity.name, upstream.name);
    const why = wide.map((assignment) => explainWidth(assignment)).join(' ');
    if (narrowable.length < wide.length) {
      return warning(`${reason} ${why}`, l10n.t('Narrow or remove the assignment where it was made.'), { evidence });
    }
    return warning(`${reason} ${why}`, l10n.t('Narrow it to what cache rules need.'), {
      evidence,
      repair: commonRepair({
        id: 'narrowCondition',
        about: identityAndUpstream(link),
        link: { ...link, access: 'condition' },
        title: (wanted) => narrowedCondition(wanted).describe().todo,
        once: (wanted) => [narrowedCondition(wanted)],
        confirmation: {
          sentence: l10n.t(
            'Whatever else reads other repositories of {0} as {1} loses that; only what visible cache rules need stays.',
            upstream.name,
            identity.name,
          ),
        },
      }),
    });
  }
  // One that is all the identity has is the business of `sourceReadable`.
  const isReadable = assessGrants(wantedAccess({ ...link, access: 'condition' }), assignments).missing.length === 0;
  const leftover = isReadable ? atArticleScope(link, assignments) : [];
  if (leftover.length > 0) {
    return warning(
      l10n.t(
        "{0} also has an assignment at the article's /repositories/… scope, which it does not need.",
        identity.name,
      ),
      l10n.t('Remove it.'),
      {
        evidence: leftover.map(({ scope, id }) => ({ text: scope, resourceId: id })),
        repair: commonRepair({
          id: 'removeArticleScope',
          about: identityAndUpstream(link),
          link,
          title: (wanted) => withoutArticleScope(wanted).describe().todo,
          once: (wanted) => [withoutArticleScope(wanted)],
        }),
      },
    );
  }
  const unclear = assignments.filter((assignment) => isUnclear(assignment, link));
  if (unclear.length > 0) {
    return unknown(
      l10n.t(
        '{0} has an assignment whose condition is not understood, so it may read more than needed.',
        identity.name,
      ),
      l10n.t('Read the condition of the assignment in the access control of the registry.'),
      { evidence: unclear.map(({ condition, id }) => ({ text: explainCondition(condition), resourceId: id })) },
    );
  }
  return ok(l10n.t('{0} may not read whole registries or prefixes beyond its rules.', identity.name), evidence);
}

/** A whole registry, a prefix that the rule does not have, or a prefix without its slash. */
function isTooWide(assignment: RoleAssignment, link: CacheLink): boolean {
  if (!readsRegistry(assignment, link)) return false;
  const { overGrants, understood } = compare(assignment, link);
  return understood && overGrants.some((grant) => isOpenEnded(grant));
}

function isUnclear(assignment: RoleAssignment, link: CacheLink): boolean {
  return readsRegistry(assignment, link) && !compare(assignment, link).understood;
}

/** Made at the registry or above it, of a role that reads repositories. */
function readsRegistry(assignment: RoleAssignment, { source }: CacheLink): boolean {
  return readingRoles.some((role) => isRole(assignment, role.id)) && !isInside(assignment.scope, source.id);
}

function compare({ condition }: RoleAssignment, { mappings }: CacheLink): ConditionComparison {
  return compareCondition(
    condition,
    mappings.map(({ source }) => source),
  );
}

/** Prefixes that end with a slash may be what another rule of the identity reads. */
function isOpenEnded(grant: RepositoryGrant): boolean {
  return grant.kind === 'startsWith' && !grant.value.endsWith('/');
}

function isInside(scope: string, registryId: string): boolean {
  return scope.toLowerCase().startsWith(`${registryId.toLowerCase()}/`);
}

function explainWidth(assignment: RoleAssignment): string {
  return assignment.condition === undefined
    ? l10n.t('Its assignment at {0} has no condition.', assignment.scope)
    : explainCondition(assignment.condition);
}
