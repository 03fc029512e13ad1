import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import type { Registry } from '../../domain/types.ts';
import type { RegistriesClient } from '../azure.ts';
import { normalizeRegistry, type RegistryBrand } from './normalizeRegistry.ts';
import { runWrite } from './operations.ts';
import { createRegistryListing, toArmJson, type AcceptRegistries } from './registryListing.ts';
import { unreadable } from './requests.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSession, ArmSessions } from './sessions.ts';

/** First GA version with `roleAssignmentMode` (bicep-types; 2025-04-01 lacks it). */
const apiVersion = '2025-11-01';

export function createRegistriesClient(sessions: ArmSessions, sdk: SdkClients, brand: RegistryBrand): RegistriesClient {
  const accept: AcceptRegistries = (rows, session) =>
    rows.flatMap((row) => {
      const registry = normalizeRegistry(row, session.tenantId);
      return registry ? [brand.mark(registry)] : [];
    });

  function acceptOne(row: unknown, session: ArmSession): Registry {
    const [registry] = accept([row], session);
    if (!registry) {
      throw unreadable(`GET ${session.arm.origin}`);
    }
    return registry;
  }

  return {
    ...createRegistryListing(sessions, sdk, accept),

    async get(registryId, { signal } = {}) {
      const session = sessions.forResource(registryId);
      const client = await sdk.registries(armIdSubscription(registryId));
      const [group, name] = [armIdResourceGroup(registryId), armIdName(registryId)];
      return acceptOne(toArmJson(await client.registries.get(group, name, { abortSignal: signal })), session);
    },

    async setRoleAssignmentMode(registryId, mode, { signal } = {}) {
      const session = sessions.forResource(registryId);
      // Not through the SDK: its poller loses the code of a failed operation.
      const body = { properties: { roleAssignmentMode: mode } };
      const after = await runWrite(session.arm, 'PATCH', `${registryId}?api-version=${apiVersion}`, { body, signal });
      return acceptOne(after, session);
    },

    async getJson(resourceId, { signal } = {}) {
      const session = sessions.forResource(resourceId);
      return session.arm.get(`${resourceId}?api-version=${apiVersionOf(resourceId)}`, signal);
    },
  };
}

/** The api-version that describes a resource of the kinds this product shows. */
function apiVersionOf(resourceId: string): string {
  const lower = resourceId.toLowerCase();
  if (lower.includes('/providers/microsoft.authorization/')) {
    return '2022-04-01';
  }
  return lower.includes('/providers/microsoft.managedidentity/') ? '2024-11-30' : apiVersion;
}
