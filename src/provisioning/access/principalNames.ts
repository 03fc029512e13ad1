import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions } from '../../azure/azure.ts';
import type { RoleAssignment } from '../../domain/types.ts';

/** Who holds a role. `principalType`: as Azure says it. */
export type Holder = Pick<RoleAssignment, 'principalId' | 'principalType'>;

/** How people call a holder of a role. */
export type NameOf = (holder: Holder) => string;

/**
 * Reads how the holders of roles at a scope are called. Who has no name that can be read is called by kind and id.
 * @throws AzureError `cancelled`
 */
export async function readNames(
  azure: Azure,
  scope: string,
  holders: readonly Holder[],
  options: CallOptions = {},
): Promise<NameOf> {
  const ids = holders.map(({ principalId }) => principalId);
  const names = ids.length === 0 ? undefined : await azure.principals.names(scope, ids, options);
  return (holder) => names?.get(holder.principalId.toLowerCase()) ?? shortName(holder);
}

/** `service principal 0c33475f…`: a whole id tells a reader no more. */
function shortName({ principalId, principalType }: Holder): string {
  const id = principalId.length > 8 ? `${principalId.slice(0, 8)}…` : principalId;
  switch (principalType) {
    case 'User':
      return l10n.t('user {0}', id);
    case 'Group':
      return l10n.t('group {0}', id);
    case 'ServicePrincipal':
      return l10n.t('service principal {0}', id);
    default:
      return l10n.t('principal {0}', id);
  }
}
