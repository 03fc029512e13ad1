import * as l10n from '@vscode/l10n';
import { isAzureError } from '../azure/errors.ts';
import type { RoleAssignment } from '../domain/types.ts';
import { retryBounded } from './retryBounded.ts';
import type { WalkContext } from './types.ts';

/**
 * Writes one assignment for a service principal, waiting (bounded) while the directory does not know a new principal yet.
 * It may take minutes until the data plane honours it; `verifyCached` waits for that, not this.
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
  },
): Promise<RoleAssignment> {
  const { scope, name, ...input } = assignment;
  context.forget('assignments:');
  return retryBounded(
    context,
    () =>
      context.azure.roles.put(scope, name, { ...input, principalType: 'ServicePrincipal' }, { signal: context.signal }),
    (error) => isAzureError(error) && error.code === 'PrincipalNotFound',
    l10n.t('waiting for the directory to know the new identity'),
  );
}
