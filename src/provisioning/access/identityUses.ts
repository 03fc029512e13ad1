import { isCancelled } from '../../azure/errors.ts';
import { armIdKey, sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import { readRules } from '../engine/reads.ts';
import type { WalkContext } from '../types.ts';

export interface IdentityUses {
  /** Cache rules, in every registry this account sees, that authenticate as the identity. */
  readonly rules: readonly CacheRule[];
  /** How many registries or subscriptions could not be read: a use there would not be known. */
  readonly unreadable: number;
}

/**
 * Who else depends on the identity. Azure has no dependable index for it: `listAssociatedResources` exists in two old previews
 * only and is not known to report cache rules, so every visible registry is asked, and `registryId`, visible or not.
 */
export async function findRulesOfIdentity(
  context: WalkContext,
  identityId: string,
  registryId: string,
): Promise<IdentityUses> {
  const { azure, signal } = context;
  const listed = await context.memo({ kind: 'registries' }, () =>
    azure.registries.list(
      azure.subscriptions.map((subscription) => subscription.id),
      { signal },
    ),
  );
  const ids = new Map(listed.registries.map((registry) => [armIdKey(registry.id), registry.id]));
  ids.set(armIdKey(registryId), registryId);

  let unreadable = listed.failures.length;
  const rules = await mapBounded([...ids.values()], 8, async (id) => {
    try {
      const found = await readRules(context, id);
      // One whose identity its api-version does not tell may use it.
      if (found.some(({ identityUnknown }) => identityUnknown)) unreadable += 1;
      return found;
    } catch (error) {
      if (isCancelled(error)) throw error;
      unreadable += 1;
      return [];
    }
  });
  return { rules: rules.flat().filter((rule) => rule.identity && sameArmId(rule.identity.id, identityId)), unreadable };
}
