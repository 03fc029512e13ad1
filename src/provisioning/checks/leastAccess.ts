import * as l10n from '@vscode/l10n';
import { sameArmId } from '../../domain/armId.ts';
import {
  compareCondition,
  explainCondition,
  parseCondition,
  type ConditionComparison,
} from '../../domain/condition/abacCondition.ts';
import { roles } from '../../domain/roles.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { assessGrants, isBelow, isRole, wantedAccess } from '../access/grants.ts';
import { narrowedCondition } from '../requirements/narrowedCondition.ts';
import { atArticleScope, withoutArticleScope } from '../requirements/absence/withoutArticleScope.ts';
import type { Finding, Repair } from '../types.ts';
import { judgeAccess, type Access } from './permission.ts';
import { notApplicable, ok, unknown, warning, type RuleCheck } from './check.ts';
import { identityAndUpstream } from './repairs.ts';

/** The identity may read no more of the upstream than rules need. Single repositories beyond that may have been given on purpose. */
export const leastAccess: RuleCheck = {
  id: 'leastAccess',
  title: () => l10n.t('Access beyond the source'),
  pull: 'independent',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  run: (facts) => judgeAccess(facts, judge),
};

const readingRoles = [roles.repositoryReader, roles.repositoryWriter, roles.repositoryContributor];

function judge(access: Access): Finding {
  const { link, upstream, identity, assignments } = access;
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
    return notApplicable('modeLegacy', l10n.t('A registry in RBAC mode has no per-repository permissions.'));
  }
  if (link.mappings.some(({ source }) => source.kind === 'all')) {
    return ok('sourceIsAll', l10n.t('The rule reads every repository in {0}.', upstream.name));
  }
  const reading = assignments.filter((assignment) => readingRoles.some((role) => isRole(assignment, role.id)));
  const evidence = reading.map(({ condition, id }) => ({ text: explainCondition(condition), resourceId: id }));
  const ofRegistry = reading
    .filter(({ scope }) => !isBelow(scope, upstream.id))
    .map((assignment) => ({ assignment, comparison: compare(assignment, access) }));
  const wide = ofRegistry.filter(({ comparison }) => isTooWide(comparison)).map(({ assignment }) => assignment);
  if (wide.length > 0) {
    const may = l10n.t('{0} can read more of {1} than this rule needs.', identity.name, upstream.name);
    const reason = [may, ...wide.map(explainWidth)].join(' ');
    return wide.every((assignment) => isNarrowable(assignment, upstream.id))
      ? warning('accessTooWide', reason, l10n.t('Narrow its access to what cache rules need.'), {
          evidence,
          repair: narrow(access),
        })
      : warning('accessTooWide', reason, l10n.t('Narrow or remove the role assignment at its own scope.'), {
          evidence,
        });
  }
  // One that is all the identity has is the business of `sourceReadable`.
  const isReadable = assessGrants(wantedAccess({ ...link, access: 'condition' }), assignments).missing.length === 0;
  const leftover = isReadable ? atArticleScope(link, assignments) : [];
  if (leftover.length > 0) {
    const reason = l10n.t('{0} also has an unneeded role assignment scoped to /repositories/….', identity.name);
    return warning('articleScopeLeft', reason, l10n.t('Remove it.'), {
      evidence: leftover.map(({ scope, id }) => ({ text: scope, resourceId: id })),
      repair: {
        id: 'removeArticleScope',
        about: identityAndUpstream(link),
        link,
        title: (wanted) => withoutArticleScope(wanted).describe().title,
        once: (wanted) => [withoutArticleScope(wanted)],
      },
    });
  }
  const unclear = ofRegistry.filter(({ comparison }) => !comparison.understood);
  if (unclear.length > 0) {
    return unknown(
      'conditionUnclear',
      l10n.t(
        '{0} may have more access than needed: this extension does not understand the condition of one of its role assignments.',
        identity.name,
      ),
      l10n.t('Check the condition of the role assignment under "Access control (IAM)" of the registry.'),
      {
        evidence: unclear.map(({ assignment: { condition, id } }) => ({
          text: explainCondition(condition),
          resourceId: id,
        })),
      },
    );
  }
  const reason = l10n.t('{0} has no access to whole registries or prefixes beyond its rules.', identity.name);
  return ok('accessLeast', reason, evidence);
}

function narrow({ link, upstream, identity }: Access): Repair {
  return {
    id: 'narrowCondition',
    about: identityAndUpstream(link),
    link: { ...link, access: 'condition' },
    title: (wanted) => narrowedCondition(wanted).describe().title,
    once: (wanted) => [narrowedCondition(wanted)],
    confirmation: {
      sentence: l10n.t(
        'Anything else that reads other repositories in {0} as {1} loses access; only what visible cache rules need is kept.',
        upstream.name,
        identity.name,
      ),
    },
  };
}

function compare({ condition }: RoleAssignment, { link }: Access): ConditionComparison {
  return compareCondition(
    condition,
    link.mappings.map(({ source }) => source),
  );
}

/** A whole registry, or a prefix without its slash; one with it may be what another rule of the identity reads. */
function isTooWide({ understood, overGrants }: ConditionComparison): boolean {
  return understood && overGrants.some(({ kind, value }) => kind === 'startsWith' && !value.endsWith('/'));
}

function isNarrowable(assignment: RoleAssignment, registryId: string): boolean {
  const { scope, condition } = assignment;
  const isReadable = condition === undefined || parseCondition(condition).ok;
  return sameArmId(scope, registryId) && isRole(assignment, roles.repositoryReader.id) && isReadable;
}

function explainWidth({ scope, condition }: RoleAssignment): string {
  return condition === undefined
    ? l10n.t('Its role assignment at {0} has no condition.', scope)
    : explainCondition(condition);
}
