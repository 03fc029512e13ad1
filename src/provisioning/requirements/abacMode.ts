import * as l10n from '@vscode/l10n';
import { AzureError } from '../../azure/errors.ts';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { lossOf } from '../../domain/roles.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { assignmentsKey, readAssignmentsAtScope, readRegistry, registryKey } from '../engine/reads.ts';
import type { Evidence, Requirement, WalkContext } from '../types.ts';

/**
 * The upstream accepts repository permissions (`roleAssignmentMode: AbacRepositoryPermissions`). Switching stops AcrPull, AcrPush
 * and AcrDelete and the data rights of Owner, Contributor and Reader from working and invalidates issued credentials
 * (Microsoft's ABAC article), so it is done only with the user's consent (`isAllowed`), and never undone.
 */
export function abacMode(
  registryId: string,
  { isAllowed, needs = [] }: { readonly isAllowed: boolean; readonly needs?: readonly string[] },
): Requirement {
  const name = armIdName(registryId);
  const advice = l10n.t(
    'Switching the permission mode needs "Container Registry Contributor and Data Access Configuration Administrator" on the upstream registry.',
  );
  return {
    id: 'abacMode',
    kind: 'abacMode',
    needs,
    describe: () => ({
      title: l10n.t('Switch {0} to ABAC mode', name),
      todo: l10n.t('Permissions mode "RBAC Registry + ABAC Repository Permissions"'),
      done: l10n.t('{0} is now in ABAC mode.', name),
    }),

    async inspect(context) {
      const upstream = await readRegistry(context, registryId);
      if (upstream.roleAssignmentMode === 'AbacRepositoryPermissions') {
        return satisfied(l10n.t('{0} accepts repository permissions (ABAC).', name), [
          { text: 'roleAssignmentMode: AbacRepositoryPermissions', resourceId: upstream.id },
        ]);
      }
      const affected = await affectedAssignments(context, registryId);
      const off = l10n.t('{0} does not accept repository permissions: it is in RBAC mode.', name);
      const inProgress = upstream.provisioningState === 'Updating';
      if (!isAllowed) {
        const next = l10n.t('Confirm the switch to ABAC mode knowing what it breaks, or use the access form AcrPull.');
        return conflicting(`${off} ${next}`, affected);
      }
      return missing(off, affected, {
        inProgress,
        warnings: [
          l10n.t(
            'The switch ends AcrPull, AcrPush and AcrDelete and the data access of Owner, Contributor and Reader on {0}, and every credential issued before is refused until its client signs in again.',
            name,
          ),
        ],
      });
    },

    rights: [{ scope: registryId, action: 'Microsoft.ContainerRegistry/registries/write', advice }],
    reads: [registryKey(registryId), assignmentsKey(registryId)],
    writes: [registryKey(registryId)],
    skipsRecheck: true,
    async satisfy(context) {
      const switched = await context.azure.registries.setRoleAssignmentMode(registryId, 'AbacRepositoryPermissions', {
        signal: context.signal,
      });
      if (switched.roleAssignmentMode !== 'AbacRepositoryPermissions') {
        const text = l10n.t(
          'Azure accepted the switch of {0} to ABAC mode, but the registry still says that it is in RBAC mode.',
          name,
        );
        throw new AzureError(text, { kind: 'invalid', code: 'RoleAssignmentModeNotSwitched', writeAccepted: true });
      }
      context.remember(registryKey(registryId), switched);
    },
  };
}

/** The assignments that lose their effect by the switch, inherited ones included. */
async function affectedAssignments(context: WalkContext, registryId: string): Promise<Evidence[]> {
  const assignments = await ifReadable(() => readAssignmentsAtScope(context, registryId));
  if (!assignments) return [{ text: l10n.t('Whose access the switch ends could not be read.') }];
  return assignments.flatMap((assignment) => {
    const loss = lossOf(assignment.roleId);
    if (!loss) return [];
    const text = l10n.t(
      '{0} of {1} {2} at {3} no longer gives access to images.',
      loss.role.name,
      assignment.principalType ?? '',
      assignment.principalId,
      assignment.scope,
    );
    return [{ text, resourceId: assignment.id }];
  });
}
