import type { HttpHeaders } from '@azure/core-rest-pipeline';
import { armIdKey } from '../../../domain/armId.ts';

/** Longest header that is looked at, characters. */
const maxLength = 4000;

/** The api-versions that the registry service of a region knows: it says so in its answers, whatever ARM's list says. */
export function createServiceVersions() {
  const known = new Map<string, readonly string[]>();
  return {
    /** Takes down what the answer to a request of this URL says. */
    note(url: string, headers: HttpHeaders): void {
      const header = headers.get('api-supported-versions')?.slice(0, maxLength);
      const [registryId] =
        /\/subscriptions\/[^/?]+\/resourceGroups\/[^/?]+\/providers\/Microsoft\.ContainerRegistry\/registries\/[^/?]+/i.exec(
          url,
        ) ?? [];
      const versions = header?.match(/\b\d{4}-\d\d-\d\d(?:-[a-z]{1,20})?\b/gi);
      if (registryId !== undefined && versions) known.set(armIdKey(registryId), [...new Set(versions)]);
    },
    /** What the last answer about a registry or what is in it said; undefined: nothing yet. */
    of: (registryId: string) => known.get(armIdKey(registryId)),
  };
}
