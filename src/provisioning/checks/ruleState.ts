import * as l10n from '@vscode/l10n';
import { undefinedIf } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import type { Repair } from '../types.ts';
import { ok, problem, warning, type RuleCheck } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { readRuleLink } from './repairs.ts';

export const ruleState: RuleCheck = {
  id: 'ruleState',
  title: () => l10n.t('State of the cache rule'),
  pull: 'dependsOn',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const name = armIdName(facts.ruleId);
    const rule = await undefinedIf(['notFound'], facts.rule());
    if (!rule) {
      return problem(
        'ruleGone',
        l10n.t('The cache rule {0} does not exist any more.', name),
        l10n.t('Refresh the view, or set up the cache again.'),
      );
    }
    const state = rule.provisioningState ?? 'Succeeded';
    const versions = facts.context.azure.cacheRules.serviceVersions(facts.registryId);
    const evidence = [
      { text: `${rule.sourceRepository} ⇒ ${rule.targetRepository} (${state})`, resourceId: rule.id },
      ...(versions
        ? [{ text: l10n.t('The registry service there knows the api-versions {0}.', versions.join(', ')) }]
        : []),
    ];
    if (state === 'Succeeded') return ok('ruleInPlace', l10n.t('The cache rule {0} is in place.', name), evidence);
    if (state === 'Failed' || state === 'Canceled') {
      const repair = await writeAgain(facts, rule);
      return problem(
        'ruleFailed',
        l10n.t('The last change of the cache rule {0} ended as {1}.', name, state),
        repair
          ? l10n.t('Write the rule again.')
          : l10n.t(
              'Delete the rule and create it again; if it fails again, give Microsoft support the correlation id.',
            ),
        { evidence, repair },
      );
    }
    return warning(
      'ruleChanging',
      l10n.t('The cache rule {0} is in state {1}.', name, state),
      l10n.t('Wait a minute, then diagnose again.'),
      { evidence },
    );
  },
};

async function writeAgain(facts: RuleFacts, rule: CacheRule): Promise<Repair | undefined> {
  const found = await readRuleLink(facts);
  return (
    found && {
      id: 'writeRuleAgain',
      link: found.link,
      title: () => l10n.t('Write the cache rule {0} again', rule.name),
      // The target may hold what the rule has cached before.
      once: (link) => [{ ...cacheRule(link, found.mapping), resolvesFindings: ['targetExists', 'ruleLimit'] }],
    }
  );
}
