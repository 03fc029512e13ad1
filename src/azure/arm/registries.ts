import type { Registry } from '../../domain/types.ts';
import type { RegistriesClient } from '../azure.ts';
import { normalizeRegistry, type RegistryBrand } from './normalizeRegistry.ts';
import { runWrite } from './operations.ts';
import { createRegistryListing, type AcceptRegistries } from './registryListing.ts';
import { tellsMode, type RegistryVersions } from './versions/registryVersions.ts';
import { unreadable } from './requests.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSession, ArmSessions } from './sessions.ts';

export function createRegistriesClient(
  sessions: ArmSessions,
  sdk: SdkClients,
  brand: RegistryBrand,
  versions: RegistryVersions,
): RegistriesClient {
  const accept: AcceptRegistries = (rows, session) =>
    rows.flatMap((row) => {
      const registry = normalizeRegistry(row, {
        armHost: new URL(session.arm.origin).host,
        tenantOf: (subscriptionId) => homeTenant(session, subscriptionId),
      });
      return registry ? [brand.mark(registry)] : [];
    });

  function acceptOne(row: unknown, session: ArmSession): Registry {
    const [registry] = accept([row], session);
    if (!registry) throw unreadable(`GET ${session.arm.origin}`);
    return registry;
  }

  /** Not through the SDK: its poller loses the code of a failed operation. */
  async function patch(registryId: string, properties: object, signal: AbortSignal | undefined): Promise<Registry> {
    const session = sessions.forResource(registryId);
    const write = (version: string) =>
      runWrite(session.arm, 'PATCH', `${registryId}?api-version=${version}`, { body: { properties }, signal });
    return acceptOne(await versions.run(registryId, signal, write), session);
  }

  return {
    ...createRegistryListing(sessions, sdk, accept),

    async get(registryId, { signal } = {}) {
      const session = sessions.forResource(registryId);
      const read = (version: string) => session.arm.get(`${registryId}?api-version=${version}`, signal);
      return acceptOne(await versions.run(registryId, signal, read, tellsMode), session);
    },

    isRead: (registry) => brand.has(registry),

    setRoleAssignmentMode: (registryId, mode, { signal } = {}) =>
      patch(registryId, { roleAssignmentMode: mode }, signal),

    changeSettings(registryId, { trustedServices, softDelete }, { signal } = {}) {
      const properties = {
        ...(trustedServices === undefined
          ? {}
          : { networkRuleBypassOptions: trustedServices ? 'AzureServices' : 'None' }),
        ...(softDelete === undefined
          ? {}
          : { policies: { softDeletePolicy: { status: softDelete ? 'enabled' : 'disabled' } } }),
      };
      return patch(registryId, properties, signal);
    },

    async getJson(resourceId, { signal } = {}) {
      const session = sessions.forResource(resourceId);
      const read = (version: string) => session.arm.get(`${resourceId}?api-version=${version}`, signal);
      const fixed = fixedVersionOf(resourceId);
      return fixed ? read(fixed) : versions.run(resourceId, signal, read);
    },
  };
}

function homeTenant(session: ArmSession, subscriptionId: string): string {
  const known = session.subscriptions.find(({ id }) => id.toLowerCase() === subscriptionId.toLowerCase());
  return known?.tenantId ?? session.tenantId;
}

/** The api-version that describes a resource of the kinds this extension shows; undefined for those of the registry provider. */
function fixedVersionOf(resourceId: string): string | undefined {
  const lower = resourceId.toLowerCase();
  if (lower.includes('/providers/microsoft.authorization/')) return '2022-04-01';
  return lower.includes('/providers/microsoft.managedidentity/') ? '2024-11-30' : undefined;
}
