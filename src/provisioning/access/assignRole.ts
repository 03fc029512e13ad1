import type { RoleAssignmentInput } from '../../azure/azure.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import type { WalkContext } from '../types.ts';

/** Waits after a write before it is looked at, milliseconds: longer than another writer takes from its read to its write. */
export const lookAfter: readonly number[] = [1000, 1000, 2000, 4000];

/**
 * Writes one assignment; a principal that the directory does not know yet is retried, within a bound, by
 * the client. It may take minutes until the data plane honours it: `verifyCached` waits for that, not this.
 * @returns what is there now: another assignment of the same role, principal and scope if one was made meanwhile.
 */
export async function assignRole(
  context: WalkContext,
  assignment: {
    readonly scope: string;
    readonly name: string;
    readonly roleId: string;
    readonly principalId: string;
    readonly condition?: string;
    readonly description?: string;
    /** Default: a service principal, which managed identities are. */
    readonly principalType?: RoleAssignmentInput['principalType'];
  },
): Promise<RoleAssignment> {
  const { scope, name, ...input } = assignment;
  context.forget('assignments:');
  const signal = context.signal;
  return context.azure.roles.put(scope, name, { principalType: 'ServicePrincipal', ...input }, { signal });
}
