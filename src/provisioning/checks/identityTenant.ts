import * as l10n from '@vscode/l10n';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { readIdentity } from '../engine/reads.ts';
import { blocking, notApplicable, ok, problem, unknown, type PlanCheck, type RuleCheck } from './check.ts';
import type { RuleFacts } from './facts.ts';

/** Caching from registry to registry works across subscriptions within one tenant (HISTORY of the CLI's acrcache extension). */
export const identityTenant: RuleCheck & PlanCheck = {
  id: 'identityTenant',
  title: () => l10n.t('Tenant of identity and registries'),
  pull: 'proves',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable('identityGone', l10n.t('The managed identity does not exist.'));
    const [downstream, upstream] = await Promise.all([facts.registry(), facts.upstream()]);
    const evidence = [identity, downstream, ...(upstream ? [upstream] : [])].map((resource) => ({
      text: l10n.t('{0}: tenant {1}', armIdName(resource.id), resource.tenantId),
      resourceId: resource.id,
    }));
    const other = [downstream, upstream].find((registry) => registry && registry.tenantId !== identity.tenantId);
    if (other) {
      return problem('identityTenant', otherTenant(identity.name, other.name), oneTenant(), { evidence });
    }
    const unseen = upstream ? undefined : await registryOfAzure(facts);
    return unseen === undefined
      ? ok('tenantSame', l10n.t('Identity and registries are in the same tenant.'), evidence)
      : unknown(
          'tenantUnknown',
          l10n.t('The tenant of {0} is not known: the signed-in account does not see that registry.', unseen),
          l10n.t('Check that it is in the tenant of the identity and that its subscription is selected.'),
          { evidence },
        );
  },
  async beforeWrite({ context, wanted, registry, upstream: source }) {
    const [identity, downstream, upstream] = await Promise.all([
      ifReadable(() => readIdentity(context, wanted.authentication.identityId)),
      ifReadable(registry),
      ifReadable(source),
    ]);
    if (!upstream) return [];
    return [
      ...(downstream && downstream.tenantId !== upstream.tenantId
        ? [
            blocking(
              'tenant',
              l10n.t('{0} and {1} are in different tenants.', downstream.name, upstream.name),
              oneTenant(),
            ),
          ]
        : []),
      ...(identity && identity.tenantId !== upstream.tenantId
        ? [blocking('identityTenant', otherTenant(identity.name, upstream.name), oneTenant())]
        : []),
    ];
  },
};

function otherTenant(identity: string, registry: string): string {
  return l10n.t('The identity {0} is in another tenant than {1}.', identity, registry);
}

function oneTenant(): string {
  return l10n.t('A managed identity works only within its tenant: choose registries and an identity of the same one.');
}

/** The source's login server, if a registry of Azure has it. One that is not visible may well be in another tenant. */
async function registryOfAzure(facts: RuleFacts): Promise<string | undefined> {
  const source = parseSourceRepository((await facts.rule()).sourceRepository);
  if (!source.ok || upstreamOf(source.value.loginServer)) return undefined;
  const { loginServer } = source.value;
  return cloudOfRegistry(loginServer) || facts.context.azure.cloud.isCustom ? loginServer : undefined;
}
