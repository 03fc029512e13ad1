import * as l10n from '@vscode/l10n';
import type { Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { isBelow } from '../access/grants.ts';
import { readAssignments } from '../engine/reads.ts';
import { abacMode } from '../requirements/abacMode.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { withoutArticleScope } from '../requirements/withoutArticleScope.ts';
import type { CacheLink, Finding, Repair, Requirement } from '../types.ts';
import { notApplicable, unknown } from './check.ts';
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
    const reason = l10n.t('The managed identity does not exist; its permission comes with it.');
    return notApplicable('identityGone', reason);
  }
  const found = await facts.link();
  if (!found.ok) {
    if (found.error) throw found.error;
    if (found.code === 'notAcr') return notApplicable('upstreamNotAcr', found.reason);
    return unknown(
      'linkUnknown',
      l10n.t('Could not be checked: {0}', found.reason),
      l10n.t('Let someone who sees the upstream registry diagnose.'),
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

/** Gives the identity the documented permission; on a registry in RBAC mode only by switching it. `more`: what is done after that. */
export function grantRepair(
  { link, upstream, identity, assignments }: Access,
  more: readonly Requirement[] = [],
): Repair {
  const about = identityAndUpstream(link);
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
    return {
      id: 'switchToAbac',
      about,
      link: { ...link, access: 'condition', allowAbacSwitch: true },
      title: () => l10n.t('Switch {0} to ABAC mode and let {1} read the source', upstream.name, identity.name),
      once: (switched) => [abacMode(switched.source.id, { isAllowed: true }), roleAssignment(switched), ...more],
      confirmation: 'abacSwitch',
    };
  }
  const hasBelow = assignments.some(({ scope }) => isBelow(scope, upstream.id));
  return {
    id: hasBelow ? 'replaceArticleScope' : 'grantRead',
    about,
    link: { ...link, access: 'condition' },
    title: (wanted) => roleAssignment(wanted).describe().todo,
    once: (wanted) => [roleAssignment(wanted), ...(hasBelow ? [withoutArticleScope(wanted)] : []), ...more],
  };
}
