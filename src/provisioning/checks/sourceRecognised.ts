import * as l10n from '@vscode/l10n';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { notApplicable, ok, problem, unknown, type RuleCheck } from './check.ts';

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
    if (!source.ok) return notApplicable('sourceUnreadable', l10n.t('The source of the rule is no path.'));
    const { loginServer } = source.value;
    const known = upstreamOf(loginServer);
    if (known) return ok('upstreamKnown', l10n.t('{0} is {1}.', loginServer, known.name));

    const upstream = await facts.upstream();
    const { cloud } = facts.context.azure;
    if (upstream) {
      const evidence = [{ text: upstream.loginServer, resourceId: upstream.id }];
      return ok('upstreamFound', l10n.t('{0} is the container registry {1}.', loginServer, upstream.name), evidence);
    }
    const theirs = cloudOfRegistry(loginServer);
    if (theirs && theirs.name !== cloud.name && !cloud.isCustom) {
      return problem(
        'upstreamOtherCloud',
        l10n.t('{0} is a registry of the cloud {1}; this one is of {2}.', loginServer, theirs.name, cloud.name),
        l10n.t('Managed identities do not work across clouds: choose an upstream in the same cloud.'),
      );
    }
    if (theirs || cloud.isCustom) {
      return unknown(
        'upstreamNotVisible',
        l10n.t('No registry with the login server {0} is visible to the signed-in account.', loginServer),
        l10n.t(
          'Check that it exists and that its subscription is selected. Its mode, roles and network could not be checked.',
        ),
      );
    }
    return problem(
      'upstreamUnsupported',
      l10n.t('{0} is not in the list of upstreams that artifact cache supports.', loginServer),
      l10n.t('Check the login server; the list is in "Artifact cache in Azure Container Registry".'),
    );
  },
};
