import type { CredentialSet as SdkCredentialSet } from '@azure/arm-containerregistry';
import { armIdName, armIdResourceGroup, armIdSubscription, parentArmId } from '../../domain/armId.ts';
import type { CredentialSet } from '../../domain/types.ts';
import type { CredentialSetsClient } from '../azure.ts';
import { safeMessage } from '../../common/secrets.ts';
import { unreadable } from './requests.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSessions } from './sessions.ts';

/** Credential sets, by `@azure/arm-containerregistry`. */
export function createCredentialSetsClient(sessions: ArmSessions, sdk: SdkClients): CredentialSetsClient {
  return {
    async get(credentialSetId, { signal } = {}) {
      sessions.forResource(credentialSetId);
      const client = await sdk.registries(armIdSubscription(credentialSetId));
      const registry = armIdName(parentArmId(credentialSetId) ?? '');
      const [group, name] = [armIdResourceGroup(credentialSetId), armIdName(credentialSetId)];
      return normalize(await client.credentialSets.get(group, registry, name, { abortSignal: signal }));
    },
  };
}

function normalize(set: SdkCredentialSet): CredentialSet {
  const { id } = set;
  if (!id) throw unreadable('credentialSets');
  return {
    id,
    loginServer: (set.loginServer ?? '').toLowerCase(),
    health: (set.authCredentials ?? []).map(({ credentialHealth }) => ({
      status: credentialHealth?.status ?? 'Unknown',
      ...(credentialHealth?.errorCode ? { errorCode: safeMessage(credentialHealth.errorCode) } : {}),
      ...(credentialHealth?.errorMessage ? { errorMessage: safeMessage(credentialHealth.errorMessage) } : {}),
    })),
  };
}
