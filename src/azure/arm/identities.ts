import type { Identity as SdkIdentity } from '@azure/arm-msi';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import type { Identity } from '../../domain/types.ts';
import type { IdentitiesClient } from '../azure.ts';
import { sdkDelete, sdkEntries } from '../http/pages.ts';
import { unreadable } from './requests.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSessions } from './sessions.ts';

/** User-assigned managed identities, by `@azure/arm-msi`. */
export function createIdentitiesClient(sessions: ArmSessions, sdk: SdkClients): IdentitiesClient {
  async function open(identityId: string) {
    sessions.forResource(identityId);
    const client = await sdk.identities(armIdSubscription(identityId));
    return { client, group: armIdResourceGroup(identityId), name: armIdName(identityId) };
  }

  return {
    async list(subscriptionId, { signal } = {}) {
      const client = await sdk.identities(subscriptionId);
      const list = client.userAssignedIdentities.listBySubscription({ abortSignal: signal });
      return sdkEntries(list, `GET /subscriptions/${subscriptionId}/…/userAssignedIdentities`, normalizeIdentity);
    },

    async get(identityId, { signal } = {}) {
      const { client, group, name } = await open(identityId);
      return identityOrThrow(await client.userAssignedIdentities.get(group, name, { abortSignal: signal }));
    },

    async create(identityId, location, { signal } = {}) {
      const { client, group, name } = await open(identityId);
      const identities = client.userAssignedIdentities;
      return identityOrThrow(await identities.createOrUpdate(group, name, { location }, { abortSignal: signal }));
    },

    async federatedCredentials(identityId, { signal } = {}) {
      const { client, group, name } = await open(identityId);
      const list = client.federatedIdentityCredentials.list(group, name, { abortSignal: signal });
      const request = `GET ${identityId}/federatedIdentityCredentials`;
      return sdkEntries(list, request, (credential) => credential.name ?? credential.id ?? '?');
    },

    async delete(identityId, { signal } = {}) {
      const { client, group, name } = await open(identityId);
      const identities = client.userAssignedIdentities;
      return sdkDelete((onResponse) => identities.delete(group, name, { abortSignal: signal, onResponse }));
    },
  };
}

function identityOrThrow(identity: SdkIdentity): Identity {
  const known = normalizeIdentity(identity);
  if (!known) throw unreadable('userAssignedIdentities');
  return known;
}

function normalizeIdentity(identity: SdkIdentity): Identity | undefined {
  const { id, name, location, principalId, clientId, tenantId } = identity;
  if (!id || !name || !principalId || !clientId) return undefined;
  return {
    id,
    name,
    resourceGroup: armIdResourceGroup(id),
    location,
    principalId,
    clientId,
    tenantId: tenantId ?? '',
  };
}
