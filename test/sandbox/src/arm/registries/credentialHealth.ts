import type { Core } from '../../core.ts';
import { objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { isAllowed } from '../../rbac/isAllowed.ts';
import type { ResourceState } from '../../types.ts';
import { policiesOf, vaultType } from '../keyVaults.ts';

const getSecret = 'Microsoft.KeyVault/vaults/secrets/getSecret/action';

/**
 * What the service finds when it reads a credential's secrets as the set's identity, now: recorded `Unhealthy` from the set's first answer
 * on, first because its application is not known yet, then until it may read the vault. Undefined for a credential without secrets.
 */
export function credentialHealth(core: Core, set: ResourceState, credential: JsonObject): JsonObject | undefined {
  const uris = ['usernameSecretIdentifier', 'passwordSecretIdentifier'].map((name) => stringAt(credential, name));
  if (uris.includes(undefined)) return undefined;
  const forced = core.options.credentialHealth;
  if (forced === 'healthy') return { status: 'Healthy' };
  if (forced === 'unhealthy')
    return unhealthy('Forbidden', 'The credentials are unhealthy by an option of the sandbox.');
  return uris.map((uri) => troubleWith(core, set, new URL(uri ?? ''))).find(Boolean) ?? { status: 'Healthy' };
}

function unhealthy(errorCode: string, errorMessage: string): JsonObject {
  return { status: 'Unhealthy', errorCode, errorMessage };
}

function troubleWith(core: Core, set: ResourceState, uri: URL): JsonObject | undefined {
  const { principalId = '', tenantId = '' } = set.identity ?? {};
  const principal = core.state.principals.get(principalId);
  if (!principal || core.clock.now() < principal.createdAt + core.options.principalReplicationMs) {
    return unhealthy(
      'unauthorized_client',
      `AADSTS700016: Application with identifier '${principalId}' was not found in the directory '${tenantId}'.`,
    );
  }
  const vaultName = uri.hostname.split('.')[0] ?? '';
  const secretName = uri.pathname.split('/')[2] ?? '';
  const vault = [...core.state.resources.values()].find(
    ({ type, name }) => type === vaultType && name.toLowerCase() === vaultName,
  );
  const vaultId = vault?.id ?? scopeNaming(core, vaultName);
  const may =
    vaultId !== undefined &&
    (vault && vault.properties['enableRbacAuthorization'] !== true
      ? mayByPolicy(vault, principalId)
      : isAllowed(core, principalId, getSecret, `${vaultId}/secrets/${secretName}`, { kind: 'dataAction' }));
  if (!may) {
    return unhealthy(
      'Forbidden',
      `The user, group or application 'appid=${principalId};oid=${principalId};iss=https://sts.windows.net/${tenantId}/' does not have secrets get permission on key vault '${vaultName}${vault?.location === undefined ? '' : `;location=${vault.location}`}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    );
  }
  if (!vault || core.state.resources.has(`${vault.id}/secrets/${secretName}`.toLowerCase())) return undefined;
  return unhealthy(
    'SecretNotFound',
    `A secret with (name/id) ${secretName} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
  );
}

/** A vault that ARM here does not keep, for instance one of another team: the assignments that name it tell its id. */
function scopeNaming(core: Core, vaultName: string): string | undefined {
  const wanted = `/providers/${vaultType}/${vaultName}`.toLowerCase();
  return [...core.state.roleAssignments.values()]
    .map(({ scope }) => scope.replace(/\/secrets\/[^/]+$/i, ''))
    .find((scope) => scope.toLowerCase().endsWith(wanted));
}

function mayByPolicy(vault: ResourceState, principalId: string): boolean {
  return policiesOf(vault).some((policy) => {
    const secrets = objectAt(policy, 'permissions')['secrets'];
    return (
      stringAt(policy, 'objectId')?.toLowerCase() === principalId.toLowerCase() &&
      Array.isArray(secrets) &&
      secrets.some((one) => /^(get|all)$/i.test(String(one)))
    );
  });
}
