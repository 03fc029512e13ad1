import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { armIdName } from '../../domain/armId.ts';
import type { CacheRule } from '../../domain/types.ts';
import { cacheRule } from '../requirements/cacheRule.ts';
import { ok, problem, warning, type Check } from '../diagnosis/check.ts';
import type { Facts } from '../diagnosis/facts.ts';
import type { Repair } from '../diagnosis/types.ts';

export const ruleState: Check = {
  id: 'ruleState',
  title: () => l10n.t('State of the cache rule'),
  pull: 'dependsOn',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const name = armIdName(facts.ruleId);
    const rule = await facts.rule().catch((error: unknown) => {
      if (isAzureError(error, 'notFound')) return undefined;
      throw error;
    });
    if (!rule) {
      return problem(
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
    if (state === 'Succeeded') return ok(l10n.t('The cache rule {0} is in place.', name), evidence);
    if (state === 'Failed' || state === 'Canceled') {
      const repair = await writeAgain(facts, rule);
      return problem(
        l10n.t('The last change of the cache rule {0} ended as {1}.', name, state),
        repair
          ? l10n.t('Write the rule again.')
          : l10n.t(
              'Delete the rule and create it again; if it fails again, give Microsoft support the correlation id.',
            ),
        { evidence, ...(repair ? { repair } : {}) },
      );
    }
    return warning(
      l10n.t('The cache rule {0} is in state {1}.', name, state),
      l10n.t('Wait a minute, then diagnose again.'),
      { evidence },
    );
  },
};

async function writeAgain(facts: Facts, rule: CacheRule): Promise<Repair | undefined> {
  const found = await facts.link();
  const mapping = found.ok ? found.link.mappings[0] : undefined;
  if (!found.ok || !mapping) return undefined;
  return {
    id: 'writeRuleAgain',
    title: l10n.t('Write the cache rule {0} again', rule.name),
    link: found.link,
    // The target may hold what the rule has cached before.
    requirements: [{ ...cacheRule(found.link, mapping), resolvesFindings: ['targetExists', 'ruleLimit'] }],
  };
}
