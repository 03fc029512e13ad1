import type { Registry as SdkRegistry } from '@azure/arm-containerregistry';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../domain/armId.ts';
import { isLoginServer } from '../../domain/imageReference.ts';
import type { Registry } from '../../domain/types.ts';
import type { RegistriesClient } from '../azure.ts';
import { AzureError, isAzureError, isCancelled } from '../errors.ts';
import { mapLimited } from '../http/wait.ts';
import { normalizeRegistry, type RegistryBrand } from './normalizeRegistry.ts';
import { runWrite } from './operations.ts';
import { unreadable } from './requests.ts';
import { maxSubscriptions, queryResourceGraph } from './resourceGraph.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSession, ArmSessions } from './sessions.ts';

/** First GA version with `roleAssignmentMode` (bicep-types; 2025-04-01 lacks it). */
const apiVersion = '2025-11-01';

const allRegistries =
  "resources | where type =~ 'microsoft.containerregistry/registries' | project id, name, location, tenantId, sku, properties | order by id asc";

export function createRegistriesClient(sessions: ArmSessions, sdk: SdkClients, brand: RegistryBrand): RegistriesClient {
  /** Registries among `rows`, marked as named by ARM. */
  function accept(rows: readonly unknown[], tenantId: string): Registry[] {
    return rows.flatMap((row) => {
      const registry = normalizeRegistry(row, tenantId);
      return registry ? [brand.mark(registry)] : [];
    });
  }

  function acceptOne(row: unknown, session: ArmSession): Registry {
    const [registry] = accept([row], session.tenantId);
    if (!registry) {
      throw unreadable(`GET ${session.arm.origin}`);
    }
    return registry;
  }

  return {
    async list(subscriptionIds, { signal, onPage } = {}) {
      const registries = new Map<string, Registry>();
      const failures: { subscriptionId: string; error: Error }[] = [];
      const add = (page: readonly Registry[]): void => {
        const fresh = page.filter((registry) => !registries.has(registry.id.toLowerCase()));
        fresh.forEach((registry) => registries.set(registry.id.toLowerCase(), registry));
        onPage?.(fresh);
      };

      async function listOne(session: ArmSession, subscriptionId: string): Promise<void> {
        try {
          const client = await sdk.registries(subscriptionId);
          for await (const page of client.registries.list({ abortSignal: signal }).byPage()) {
            add(accept(page.map(toArmJson), session.tenantId));
          }
        } catch (error) {
          fail(error, [subscriptionId]);
        }
      }

      function fail(error: unknown, failed: readonly string[]): void {
        if (isCancelled(error)) {
          throw error;
        }
        failures.push(...failed.map((subscriptionId) => ({ subscriptionId, error: asError(error) })));
      }

      async function listTenant(session: ArmSession, asked: readonly string[]): Promise<void> {
        try {
          for (let start = 0; start < asked.length; start += maxSubscriptions) {
            const chunk = asked.slice(start, start + maxSubscriptions);
            for await (const rows of queryResourceGraph(session.arm, allRegistries, chunk, signal)) {
              add(accept(rows, session.tenantId));
            }
          }
        } catch (error) {
          if (isAzureError(error, 'unauthenticated') || isAzureError(error, 'network') || isCancelled(error)) {
            // Listing each subscription would meet the same wall, only slower.
            fail(error, asked);
          } else {
            await mapLimited(asked, 8, (subscriptionId) => listOne(session, subscriptionId));
          }
        }
      }

      const { groups, unknown } = groupBySession(sessions, subscriptionIds);
      for (const subscriptionId of unknown) {
        fail(invisible(sessions, subscriptionId), [subscriptionId]);
      }
      await Promise.all([...groups].map(([session, asked]) => listTenant(session, asked)));
      return { registries: [...registries.values()], failures };
    },

    async get(registryId, { signal } = {}) {
      const session = sessions.forResource(registryId);
      const client = await sdk.registries(armIdSubscription(registryId));
      const found = await client.registries.get(armIdResourceGroup(registryId), armIdName(registryId), {
        abortSignal: signal,
      });
      return acceptOne(toArmJson(found), session);
    },

    async findByLoginServer(loginServer, { signal } = {}) {
      const host = loginServer.toLowerCase();
      if (!isLoginServer(host)) {
        return undefined;
      }
      // `isLoginServer` admits no quote, so the text cannot leave its place in the query.
      const query = `resources | where type =~ 'microsoft.containerregistry/registries' | where properties.loginServer =~ '${host}' | project id, name, location, tenantId, sku, properties`;
      const search = async (session: ArmSession): Promise<Registry | undefined> => {
        const ids = session.subscriptions.map(({ id }) => id);
        for (let start = 0; start < ids.length; start += maxSubscriptions) {
          for await (const rows of queryResourceGraph(
            session.arm,
            query,
            ids.slice(start, start + maxSubscriptions),
            signal,
          )) {
            const found = accept(rows, session.tenantId).find((registry) => registry.loginServer === host);
            if (found) {
              return found;
            }
          }
        }
        return undefined;
      };
      const answers = await Promise.allSettled(sessions.all.map(search));
      const found = answers.find((answer) => answer.status === 'fulfilled' && answer.value !== undefined);
      if (found?.status === 'fulfilled') {
        return found.value;
      }
      // Not found is only certain when every tenant answered; otherwise list, which has a fallback.
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (!failed) {
        return undefined;
      }
      if (isCancelled(failed.reason)) {
        throw failed.reason;
      }
      const all = sessions.all.flatMap((session) => session.subscriptions.map(({ id }) => id));
      const { registries, failures } = await this.list(all, { signal });
      const listed = registries.find((registry) => registry.loginServer === host);
      if (!listed && failures[0]) {
        throw failures[0].error;
      }
      return listed;
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

/** The SDK lifts `properties` to the top; put back what the product reads, so that one function normalizes all. */
function toArmJson(registry: SdkRegistry): unknown {
  const { id, name, location, sku, ...properties } = registry;
  return { id, name, location, sku, properties };
}

function groupBySession(
  sessions: ArmSessions,
  subscriptionIds: readonly string[],
): { groups: Map<ArmSession, string[]>; unknown: string[] } {
  const groups = new Map<ArmSession, string[]>();
  const unknown: string[] = [];
  for (const subscriptionId of new Set(subscriptionIds)) {
    const session = sessions.find(subscriptionId);
    if (session) {
      groups.set(session, [...(groups.get(session) ?? []), subscriptionId]);
    } else {
      unknown.push(subscriptionId);
    }
  }
  return { groups, unknown };
}

function invisible(sessions: ArmSessions, subscriptionId: string): unknown {
  try {
    return sessions.forSubscription(subscriptionId);
  } catch (error) {
    return error;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new AzureError(String(error), { kind: 'unavailable', code: 'Unknown' });
}
