import { isAzureError } from '../../errors.ts';
import { undefinedIf } from '../../failures.ts';
import { record, text } from '../../../common/json.ts';
import { leaveOnAbort } from '../../http/wait.ts';
import type { ArmSessions } from '../sessions.ts';

/** The api-versions this cloud's Microsoft.ContainerRegistry offers per resource type. Sovereign clouds may lag. */
export interface ProviderVersions {
  /**
   * Newest first; one request per subscription. undefined when the caller may not read the provider (a role for cache
   * rules alone), or the provider does not list the type.
   */
  of(subscriptionId: string, type: string, signal?: AbortSignal): Promise<readonly string[] | undefined>;
}

/** ARM's ways to say that this cloud, or the resource's region, does not have the version. */
const unknownVersion = new Set(['NoRegisteredProviderFound', 'InvalidResourceType', 'InvalidApiVersionParameter']);

/** The request was refused for its api-version, before anything was done. */
export function isUnknownVersion(error: unknown): boolean {
  return isAzureError(error) && !error.writeAccepted && unknownVersion.has(error.code);
}

export function createProviderVersions(sessions: ArmSessions): ProviderVersions {
  const known = new Map<string, Promise<unknown>>();

  async function read(subscriptionId: string): Promise<unknown> {
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.ContainerRegistry?api-version=2021-04-01`;
    return undefinedIf(['forbidden', 'notFound'], sessions.forSubscription(subscriptionId).arm.get(path));
  }

  return {
    async of(subscriptionId, type, signal) {
      const key = subscriptionId.toLowerCase();
      let provider = known.get(key);
      if (!provider) {
        provider = read(subscriptionId);
        known.set(key, provider);
        provider.catch(() => known.delete(key));
      }
      return versionsIn(await leaveOnAbort(provider, signal), type);
    },
  };
}

function versionsIn(provider: unknown, type: string): readonly string[] | undefined {
  const types = record(provider)?.['resourceTypes'];
  const found = (Array.isArray(types) ? types : [])
    .map(record)
    .find((entry) => text(entry?.['resourceType'])?.toLowerCase() === type.toLowerCase());
  const versions = found?.['apiVersions'];
  if (!Array.isArray(versions)) return undefined;
  return versions
    .flatMap((version) => text(version) ?? [])
    .filter((version) => /^\d{4}-\d\d-\d\d(-preview)?$/.test(version))
    .sort()
    .reverse();
}
