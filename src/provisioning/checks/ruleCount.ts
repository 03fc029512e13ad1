import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { maxRules } from './preflight/registryChecks.ts';
import { ok, warning, type Check } from '../diagnosis/check.ts';

export const ruleCount: Check = {
  id: 'ruleCount',
  title: () => l10n.t('Number of cache rules'),
  pull: 'independent',
  needs: () => 'Microsoft.ContainerRegistry/registries/cacheRules/read',
  async run(facts) {
    const { length } = await facts.rules();
    const text = l10n.t('{0} has {1} of at most {2} cache rules.', armIdName(facts.registryId), length, maxRules);
    return length < maxRules
      ? ok(text)
      : warning(text, l10n.t('No further rule can be made: use wildcards, or delete rules.'));
  },
};
