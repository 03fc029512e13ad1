import * as l10n from '@vscode/l10n';
import { armIdName } from '../../../domain/armId.ts';
import { notApplicable, ok, problem, type Check } from '../check.ts';

/** Caching from registry to registry works across subscriptions within one tenant (HISTORY of the CLI's acrcache extension). */
export const identityTenant: Check = {
  id: 'identityTenant',
  title: () => l10n.t('Tenant of identity and registries'),
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
    return other
      ? problem(
          l10n.t('The identity {0} is in another tenant than {1}.', identity.name, other.name),
          l10n.t('A managed identity works only within its tenant: choose registries and an identity of the same one.'),
          { evidence },
        )
      : ok(l10n.t('Identity and registries are in the same tenant.'), evidence);
  },
};
