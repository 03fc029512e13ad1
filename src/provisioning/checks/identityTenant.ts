import * as l10n from '@vscode/l10n';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { armIdName } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { notApplicable, ok, problem, unknown, type Check } from '../diagnosis/check.ts';
import type { Facts } from '../diagnosis/facts.ts';

/** Caching from registry to registry works across subscriptions within one tenant (HISTORY of the CLI's acrcache extension). */
export const identityTenant: Check = {
  id: 'identityTenant',
  title: () => l10n.t('Tenant of identity and registries'),
  pull: 'proves',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable(l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable(l10n.t('The managed identity does not exist.'));
    const [downstream, upstream] = await Promise.all([facts.registry(), facts.upstream()]);
    const evidence = [identity, downstream, ...(upstream ? [upstream] : [])].map((resource) => ({
      text: l10n.t('{0}: tenant {1}', armIdName(resource.id), resource.tenantId),
      resourceId: resource.id,
    }));
    const other = [downstream, upstream].find((registry) => registry && registry.tenantId !== identity.tenantId);
    if (other) {
      return problem(
        l10n.t('The identity {0} is in another tenant than {1}.', identity.name, other.name),
        l10n.t('A managed identity works only within its tenant: choose registries and an identity of the same one.'),
        { evidence },
      );
    }
    const unseen = upstream ? undefined : await registryOfAzure(facts);
    return unseen === undefined
      ? ok(l10n.t('Identity and registries are in the same tenant.'), evidence)
      : unknown(
          l10n.t('The tenant of {0} is not known: the signed-in account does not see that registry.', unseen),
          l10n.t('Check that it is in the tenant of the identity and that its subscription is selected.'),
          { evidence },
        );
  },
};

/** The source's login server, if a registry of Azure has it. One that is not visible may well be in another tenant. */
async function registryOfAzure(facts: Facts): Promise<string | undefined> {
  const source = parseSourceRepository((await facts.rule()).sourceRepository);
  if (!source.ok || upstreamOf(source.value.loginServer)) return undefined;
  const { loginServer } = source.value;
  return cloudOfRegistry(loginServer) || facts.context.azure.cloud.isCustom ? loginServer : undefined;
}
