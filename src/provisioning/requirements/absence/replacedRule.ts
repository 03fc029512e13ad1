import { sameArmId } from '../../../domain/armId.ts';
import type { CacheRule } from '../../../domain/types.ts';
import { checkTarget } from '../../checks/planChecks.ts';
import { identityKey, readRulesAndIdentity, repositoriesKey, rulesKey } from '../../engine/reads.ts';
import { isSameRule } from '../../../domain/sameRule.ts';
import type { CacheLink, Inspection, RepositoryMapping, Requirement, WalkContext } from '../../types.ts';
import { inspectRule } from '../cacheRule.ts';
import { withoutRule } from './withoutRule.ts';

/**
 * The rule is gone, which stands in the way of `mapping`. Nothing brings it back, so right before it is deleted it is made sure
 * once more that Azure can take the new one: a pull since the plan may have cached something under its target.
 */
export function replacedRule(
  rule: CacheRule,
  link: CacheLink,
  mapping: RepositoryMapping,
  needs: readonly string[],
): Requirement {
  const without = withoutRule(rule, needs);
  return {
    ...without,
    reads: [
      rulesKey(link.downstream.id),
      repositoriesKey(link.downstream.id),
      identityKey(link.authentication.identityId),
    ],
    async inspect(context) {
      const found = await without.inspect(context);
      if (found.verdict !== 'missing' || context.assumesNeeds) return found;
      const reason = await whyNoSuccessor(context, rule, link, mapping);
      return reason === undefined ? found : { ...found, verdict: 'conflicting', reason };
    },
  };
}

async function whyNoSuccessor(
  context: WalkContext,
  rule: CacheRule,
  link: CacheLink,
  mapping: RepositoryMapping,
): Promise<string | undefined> {
  const { verdict, reason, resourceId } = await inspectAsIfDeleted(context, rule, link, mapping);
  if (verdict !== 'missing' && verdict !== 'satisfied') return reason;
  const isNew = verdict === 'missing' && resourceId === undefined;
  const [finding] = isNew ? await checkTarget(context, link.downstream.id, mapping) : [];
  return finding?.reason;
}

/** Judges the new mapping as if the old rule were gone already. */
export async function inspectAsIfDeleted(
  context: WalkContext,
  old: CacheRule,
  link: CacheLink,
  mapping: RepositoryMapping,
): Promise<Inspection> {
  const [rules, identity] = await readRulesAndIdentity(context, link);
  const others = rules.filter((one) => !(sameArmId(one.id, old.id) && isSameRule(one, old)));
  return inspectRule(link, mapping, others, identity?.principalId);
}
