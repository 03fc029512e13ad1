import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { compareCondition } from '../../domain/condition/abacCondition.ts';
import { roles } from '../../domain/roles.ts';
import type { Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { assessGrants, givesRead, isBelow, isRole, listPatterns, wantedAccess } from '../access/grants.ts';
import { readAssignments } from '../engine/reads.ts';
import { modeOf } from '../requirements/requirementsOf.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { withoutArticleScope } from '../requirements/absence/withoutArticleScope.ts';
import {
  explainClientIdGrants,
  readClientIdGrants,
  withoutClientIdGrants,
} from '../requirements/absence/withoutClientIdGrants.ts';
import type { CacheLink, Finding, Repair, Requirement } from '../types.ts';
import { notApplicable, ok, problem, type RuleCheck, unknown, warning } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { identityAndUpstream } from './repairs.ts';

/** What the checks of permission need, all of it known. */
export interface Access {
  readonly link: CacheLink;
  readonly upstream: Registry;
  readonly identity: Identity;
  readonly assignments: readonly RoleAssignment[];
}

/** Judges what the rule's identity may read; another finding, when the question does not arise or cannot be answered. */
export async function judgeAccess(
  facts: RuleFacts,
  judge: (access: Access) => Finding | Promise<Finding>,
): Promise<Finding> {
  const identity = await facts.identity();
  if (identity === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
  if (identity === 'gone') {
    const reason = l10n.t('The identity does not exist; its role is assigned when it is recreated.');
    return notApplicable('identityGone', reason);
  }
  const found = await facts.link();
  if (!found.ok) {
    if (found.error) throw found.error;
    if (found.code === 'notAcr') return notApplicable('upstreamNotAcr', found.reason);
    return unknown(
      'linkUnknown',
      l10n.t('Could not be checked: {0}', found.reason),
      l10n.t('Ask someone who can see the upstream registry to diagnose.'),
    );
  }
  const { link, upstream } = found;
  return judge({
    link,
    upstream,
    identity,
    assignments: await readAssignments(facts.context, upstream.id, identity.principalId),
  });
}

/**
 * Gives the identity the documented permission. On a registry in RBAC mode it is first decided whether that is switched, or the
 * identity gets AcrPull. `more`: what is done after that.
 */
export function grantRepair(
  { link, upstream, identity, assignments }: Access,
  more: readonly Requirement[] = [],
): Repair {
  const about = identityAndUpstream(link);
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
    const hasPull = assignments.some(({ roleId }) => givesRead('acrPull', roleId));
    return {
      id: 'switchToAbac',
      about,
      link: { ...link, access: 'condition', allowAbacSwitch: true },
      title: () =>
        hasPull
          ? l10n.t('Switch {0} to ABAC mode and give {1} access', upstream.name, identity.name)
          : l10n.t('Decide how {0} is read and give {1} access', upstream.name, identity.name),
      once: (decided) => [...modeOf(decided), roleAssignment(decided), ...more],
      confirmation: hasPull ? 'abacSwitch' : 'permissionMode',
    };
  }
  const hasBelow = assignments.some(({ scope }) => isBelow(scope, upstream.id));
  return {
    id: hasBelow ? 'replaceArticleScope' : 'grantRead',
    about,
    link: { ...link, access: 'condition' },
    title: (wanted) => roleAssignment(wanted).describe().title,
    once: (wanted) => [roleAssignment(wanted), ...(hasBelow ? [withoutArticleScope(wanted)] : []), ...more],
  };
}

/** Microsoft gives a recipe for managed identities only for upstreams in ABAC mode. */
export const permissionMode: RuleCheck = {
  id: 'permissionMode',
  title: () => l10n.t('Permissions mode of the upstream'),
  pull: 'dependsOn',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  run: (facts) => judgeAccess(facts, judgeMode),
};

function judgeMode(access: Access): Finding {
  const { upstream, assignments } = access;
  const evidence = [{ text: `roleAssignmentMode: ${upstream.roleAssignmentMode}`, resourceId: upstream.id }];
  if (upstream.roleAssignmentMode === 'AbacRepositoryPermissions') {
    return ok('modeAbac', l10n.t('{0} is in ABAC mode.', upstream.name), evidence);
  }
  const more = { evidence, repair: grantRepair(access) };
  if (assignments.some(({ roleId }) => givesRead('acrPull', roleId))) {
    const reason = l10n.t(
      '{0} is in RBAC mode. AcrPull may work there, but Microsoft documents cache rules with a managed identity only for ABAC mode.',
      upstream.name,
    );
    const next = l10n.t('Switch {0} to ABAC mode, after checking whose access that ends.', upstream.name);
    return warning('modeLegacyPull', reason, next, more);
  }
  const reason = l10n.t('{0} is in RBAC mode, where roles for single repositories have no effect.', upstream.name);
  const next = l10n.t(
    'Switch {0} to ABAC mode, after checking whose access that ends, or assign AcrPull.',
    upstream.name,
  );
  return problem('modeLegacy', reason, next, more);
}

/** The identity may read the source: a role that the upstream's mode honors, at a place that counts, whose condition covers it. */
export const sourceReadable: RuleCheck = {
  id: 'sourceReadable',
  title: () => l10n.t('Access to the source'),
  pull: 'dependsOn',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  run: (facts) =>
    judgeAccess(facts, (access) => {
      const isAbac = access.upstream.roleAssignmentMode === 'AbacRepositoryPermissions';
      const found = isAbac ? judgeGrants(access) : judgeLegacy(access);
      return found.verdict === 'problem' ? withClientId(facts, access, found) : found;
    }),
};

/** The finding with what may explain it: the role was given to the identity's other id. Removing that goes with the repair. */
async function withClientId({ context }: RuleFacts, access: Access, found: Finding): Promise<Finding> {
  const { upstream, identity } = access;
  const grants = await readClientIdGrants(context, upstream.id, identity);
  const why = explainClientIdGrants(grants, identity);
  if (why === undefined) return found;
  const evidence = grants.map(({ id, scope }) => ({ text: `${identity.clientId}: ${scope}`, resourceId: id }));
  const cure = withoutClientIdGrants(upstream.id, identity, ['roleAssignment']);
  return {
    ...found,
    reason: `${found.reason} ${why}`,
    evidence: [...(found.evidence ?? []), ...evidence],
    ...(found.repair && { repair: grantRepair(access, [cure]) }),
  };
}

function judgeGrants(access: Access): Finding {
  const { link, upstream, identity, assignments } = access;
  const wanted = wantedAccess({ ...link, access: 'condition' });
  const report = assessGrants(wanted, assignments);
  const source = listPatterns(link.mappings.map((mapping) => mapping.source));
  const { evidence } = report;
  if (report.missing.length === 0) {
    return ok('readable', l10n.t('{0} can read {1} in {2}.', identity.name, source, upstream.name), evidence);
  }
  const { unwritable } = report;
  if (unwritable && !compareCondition(unwritable.condition, []).understood) {
    return unknown(
      'conditionUnclear',
      l10n.t(
        'Could not be checked: this extension does not understand the condition of a role assignment of {0}.',
        identity.name,
      ),
      l10n.t('Check in the portal that the condition allows reading {0}.', source),
      { evidence },
    );
  }
  const [code, why] = whyNot(access);
  const reason = `${l10n.t('{0} cannot read {1} in {2}.', identity.name, source, upstream.name)} ${why}`;
  if (unwritable) {
    const next = l10n.t(
      'Add {0} to its condition manually; this extension does not change a condition of this form.',
      source,
    );
    return problem(code, reason, next, { evidence });
  }
  const next = l10n.t('Assign {0} on the registry with a condition for {1}.', roles.repositoryReader.name, source);
  return problem(code, reason, next, { evidence, repair: grantRepair(access) });
}

/** The most telling of the assignments that do not help: its code, and the words. */
function whyNot({ upstream, assignments }: Access): readonly [code: string, words: string] {
  const below = assignments.find(({ scope }) => isBelow(scope, upstream.id));
  if (below) {
    const text = l10n.t(
      'Its role assignment is scoped to {0}, which Azure may not honor.',
      `/repositories/${armIdName(below.scope)}`,
    );
    return ['onlyArticleScope', text];
  }
  const ignored = assignments.find(isIgnored);
  if (ignored) {
    const { name } = isRole(ignored, roles.acrPull.id) ? roles.acrPull : roles.acrPush;
    return ['roleIgnored', l10n.t('Its {0} no longer counts, since the registry is in ABAC mode.', name)];
  }
  return assignments.some((assignment) => isRole(assignment, roles.repositoryReader.id))
    ? ['otherRepositories', l10n.t('Its role assignment names other repositories.')]
    : ['roleNone', l10n.t('It has no role there that allows reading images.')];
}

function isIgnored(assignment: RoleAssignment): boolean {
  return isRole(assignment, roles.acrPull.id) || isRole(assignment, roles.acrPush.id);
}

/** In RBAC mode what counts is AcrPull; what is there for ABAC mode waits for the switch, of which `permissionMode` tells. */
function judgeLegacy(access: Access): Finding {
  const { link, upstream, identity, assignments } = access;
  const now = assessGrants(wantedAccess({ ...link, access: 'acrPull' }), assignments);
  const { evidence } = now;
  if (now.missing.length === 0) {
    return ok(
      'readableLegacy',
      l10n.t('{0} has a role that allows pulling from {1}.', identity.name, upstream.name),
      evidence,
    );
  }
  if (assessGrants(wantedAccess({ ...link, access: 'condition' }), assignments).missing.length === 0) {
    return notApplicable(
      'waitsForAbac',
      l10n.t(
        '{0} has the right role, but it takes effect only once {1} is in ABAC mode.',
        identity.name,
        upstream.name,
      ),
    );
  }
  return problem(
    'roleNoneLegacy',
    l10n.t('{0} has no role that allows pulling from {1}.', identity.name, upstream.name),
    l10n.t(
      'Switch {0} to ABAC mode and assign {1} with a condition, or assign AcrPull.',
      upstream.name,
      roles.repositoryReader.name,
    ),
    { evidence, repair: grantRepair(access) },
  );
}
