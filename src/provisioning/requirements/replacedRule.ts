import { sameArmId } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { checkTarget } from '../checks/preflight/repositoryChecks.ts';
import { readIdentity, readRules } from '../engine/reads.ts';
import { isSameRule } from '../engine/sameRule.ts';
import type { CacheLink, Inspection, RepositoryMapping, Requirement, WalkContext } from '../types.ts';
import { inspectRule } from './cacheRule.ts';
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
    async satisfy(context) {
      for (const prefix of ['rules:', 'catalog:']) context.forget(prefix);
      const { verdict, reason, resourceId } = await inspectBesides(context, rule, link, mapping);
      if (verdict !== 'missing' && verdict !== 'satisfied') throw new Error(reason);
      const isNew = verdict === 'missing' && resourceId === undefined;
      const [finding] = isNew ? await checkTarget(context, mapping) : [];
      if (finding) throw new Error(finding.message);
      await without.satisfy(context);
    },
  };
}

/** Judges the new mapping as if the old rule were gone already. */
export async function inspectBesides(
  context: WalkContext,
  old: CacheRule,
  link: CacheLink,
  mapping: RepositoryMapping,
): Promise<Inspection> {
  const [rules, identity] = await Promise.all([readRules(context, link.downstream.id), readIdentity(context)]);
  const others = rules.filter((one) => !(sameArmId(one.id, old.id) && isSameRule(one, old)));
  return inspectRule(link, mapping, others, identity?.principalId);
}
