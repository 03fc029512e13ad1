import type { Registry as SdkRegistry } from '@azure/arm-containerregistry';
import { safeMessage } from '../../common/secrets.ts';
import { isLoginServer } from '../../domain/imageReference.ts';
import type { Registry } from '../../domain/types.ts';
import type { RegistriesClient } from '../azure.ts';
import { AzureError, isAzureError, isCancelled } from '../errors.ts';
import { sdkPages } from '../http/pages.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { queryResourceGraph } from './resourceGraph.ts';
import type { SdkClients } from './sdk.ts';
import type { ArmSession, ArmSessions } from './sessions.ts';

/** Turns rows of ARM's JSON into registries of this session. */
export type AcceptRegistries = (rows: readonly unknown[], session: ArmSession) => Registry[];

const allRegistries = "resources | where type =~ 'microsoft.containerregistry/registries'";
const columns = 'project id, name, location, tenantId, sku, properties';

/** The two ways to see many registries at once: Resource Graph, and the SDK's lists where that fails. */
export function createRegistryListing(
  sessions: ArmSessions,
  sdk: SdkClients,
  accept: AcceptRegistries,
): Pick<RegistriesClient, 'list' | 'findByLoginServer'> {
  const list: RegistriesClient['list'] = async (subscriptionIds, { signal, onPage } = {}) => {
    const registries = new Map<string, Registry>();
    const failures: { subscriptionId: string; error: Error }[] = [];

    function add(page: readonly Registry[]): void {
      // A page that repeats a row, as happens when resources change between pages, counts once.
      const fresh = page.filter((registry) => !registries.has(registry.id.toLowerCase()));
      fresh.forEach((registry) => registries.set(registry.id.toLowerCase(), registry));
      onPage?.(fresh);
    }

    function fail(error: unknown, failed: readonly string[]): void {
      if (isCancelled(error)) throw error;
      for (const subscriptionId of failed) failures.push({ subscriptionId, error: asError(error) });
    }

    async function listTenant(session: ArmSession, asked: readonly string[]): Promise<void> {
      try {
        for await (const rows of queryResourceGraph(
          session.arm,
          `${allRegistries} | ${columns} | order by id asc`,
          asked,
          signal,
        )) {
          add(accept(rows, session));
        }
      } catch (error) {
        if (isAzureError(error, 'unauthenticated') || isAzureError(error, 'network') || isCancelled(error)) {
          // Listing each subscription would meet the same wall, only slower.
          fail(error, asked);
        } else {
          await mapBounded(asked, 8, (subscriptionId) => listSubscription(session, subscriptionId));
        }
      }
    }

    async function listSubscription(session: ArmSession, subscriptionId: string): Promise<void> {
      try {
        const client = await sdk.registries(subscriptionId);
        const pages = client.registries.list({ abortSignal: signal });
        for await (const page of sdkPages(pages, `GET /subscriptions/${subscriptionId}/…/registries`)) {
          add(accept(page.map(toArmJson), session));
        }
      } catch (error) {
        fail(error, [subscriptionId]);
      }
    }

    const groups = new Map<ArmSession, string[]>();
    for (const subscriptionId of new Set(subscriptionIds)) {
      try {
        const session = sessions.forSubscription(subscriptionId);
        groups.set(session, [...(groups.get(session) ?? []), subscriptionId]);
      } catch (error) {
        fail(error, [subscriptionId]);
      }
    }
    await Promise.all([...groups].map(([session, asked]) => listTenant(session, asked)));
    return { registries: [...registries.values()], failures };
  };

  return {
    list,
    async findByLoginServer(loginServer, { signal } = {}) {
      const host = loginServer.toLowerCase();
      if (!isLoginServer(host)) return undefined;
      // `isLoginServer` admits no quote, so the text cannot leave its place in the query.
      const query = `${allRegistries} | where properties.loginServer =~ '${host}' | ${columns}`;
      const search = async (session: ArmSession): Promise<Registry | undefined> => {
        const ids = session.subscriptions.map(({ id }) => id);
        for await (const rows of queryResourceGraph(session.arm, query, ids, signal)) {
          const found = accept(rows, session).find((registry) => registry.loginServer === host);
          if (found) return found;
        }
        return undefined;
      };
      const answers = await Promise.allSettled(sessions.all.map(search));
      const found = answers.find((answer) => answer.status === 'fulfilled' && answer.value !== undefined);
      const failed = answers.find((answer) => answer.status === 'rejected');
      if (found?.status === 'fulfilled') return found.value;
      if (!failed) return undefined;
      if (isCancelled(failed.reason)) throw failed.reason;
      // "Not found" is only certain when every tenant answered; listing has a fallback of its own.
      const all = sessions.all.flatMap((session) => session.subscriptions.map(({ id }) => id));
      const { registries, failures } = await list(all, { signal });
      const listed = registries.find((registry) => registry.loginServer === host);
      if (!listed && failures[0]) throw failures[0].error;
      return listed;
    },
  };
}

/** The SDK lifts `properties` to the top; put back what the extension reads, so that one function normalizes all. */
function toArmJson(registry: SdkRegistry): unknown {
  const { id, name, location, sku, ...properties } = registry;
  return { id, name, location, sku, properties };
}

function asError(error: unknown): Error {
  if (isAzureError(error)) return error;
  // The SDK stumbles over what it does not expect.
  return new AzureError(safeMessage(String(error)), { kind: 'unavailable', code: 'UnreadableAnswer', cause: error });
}
