import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { accessRevocations, performRevocation, type AccessRevocation } from './accessRevocations.ts';
import { readIdentityUsage } from './identityUsage.ts';
import { readIdentity } from '../engine/reads.ts';
import type { Revocation, WalkContext } from '../types.ts';

/**
 * Takes the link's part out of the identity's assignments that `isMeant` says: narrows a condition that others share, else deletes
 * the assignment. What an existing rule reads stays, so revoke the rules first.
 */
export async function revokeAccess(
  context: WalkContext,
  isMeant: (assignment: RoleAssignment) => boolean,
): Promise<Revocation> {
  const { link } = context;
  const upstream = armIdName(link.upstream.id);
  const identity = await readIdentity(context);
  const usage = identity && (await readIdentityUsage(context, identity));
  const meant = usage ? accessRevocations(link, usage).filter(({ assignment }) => isMeant(assignment)) : [];
  const results: Revocation[] = [];
  for (const revocation of meant) results.push(await revokeOne(context, revocation));
  const gone = l10n.t('{0} holds no permission on {1} for this link any more.', armIdName(link.identity.id), upstream);
  return results.find((result) => !result.gone) ?? results[0] ?? { gone: true, reason: gone };
}

async function revokeOne(context: WalkContext, revocation: AccessRevocation): Promise<Revocation> {
  const { assignment, action, inUseBy, unknown, title } = revocation;
  if (action.kind === 'none') {
    return { gone: false, reason: l10n.t('{0} stays: {1}', title, [...inUseBy, unknown ?? ''].join(' ').trim()) };
  }
  const { scope, principalId, roleId, name } = assignment;
  const isOurs = roleAssignmentName(scope, principalId, roleId).toLowerCase() === name.toLowerCase();
  if (assignment.condition === undefined && !isOurs) {
    return { gone: false, reason: l10n.t('{0} stays: it was not made by this set-up.', title) };
  }
  await performRevocation(context, revocation);
  return { gone: true, reason: revocation.done };
}
