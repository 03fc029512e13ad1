import * as l10n from '@vscode/l10n';
import { armIdName } from '../../../domain/armId.ts';
import { whyManaged } from '../../../domain/managedRules.ts';
import type { CacheRule } from '../../../domain/types.ts';
import { mayOnRules } from '../../access/writeRule.ts';
import { conflicting, evidenceOfRule, missing, satisfied } from '../../engine/inspection.ts';
import { readRule, rulesKey } from '../../engine/reads.ts';
import { fingerprintOf, otherRule, whyOther } from '../../engine/sameRule.ts';
import type { Requirement, WalkContext } from '../../types.ts';
import { findSurely, requireGone } from './absence.ts';

/**
 * The downstream no longer has this rule. One that has its name by now, but is another one, is left alone; so is one that Azure
 * manages.
 */
export function withoutRule(rule: CacheRule, needs: readonly string[] = []): Requirement {
  const registry = armIdName(rule.registryId);
  const gone = l10n.t(
    'Cache rule {0} no longer exists. Images cached in {1} are kept.',
    rule.name,
    rule.targetRepository,
  );
  const find = (context: WalkContext) => readRule(context, rule.id);
  return {
    id: `withoutRule:${rule.name}`,
    kind: 'withoutRule',
    needs,
    describe: () => ({
      title: l10n.t('Delete cache rule {0}', rule.name),
      todo: `${registry}/${rule.targetRepository} ← ${rule.sourceRepository}`,
      done: l10n.t('Cache rule {0} was deleted. Images cached in {1} are kept.', rule.name, rule.targetRepository),
      subject: nameOfRule(rule),
    }),

    async inspect(context) {
      const now = await findSurely(context, find);
      if (!now) return satisfied(gone);
      const evidence = [evidenceOfRule(now)];
      const managed = whyManaged(now.name);
      if (managed) return conflicting(managed, evidence);
      const why = whyOther(now, rule);
      if (why) return satisfied(otherRule(now, why), evidence, { code: 'other' });
      const reason = l10n.t('Cache rule {0} exists.', now.name);
      return missing(reason, evidence, { fingerprint: fingerprintOf(now) });
    },

    async satisfy(context) {
      await context.azure.cacheRules.delete(rule.id, { signal: context.signal });
      await requireGone(context, rule.name, find);
    },

    rights: [mayOnRules(rule.registryId, 'delete')],
    reads: [],
    writes: [rulesKey(rule.registryId)],
  };
}

export const deletedRuleId = 'deletedRule';

/** The rule is deleted for its own sake: as `withoutRule`, but that another one has its name by now is told, not passed over. */
export function deletedRule(rule: CacheRule): Requirement {
  const without = withoutRule(rule);
  return {
    ...without,
    id: deletedRuleId,
    isOptional: true,
    async inspect(context) {
      const found = await without.inspect(context);
      return found.code === 'other' ? { ...found, verdict: 'conflicting' } : found;
    },
  };
}

/** The rule as it is named where it is kept. */
function nameOfRule(rule: CacheRule): string {
  return l10n.t('Cache rule {0}', rule.name);
}
