import { armIdSubscription } from '../../domain/armId.ts';
import { isUnknownVersion, type ProviderVersions } from './providerVersions.ts';

/** Tells `roleAssignmentMode` and `softDeletePolicy`, which no GA version does together; see docs/azure-facts.md. */
const preferred = '2026-01-01-preview';
/** First version with `roleAssignmentMode`. */
const firstWithMode = '2025-03-01-preview';

/** Runs a request on registries with the api-version that tells most in this cloud. */
export interface RegistryVersions {
  run<T>(resourceId: string, signal: AbortSignal | undefined, call: (apiVersion: string) => Promise<T>): Promise<T>;
}

/** The preferred version, else the newest preview with the permission mode, else the newest at all. Pure, for tests. */
export function chooseRegistryVersion(offeredNewestFirst: readonly string[]): string {
  if (offeredNewestFirst.includes(preferred)) return preferred;
  const previews = offeredNewestFirst.filter((version) => version.endsWith('-preview') && version >= firstWithMode);
  return previews[0] ?? offeredNewestFirst[0] ?? preferred;
}

/** Asks the provider's list only after a version was refused, so that the usual cloud pays no extra request. */
export function createRegistryVersions(provider: ProviderVersions): RegistryVersions {
  const chosen = new Map<string, string>();
  return {
    async run(resourceId, signal, call) {
      const subscriptionId = armIdSubscription(resourceId).toLowerCase();
      const version = chosen.get(subscriptionId) ?? preferred;
      try {
        return await call(version);
      } catch (error) {
        if (!isUnknownVersion(error)) throw error;
        const offered = await provider.of(subscriptionId, 'registries', signal);
        const other = chooseRegistryVersion(offered ?? []);
        if (other === version) throw error;
        chosen.set(subscriptionId, other);
        return call(other);
      }
    },
  };
}
