import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { blocking, ok, warning, type PlanCheck, type RuleCheck } from './check.ts';

/** Microsoft, artifact cache overview: at most 1,000 rules per registry. */
const maxRules = 1000;

export const ruleCount: RuleCheck & PlanCheck = {
  id: 'ruleCount',
  title: () => l10n.t('Number of cache rules'),
  pull: 'independent',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const { length } = await facts.rules();
    const text = l10n.t('{0} has {1} of at most {2} cache rules.', armIdName(facts.registryId), length, maxRules);
    return length < maxRules
      ? ok('rulesFit', text)
      : warning('ruleLimit', text, l10n.t('No further rule can be made: use wildcards, or delete rules.'));
  },
  async beforeWrite({ registryId, rules, rulesToWrite }) {
    const [{ length } = [], more] = await Promise.all([ifReadable(rules), rulesToWrite()]);
    if (more === 0 || length + more <= maxRules) return [];
    const text = l10n.t(
      '{0} has {1} of at most {2} cache rules; {3} more do not fit. Delete rules that are not needed, or use a wildcard.',
      armIdName(registryId),
      length,
      maxRules,
      more,
    );
    return [blocking('ruleLimit', text)];
  },
};
