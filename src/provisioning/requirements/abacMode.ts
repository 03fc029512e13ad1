import * as l10n from '@vscode/l10n';
import { AzureError } from '../../azure/errors.ts';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { lossOf, roleName } from '../../domain/roles.ts';
import { readNames } from '../access/principalNames.ts';
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
    'Switching the permissions mode requires "Container Registry Contributor and Data Access Configuration Administrator" on the upstream registry.',
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
        return satisfied(l10n.t('{0} is in ABAC mode.', name), [
          { text: 'roleAssignmentMode: AbacRepositoryPermissions', resourceId: upstream.id },
        ]);
      }
      const affected = await affectedAssignments(context, registryId);
      const off = l10n.t('{0} is in RBAC mode, without permissions per repository.', name);
      const inProgress = upstream.provisioningState === 'Updating';
      if (!isAllowed) {
        const next = l10n.t('Decide whether to switch it to ABAC mode or to read it with AcrPull.');
        return conflicting(`${off} ${next}`, affected);
      }
      return missing(off, affected, {
        inProgress,
        warnings: [
          l10n.t(
            'On {0}, AcrPull stops working; all must sign in again. AcrPush and AcrDelete stop working, too; Owner, Contributor and Reader lose access to images.',
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
          'Azure accepted the switch of {0} to ABAC mode, but the registry still reports RBAC mode.',
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
  if (!assignments) return [{ text: l10n.t('Could not read whose access the switch ends.') }];
  const affected = assignments.filter(({ roleId }) => lossOf(roleId));
  const nameOf = await readNames(context.azure, registryId, affected, { signal: context.signal });
  return affected.map((assignment) => ({
    text: l10n.t(
      '{0} of {1} at {2} will no longer give access to images.',
      roleName(assignment.roleId),
      nameOf(assignment),
      assignment.scope,
    ),
    resourceId: assignment.id,
  }));
}
