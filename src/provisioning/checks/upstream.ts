import * as l10n from '@vscode/l10n';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { undefinedIf } from '../../azure/failures.ts';
import { shown } from '../../common/shown.ts';
import { armIdName } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import type { CacheRule } from '../../domain/types.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { identityNotTold } from '../link/identityNotTold.ts';
import type { Finding } from '../types.ts';
import { notApplicable, ok, problem, type RuleCheck, unknown, warning } from './check.ts';

/** The source is a kind of registry that artifact cache supports, and one that can be reached from this cloud. */
export const sourceRecognised: RuleCheck = {
  id: 'sourceRecognised',
  title: () => l10n.t('Upstream registry'),
  pull: 'proves',
  shared: 'upstream',
  needs: () => 'Microsoft.ContainerRegistry/registries/read',
  async run(facts) {
    const rule = await facts.rule();
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok)
      return notApplicable('sourceUnreadable', l10n.t("The rule's source is not a valid repository path."));
    const { loginServer } = source.value;
    const known = upstreamOf(loginServer);
    if (known) return ok('upstreamKnown', l10n.t('{0} is {1}.', loginServer, known.name));

    const upstream = await facts.upstream();
    const { cloud } = facts.context.azure;
    if (upstream) {
      const evidence = [{ text: upstream.loginServer, resourceId: upstream.id }];
      return ok(
        'upstreamFound',
        l10n.t('{0} is the Azure container registry {1}.', loginServer, upstream.name),
        evidence,
      );
    }
    const theirs = cloudOfRegistry(loginServer);
    if (theirs && theirs.name !== cloud.name && !cloud.isCustom) {
      return problem(
        'upstreamOtherCloud',
        l10n.t('{0} is in the cloud {1}; this registry is in {2}.', loginServer, theirs.name, cloud.name),
        l10n.t('Managed identities do not work across clouds. Choose an upstream in the same cloud.'),
      );
    }
    if (theirs || cloud.isCustom) {
      return unknown(
        'upstreamNotVisible',
        l10n.t('You cannot see a registry with the login server {0}.', loginServer),
        l10n.t(
          'Check that it exists and that its subscription is selected. Its permissions mode, roles and network could not be checked.',
        ),
      );
    }
    return problem(
      'upstreamUnsupported',
      l10n.t('{0} is not an upstream that artifact cache is known to support.', loginServer),
      l10n.t('Check the login server; the list is in "Artifact cache in Azure Container Registry".'),
    );
  },
};

/** The rule authenticates the way Microsoft's table of upstreams asks for. */
export const authentication: RuleCheck = {
  id: 'authentication',
  title: () => l10n.t('Authentication'),
  pull: 'dependsOn',
  async run(facts) {
    const rule = await facts.rule();
    const source = parseSourceRepository(rule.sourceRepository);
    if (!source.ok)
      return notApplicable('sourceUnreadable', l10n.t("The rule's source is not a valid repository path."));
    const { loginServer } = source.value;
    const known = upstreamOf(loginServer);
    if (!known) return registryOfAzure(rule);
    const evidence = [{ text: presentOf(rule), resourceId: rule.id }];
    if (rule.identity) {
      return warning(
        'identityNotAccepted',
        l10n.t('The rule has a managed identity, but {0} does not support Azure managed identities.', known.name),
        l10n.t('Replace the rule with one that has no identity.'),
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
        l10n.t('{0} is supported only without credentials, and the rule has a credential set.', known.name),
        l10n.t('Remove the credential set from the rule.'),
        { evidence },
      );
    }
    return ok('authenticationAccepted', l10n.t('{0} supports this kind of authentication.', known.name), evidence);
  },
};

function registryOfAzure(rule: CacheRule): Finding {
  const evidence = [{ text: presentOf(rule), resourceId: rule.id }];
  if (rule.identity && rule.credentialSetId) {
    return warning(
      'authenticationTwice',
      l10n.t('The rule has both a managed identity and a credential set. Which one Azure uses is not documented.'),
      l10n.t('Remove the credential set from the rule.'),
      { evidence },
    );
  }
  if (rule.identity)
    return ok('authenticatesAsIdentity', l10n.t('The rule signs in with a managed identity.'), evidence);
  if (rule.credentialSetId)
    return ok('authenticatesByCredentials', l10n.t('The rule signs in with a credential set.'), evidence);
  if (rule.identityUnknown) throw identityNotTold(rule.name);
  return problem(
    'authenticationNone',
    l10n.t('Azure container registries are supported only with authentication, and the rule has none.'),
    l10n.t('Give the rule a managed identity that can read the source.'),
    { evidence },
  );
}

function presentOf(rule: CacheRule): string {
  const none = rule.identityUnknown ? l10n.t('identity unknown') : l10n.t('no identity');
  const identity = rule.identity ? l10n.t('identity {0}', armIdName(rule.identity.id)) : none;
  const set = rule.credentialSetId
    ? l10n.t('credential set {0}', armIdName(rule.credentialSetId))
    : l10n.t('no credential set');
  return `${identity}, ${set}`;
}

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
        l10n.t('Credential set {0} no longer exists.', name),
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
        l10n.t('Credential set {0} is for {1}, not for {2}.', name, shown(set.loginServer), source.value.loginServer),
        l10n.t('Give the rule a credential set for its own upstream.'),
        { evidence },
      );
    }
    const bad = set.health.find(({ status }) => status.toLowerCase() === 'unhealthy');
    if (bad) {
      return problem(
        'credentialSetUnhealthy',
        l10n.t(
          'Azure reports the credentials of {0} as unhealthy: {1}',
          name,
          bad.errorMessage ?? bad.errorCode ?? '–',
        ),
        l10n.t(
          'Check that the secrets in the key vault are valid, and that the credential set\'s identity has "Key Vault Secrets User" on them.',
        ),
        { evidence },
      );
    }
    return set.health.length > 0 && set.health.every(({ status }) => status.toLowerCase() === 'healthy')
      ? ok('credentialSetHealthy', l10n.t('Azure reports the credentials of {0} as healthy.', name), evidence)
      : unknown(
          'credentialSetUnknown',
          l10n.t('Could not be checked: Azure does not report whether the credentials of {0} work.', name),
          l10n.t('Pull through the rule, then diagnose again.'),
          { evidence },
        );
  },
};
