import * as l10n from '@vscode/l10n';
import type { CacheRule } from '../../domain/types.ts';
import type { Requirement } from '../types.ts';
import { withoutRule } from './withoutRule.ts';

export const deletedRuleId = 'deletedRule';

/** The rule is deleted for its own sake: as `withoutRule`, but that another one has its name by now is told, not passed over. */
export function deletedRule(rule: CacheRule): Requirement {
  const without = withoutRule(rule);
  return {
    ...without,
    id: deletedRuleId,
    isOptional: true,
    describe: () => ({ ...without.describe(), title: ruleTitle(rule) }),
    async inspect(context) {
      const found = await without.inspect(context);
      return found.code === 'other' ? { ...found, verdict: 'conflicting' } : found;
    },
  };
}

export function ruleTitle(rule: CacheRule): string {
  return l10n.t('Cache rule {0}', rule.name);
}
