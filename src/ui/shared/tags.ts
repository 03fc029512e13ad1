import { asError } from '../../common/asError.ts';
import { keepNewest } from '../../common/keepNewest.ts';
import type { Azure, TagInfo } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { ownerOf } from '../../inventory/snapshot.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { Registry } from '../../domain/types.ts';

/** How many repositories' tags are remembered, and how many tags are read. */
const maxRemembered = 20;
const maxTags = 200;

/** Tags last read in this session, by whose they are, registry and repository; the oldest reading goes first. */
const remembered = new Map<string, readonly TagInfo[]>();

/** Tags, newest first. `failure`: they could not be read now; then those read earlier, if any. */
export interface TagList {
  readonly tags: readonly TagInfo[];
  readonly failure?: Error;
}

/**
 * Reads the tags of a repository. A registry that was just switched to ABAC refuses even its owner, so what was seen
 * before is still offered.
 * @throws AzureError `cancelled` only
 */
export async function listTags(
  azure: Azure,
  registry: Registry,
  repository: string,
  signal: AbortSignal,
): Promise<TagList> {
  const key = JSON.stringify([ownerOf(azure.cloud, azure.subscriptions), armIdKey(registry.id), repository]);
  try {
    const tags = await azure.registry(registry).tags(repository, { signal, limit: maxTags });
    keepNewest(remembered, key, tags, maxRemembered);
    return { tags };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { tags: remembered.get(key) ?? [], failure: asError(error) };
  }
}
