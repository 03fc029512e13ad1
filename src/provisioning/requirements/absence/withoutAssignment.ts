import * as l10n from '@vscode/l10n';
import { armIdKey, sameArmId } from '../../../domain/armId.ts';
import type { RoleAssignment } from '../../../domain/types.ts';
import {
  accessRevocations,
  changedMeanwhile,
  performRevocation,
  type AccessRevocation,
} from '../../access/accessRevocations.ts';
import { mayAssignRoles } from '../../access/assignRole.ts';
import { readUsageBeside, usageKeys } from '../../access/identityUsage.ts';
import { missing, satisfied } from '../../engine/inspection.ts';
import { assignmentsKey, identityKey, readAssignments, readIdentity } from '../../engine/reads.ts';
import type { CacheLink, Fingerprint, Inspection, Requirement, WalkContext } from '../../types.ts';
import { findSurely, gone, keptFor, requireGone } from './absence.ts';

/**
 * The role assignment no longer lets the link's sources be read: it is deleted or, where others share its condition, narrowed. One
 * by which somebody else reads stays, and so does one that is not understood. While it is planned the rule counts as gone.
 * @param reviewed what taking the link's part out of the assignment means
 */
export function withoutAssignment(
  link: CacheLink,
  ruleId: string,
  { assignment, title, todo, done, subject, action }: AccessRevocation,
): Requirement {
  const { principalId } = assignment;
  const isNarrowed = action.kind === 'narrow';
  const isMeant = ({ id }: RoleAssignment): boolean => sameArmId(id, assignment.id);
  const find = async (context: WalkContext): Promise<RoleAssignment | undefined> =>
    (await readAssignments(context, link.source.id, principalId)).find(isMeant);

  /** By the principal of the review: an identity of the same name made since is another one, and this outlives the old one. */
  async function judge(context: WalkContext) {
    const present = await readIdentity(context, link.authentication.identityId);
    const isGone = present?.principalId.toLowerCase() !== principalId.toLowerCase();
    const usage = await readUsageBeside(
      context,
      link,
      { id: link.authentication.identityId, principalId, isGone },
      ruleId,
    );
    return { usage, revocation: accessRevocations(link, usage).find((one) => isMeant(one.assignment)) };
  }

  return {
    id: `withoutAssignment:${armIdKey(assignment.id)}`,
    kind: 'withoutAssignment',
    needs: [],
    isOptional: true,
    rights: [mayAssignRoles(assignment.scope)],
    reads: [
      identityKey(link.authentication.identityId),
      assignmentsKey(link.source.id),
      ...usageKeys(link.authentication.identityId),
    ],
    writes: [assignmentsKey(link.source.id)],
    describe: () => ({ title, todo, done, subject }),

    async inspect(context): Promise<Inspection> {
      const present = await findSurely(context, find);
      if (!present) return gone(subject);
      const evidence = [{ text: present.scope, resourceId: present.id }];
      const { usage, revocation } = await judge(context);
      if (!revocation) return keptFor([], [usage.unknown.join(' ') || changedMeanwhile(present)], evidence);
      const { inUseBy, unknown, isForOthers } = revocation;
      if (isNarrowed && isForOthers) return satisfied(done, evidence, { code: 'gone' });
      if (revocation.action.kind === 'none') return keptFor(inUseBy, unknown === undefined ? [] : [unknown], evidence);
      const fingerprint = fingerprintOf(present, revocation);
      return missing(l10n.t('Nothing else needs this access.'), evidence, { code: 'exists', fingerprint });
    },

    async satisfy(context) {
      const { revocation } = await judge(context);
      if (revocation) await performRevocation(context, revocation);
      if (!isNarrowed) await requireGone(context, subject, find);
    },
  };
}

/** What is narrowed keeps what was added to it since; what is deleted has to be what was looked at. */
function fingerprintOf(
  { roleId, principalId, scope, condition = '' }: RoleAssignment,
  { action }: AccessRevocation,
): Fingerprint {
  const holder = [roleId, principalId, armIdKey(scope)].join(' ');
  return { holder, action: action.kind, ...(action.kind === 'delete' ? { condition } : {}) };
}
