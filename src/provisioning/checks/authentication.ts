import * as l10n from '@vscode/l10n';
import { armIdName } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import type { CacheRule } from '../../domain/types.ts';
import { identityNotTold } from '../link/identityNotTold.ts';
import type { Finding } from '../types.ts';
import { notApplicable, ok, problem, warning, type RuleCheck } from './check.ts';

/** The rule authenticates the way Microsoft's table of upstreams asks for. */
export const authentication: RuleCheck = {
  id: 'authentication',
  title: () => l10n.t('Way to authenticate'),
  pull: 'dependsOn',
  async run(facts) {
    const rule = await facts.rule();
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok) return notApplicable('sourceUnreadable', l10n.t('The source of the rule is no path.'));
    const { loginServer } = source.value;
    const known = upstreamOf(loginServer);
    if (!known) return registryOfAzure(rule);
    const evidence = [{ text: presentOf(rule), resourceId: rule.id }];
    if (rule.identity) {
      return warning(
        'identityNotAccepted',
        l10n.t('The rule has a managed identity, but {0} knows nothing of managed identities of Azure.', known.name),
        l10n.t('Replace the rule by one without it.'),
        { evidence },
      );
    }
    if (known.authentication === 'credentialSet' && !rule.credentialSetId) {
      return problem(
        'credentialsMissing',
        l10n.t('{0} is supported only with credentials, and the rule has none.', known.name),
        l10n.t('Add a credential set to the rule.'),
        { evidence },
      );
    }
    if (known.authentication === 'anonymous' && rule.credentialSetId) {
      return problem(
        'credentialsNotAccepted',
        l10n.t('{0} is supported only without credentials, and the rule has some.', known.name),
        l10n.t('Remove the credential set from the rule.'),
        { evidence },
      );
    }
    return ok('authenticationAccepted', l10n.t('{0} accepts this way to authenticate.', known.name), evidence);
  },
};

function registryOfAzure(rule: CacheRule): Finding {
  const evidence = [{ text: presentOf(rule), resourceId: rule.id }];
  if (rule.identity && rule.credentialSetId) {
    return warning(
      'authenticationTwice',
      l10n.t('The rule has both a managed identity and a credential set; which of them is used is not documented.'),
      l10n.t('Remove the credential set from the rule.'),
      { evidence },
    );
  }
  if (rule.identity)
    return ok('authenticatesAsIdentity', l10n.t('The rule authenticates as a managed identity.'), evidence);
  if (rule.credentialSetId)
    return ok('authenticatesByCredentials', l10n.t('The rule authenticates with a credential set.'), evidence);
  if (rule.identityUnknown) throw identityNotTold(rule.name);
  return problem(
    'authenticationNone',
    l10n.t('Container registries of Azure are supported only with authentication, and the rule has none.'),
    l10n.t('Give the rule a managed identity that may read the source.'),
    { evidence },
  );
}

function presentOf(rule: CacheRule): string {
  const none = rule.identityUnknown ? l10n.t('identity not known') : l10n.t('no identity');
  const identity = rule.identity ? l10n.t('identity {0}', armIdName(rule.identity.id)) : none;
  const set = rule.credentialSetId
    ? l10n.t('credential set {0}', armIdName(rule.credentialSetId))
    : l10n.t('no credential set');
  return `${identity}, ${set}`;
}
