import * as l10n from '@vscode/l10n';
import type { RoleAssignmentInput } from '../../azure/azure.ts';
import type { AzureError } from '../../azure/errors.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { assignmentsKey } from '../engine/reads.ts';
import type { Key } from '../engine/memo.ts';
import type { Requirement, Right, WalkContext } from '../types.ts';

/** To assign and narrow roles at a scope. */
export function mayAssignRoles(scope: string): Right {
  const advice = l10n.t(
    'Assigning roles requires "Role Based Access Control Administrator" or "Owner" on the upstream registry. Ask its owner to run this step.',
  );
  return { scope, action: 'Microsoft.Authorization/roleAssignments/write', advice };
}

/** What the requirements about role assignments at a registry declare alike. `readsToo`: what they rely on besides. */
export function aboutAssignments(
  registryId: string,
  ...readsToo: readonly Key[]
): Pick<Requirement, 'kind' | 'rights' | 'reads' | 'writes' | 'adviceFor'> {
  return {
    kind: 'roleAssignment',
    rights: [mayAssignRoles(registryId)],
    reads: [assignmentsKey(registryId), ...readsToo],
    writes: [assignmentsKey(registryId)],
    adviceFor,
  };
}

/** What helps when a role could not be assigned. */
function adviceFor({ code }: AzureError): string | undefined {
  if (code === 'PrincipalNotFound') {
    return l10n.t('Microsoft Entra ID does not know the new identity yet. Wait a minute, then run the setup again.');
  }
  if (code === 'RoleAssignmentLimitExceeded') {
    return l10n.t("The subscription has reached Azure's limit of role assignments. Remove unused ones.");
  }
  return undefined;
}

/** Waits after a write before it is looked at, milliseconds: longer than another writer takes from its read to its write. */
export const recheckDelaysMs: readonly number[] = [1000, 1000, 2000, 4000];

/**
 * Writes one assignment; a principal that the directory does not know yet is retried, within a bound, by
 * the client. It may take minutes until the data plane honors it: `verifyCached` waits for that, not this.
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
  const { azure, signal } = context;
  return azure.roles.put(scope, name, { principalType: 'ServicePrincipal', ...input }, { signal });
}

/** Writes an assignment of a managed identity again, with another condition. */
export async function changeCondition(
  context: WalkContext,
  { scope, name, roleId, principalId, description }: RoleAssignment,
  condition: string,
): Promise<void> {
  await assignRole(context, { scope, name, roleId, principalId, condition, description });
}
