import * as l10n from '@vscode/l10n';
import type { Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import { abacMode } from '../requirements/abacMode.ts';
import { isBelow } from '../access/grants.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { withoutArticleScope } from '../requirements/withoutArticleScope.ts';
import type { CacheLink, Requirement } from '../types.ts';
import { notApplicable, unknown, type Found } from './check.ts';
import { commonRepair, identityAndUpstream } from './commonRepair.ts';
import type { Facts } from './facts.ts';
import type { Repair } from './types.ts';

/** What the checks of permission need, all of it known. */
export interface Access {
  readonly link: CacheLink;
  readonly upstream: Registry;
  readonly identity: Identity;
  readonly assignments: readonly RoleAssignment[];
}

/** @returns the finding instead, when the question does not arise or cannot be answered */
export async function readAccess(facts: Facts): Promise<Access | Found> {
  const identity = await facts.identity();
  if (identity === undefined) return notApplicable(l10n.t('The rule has no managed identity.'));
  if (identity === 'gone') {
    return notApplicable(l10n.t('The managed identity does not exist; its permission comes with it.'));
  }
  const found = await facts.link();
  if (!found.ok) {
    if (found.error) throw found.error;
    if (found.code === 'notAcr') return notApplicable(found.reason);
    return unknown(
      l10n.t('Could not be checked: {0}', found.reason),
      l10n.t('Let someone who sees the upstream registry diagnose.'),
    );
  }
  const assignments = await facts.assignments(found.upstream, identity);
  return { link: found.link, upstream: found.upstream, identity, assignments };
}

export function isFound(value: Access | Found): value is Found {
  return 'verdict' in value;
}

/** Gives the identity the documented permission; on a registry in RBAC mode only by switching it. `more`: what is done after that. */
export function grantRepair(access: Access, more: readonly Requirement[] = []): Repair {
  const { link, upstream, identity, assignments } = access;
  const about = identityAndUpstream(link);
  if (upstream.roleAssignmentMode === 'LegacyRegistryPermissions') {
    return commonRepair({
      id: 'switchToAbac',
      about,
      link: { ...link, access: 'condition', allowAbacSwitch: true },
      title: () => l10n.t('Switch {0} to ABAC mode and let {1} read the source', upstream.name, identity.name),
      once: (switched) => [abacMode(switched.source.id, { isAllowed: true }), roleAssignment(switched), ...more],
      confirmation: 'abacSwitch',
    });
  }
  const hasBelow = assignments.some(({ scope }) => isBelow(scope, upstream.id));
  return commonRepair({
    id: hasBelow ? 'replaceArticleScope' : 'grantRead',
    about,
    link: { ...link, access: 'condition' },
    title: (wanted) => roleAssignment(wanted).describe().todo,
    once: (wanted) => [roleAssignment(wanted), ...(hasBelow ? [withoutArticleScope(wanted)] : []), ...more],
  });
}
