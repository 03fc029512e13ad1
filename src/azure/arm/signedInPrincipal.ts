import { armIdSubscription } from '../../domain/armId.ts';
import { isGuid } from '../../domain/guid.ts';
import { shown } from '../../common/shown.ts';
import type { SignedInPrincipal } from '../azure.ts';
import { claimsOf } from '../http/jwt.ts';
import { text } from '../../common/json.ts';
import type { ArmSession } from './sessions.ts';

/**
 * Who the session's token for ARM speaks of, by its claims `oid`, `idtyp` and `scp` (learn.microsoft.com/entra/identity-platform/
 * access-token-claims-reference). Undefined: the token is none that can be read, or the subscription is delegated (Azure Lighthouse),
 * where the object id is that of another tenant and cannot be assigned a role.
 */
export async function signedInPrincipal(
  session: ArmSession,
  scope: string,
  signal: AbortSignal | undefined,
): Promise<SignedInPrincipal | undefined> {
  const id = armIdSubscription(scope).toLowerCase();
  const subscription = session.subscriptions.find((one) => one.id.toLowerCase() === id);
  if (subscription?.tenantId !== session.tenantId) return undefined;
  const claims = claimsOf(await session.armToken(signal));
  const principalId = text(claims['oid']);
  if (principalId === undefined || !isGuid(principalId)) return undefined;
  // Only tokens of users have scopes; `idtyp` is not in every token.
  const isApp = claims['idtyp'] === 'app' || (claims['idtyp'] === undefined && claims['scp'] === undefined);
  const name = text(claims['upn']) ?? text(claims['unique_name']) ?? text(claims['name']);
  return {
    principalId,
    principalType: isApp ? 'ServicePrincipal' : 'User',
    name: name === undefined ? principalId : shown(name, 100),
  };
}
