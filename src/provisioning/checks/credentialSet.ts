import * as l10n from '@vscode/l10n';
import { undefinedIf } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { shown } from '../../common/shown.ts';
import { notApplicable, ok, problem, unknown, type RuleCheck } from './check.ts';

/** What the service last found when it used the rule's credentials. Its text is shown as it is: it is sometimes wrong (Azure/acr#893). */
export const credentialSet: RuleCheck = {
  id: 'credentialSet',
  title: () => l10n.t('Credential set'),
  pull: 'dependsOn',
  shared: 'credentialSet',
  needs: () => 'Microsoft.ContainerRegistry/registries/credentialSets/read',
  async run(facts) {
    const rule = await facts.rule();
    const id = rule.credentialSetId;
    if (id === undefined) return notApplicable('credentialSetNone', l10n.t('The rule has no credential set.'));
    const { azure, signal, memo } = facts.context;
    const read = memo({ kind: 'credentialSet', id }, () => azure.credentialSets.get(id, { signal }));
    const set = await undefinedIf(['notFound'], read);
    const name = armIdName(id);
    if (!set) {
      return problem(
        'credentialSetGone',
        l10n.t('The credential set {0} does not exist any more.', name),
        l10n.t('Give the rule another credential set.'),
      );
    }
    const source = parseSourceRepository(rule.sourceRepository);
    const evidence = set.health.map(({ status, errorCode, errorMessage }) => ({
      text: [status, errorCode, errorMessage].filter(Boolean).join(': '),
      resourceId: set.id,
    }));
    if (source.ok && set.loginServer !== source.value.loginServer) {
      return problem(
        'credentialSetOfOther',
        l10n.t(
          'The credential set {0} is for {1}, not for {2}.',
          name,
          shown(set.loginServer),
          source.value.loginServer,
        ),
        l10n.t('Give the rule a credential set for its own upstream.'),
        { evidence },
      );
    }
    const bad = set.health.find(({ status }) => status.toLowerCase() === 'unhealthy');
    if (bad) {
      return problem(
        'credentialSetUnhealthy',
        l10n.t('Azure calls the credentials of {0} unhealthy: {1}', name, bad.errorMessage ?? bad.errorCode ?? '–'),
        l10n.t(
          'Check that the secrets in the key vault are valid, and that the identity of the credential set has "Key Vault Secrets User" on them.',
        ),
        { evidence },
      );
    }
    return set.health.length > 0 && set.health.every(({ status }) => status.toLowerCase() === 'healthy')
      ? ok('credentialSetHealthy', l10n.t('Azure calls the credentials of {0} healthy.', name), evidence)
      : unknown(
          'credentialSetUnknown',
          l10n.t('Could not be checked: Azure does not say whether the credentials of {0} work.', name),
          l10n.t('Pull through the rule, then diagnose again.'),
          { evidence },
        );
  },
};
