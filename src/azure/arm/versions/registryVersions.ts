import { armIdSubscription } from '../../../domain/armId.ts';
import { record, text } from '../../../common/json.ts';
import { isUnknownVersion, type ProviderVersions } from './providerVersions.ts';

/**
 * Those whose specification tells `roleAssignmentMode`, the one to begin with first: it tells `softDeletePolicy` too, which no GA
 * version does, and is what most regions have. Source: docs/azure-facts.md.
 */
const versionsWithMode: readonly string[] = [
  '2026-01-01-preview',
  '2026-09-01-preview',
  '2026-03-01-preview',
  '2025-06-01-preview',
  '2025-05-01-preview',
  '2025-03-01-preview',
  '2025-11-01',
];
const preferred = '2026-01-01-preview';

/** Which api-versions this cloud's registries were seen with, by subscription; used first from then on. */
export interface RegistryVersions {
  /**
   * Runs a request on a registry with the api-version that tells most in this cloud, and with the next one where ARM does not know
   * it. `isWhole`: whether the answer tells the permission mode; one that does not is only taken if no other version does.
   */
  run<T>(
    resourceId: string,
    signal: AbortSignal | undefined,
    call: (apiVersion: string) => Promise<T>,
    isWhole?: (answer: T) => boolean,
  ): Promise<T>;
}

/**
 * Versions known to tell the permission mode first, then the others, newest first: whether a version tells it does not follow from
 * its date (2025-04-01 does not, 2025-03-01-preview does), so it is read from the answer. Pure, for tests.
 */
export function orderRegistryVersions(offered: readonly string[]): string[] {
  const known = versionsWithMode.filter((version) => offered.includes(version));
  const others = offered
    .filter((version) => !known.includes(version))
    .toSorted()
    .toReversed();
  return [...known, ...others];
}

/** Whether ARM's JSON of a registry tells its permission mode: left out, the registry would count as being in RBAC mode. */
export function tellsMode(json: unknown): boolean {
  return text(record(record(json)?.['properties'])?.['roleAssignmentMode']) !== undefined;
}

/** Versions that are tried in all: what is far down the list is older than the mode. */
const maxTried = 12;

/** Asks the provider's list only after a version was refused or told too little, so that the usual cloud pays no extra request. */
export function createRegistryVersions(provider: ProviderVersions): RegistryVersions {
  /** By subscription. `isBest`: no other version tells more. */
  const chosen = new Map<string, { readonly version: string; readonly isBest: boolean }>();
  return {
    async run(resourceId, signal, call, isWhole = () => true) {
      const subscriptionId = armIdSubscription(resourceId).toLowerCase();
      const first = chosen.get(subscriptionId) ?? { version: preferred, isBest: false };
      type Answer = { readonly version: string; readonly answer: Awaited<ReturnType<typeof call>> };
      let partial: Answer | undefined;
      let refusal: unknown;

      async function attempt(version: string): Promise<Answer | undefined> {
        try {
          const answer = await call(version);
          if (isWhole(answer)) return { version, answer };
          partial ??= { version, answer };
        } catch (error) {
          if (!isUnknownVersion(error)) throw error;
          refusal ??= error;
        }
        return undefined;
      }

      let found = await attempt(first.version);
      if (!found && !(first.isBest && partial)) {
        const offered = (await provider.of(subscriptionId, 'registries', signal)) ?? [];
        for (const version of orderRegistryVersions(offered).slice(0, maxTried)) {
          if (version !== first.version) found = await attempt(version);
          if (found) break;
        }
      }
      const best = found ?? partial;
      if (!best) throw refusal;
      chosen.set(subscriptionId, { version: best.version, isBest: first.isBest || !found });
      return best.answer;
    },
  };
}
