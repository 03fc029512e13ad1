import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { resourceGroupArmId } from '../../domain/armId.ts';
import type { CacheLink, Right, WalkContext } from '../types.ts';

/**
 * To write rules of the link, for which ARM looks at the identity too: by a linked access check that Microsoft does not document for
 * cache rules, in the form in which Managed Identity Operator grants it (`userAssignedIdentities/*\/assign/action`).
 */
export function mayWriteRules({ downstream, authentication }: CacheLink): Right[] {
  return [
    mayOnRules(downstream.id, 'write'),
    {
      scope: resourceGroupArmId(authentication.identityId),
      action: 'Microsoft.ManagedIdentity/userAssignedIdentities/default/assign/action',
      advice: advice(),
      isUncertain: true,
    },
  ];
}

/** To write or delete rules of a registry. */
export function mayOnRules(registryId: string, verb: 'write' | 'delete'): Right {
  const action = `Microsoft.ContainerRegistry/registries/cacheRules/${verb}`;
  return { scope: registryId, action, advice: advice() };
}

function advice(): string {
  return l10n.t(
    'Creating cache rules requires "Container Registry Cache Rule Administrator" on the downstream registry and "Managed Identity Operator" on the identity.',
  );
}

/** Waits between tries, milliseconds: half a minute in all. */
const waits = [1000, 2000, 4000, 8000, 15000];

/**
 * Writes a rule; ARM's own failure while a just created identity is not known everywhere yet is retried, within a bound.
 * @throws the last error when the waits are used up, or on cancel
 */
export async function writeRule<T>(context: WalkContext, write: () => Promise<T>): Promise<T> {
  for (const wait of waits) {
    try {
      return await write();
    } catch (error) {
      if (!isAzureError(error) || error.code !== 'FailedIdentityOperation') throw error;
      context.report(l10n.t('waiting for the registry to recognize the new identity'));
      await context.sleep(wait);
    }
  }
  return write();
}
