import * as l10n from '@vscode/l10n';
import { cloudOfRegistry } from '../../azure/clouds.ts';
import { ifReadable } from '../../azure/failures.ts';
import { armIdName, armIdResourceGroup } from '../../domain/armId.ts';
import { parseSourceRepository } from '../../domain/repositoryPattern.ts';
import { upstreamOf } from '../../domain/upstreams.ts';
import { readIdentity } from '../engine/reads.ts';
import { identity as createIdentity } from '../requirements/identity.ts';
import { roleAssignment } from '../requirements/roleAssignment.ts';
import { ruleIdentity } from '../requirements/ruleIdentity.ts';
import type { CacheLink, Repair } from '../types.ts';
import { blocking, notApplicable, ok, problem, type PlanCheck, type RuleCheck, unknown } from './check.ts';
import type { RuleFacts } from './facts.ts';
import { identityAndUpstream, readHonouredLink } from './repairs.ts';

export const identityExists: RuleCheck = {
  id: 'identityExists',
  title: () => l10n.t('Managed identity'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const found = await facts.identity();
    const id = (await facts.rule()).identity?.id;
    if (id === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    const name = armIdName(id);
    if (found !== undefined && found !== 'gone') {
      const text = l10n.t('Principal ID {0}, region {1}.', found.principalId, found.location);
      return ok('identityExists', l10n.t('Identity {0} exists.', name), [{ text, resourceId: found.id }]);
    }
    const repair = await identityRepair(facts, (link, location) => ({
      id: 'makeIdentityAgain',
      link: { ...link, authentication: { kind: 'identity', identityId: id, create: { location } } },
      title: () => l10n.t('Recreate {0} in {1} with its role', name, armIdResourceGroup(id)),
      once: (wanted) => [createIdentity(wanted), roleAssignment(wanted)],
    }));
    return problem(
      'identityGone',
      l10n.t('Identity {0} was deleted, so the rule cannot sign in to its upstream.', name),
      repair
        ? l10n.t('Recreate it with its role, or give the rule another identity.')
        : l10n.t('Give the rule another identity.'),
      { evidence: [{ text: l10n.t('Not found.'), resourceId: id }], repair },
    );
  },
};

/** Caching from registry to registry works across subscriptions within one tenant (HISTORY of the CLI's acrcache extension). */
export const identityTenant: RuleCheck & PlanCheck = {
  id: 'identityTenant',
  title: () => l10n.t('Tenant of the identity and registries'),
  pull: 'proves',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable('identityGone', l10n.t('The identity does not exist.'));
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
      ? ok('tenantSame', l10n.t('The identity and the registries are in the same tenant.'), evidence)
      : unknown(
          'tenantUnknown',
          l10n.t('The tenant of {0} is unknown, since you cannot see that registry.', unseen),
          l10n.t("Check that it is in the identity's tenant and that its subscription is selected."),
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
  return l10n.t('Identity {0} is in another tenant than {1}.', identity, registry);
}

function oneTenant(): string {
  return l10n.t(
    'A managed identity works only within its tenant. Choose registries and an identity of the same tenant.',
  );
}

/** The source's login server, if a registry of Azure has it. One that is not visible may well be in another tenant. */
async function registryOfAzure(facts: RuleFacts): Promise<string | undefined> {
  const source = parseSourceRepository((await facts.rule()).sourceRepository);
  if (!source.ok || upstreamOf(source.value.loginServer)) return undefined;
  const { loginServer } = source.value;
  return cloudOfRegistry(loginServer) || facts.context.azure.cloud.isCustom ? loginServer : undefined;
}

/** The principal that the rule was written with is the identity's: one deleted and made again has another. */
export const identityPrincipal: RuleCheck = {
  id: 'identityPrincipal',
  title: () => l10n.t('Principal ID in the rule'),
  pull: 'dependsOn',
  shared: 'identity',
  needs: () => 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
  async run(facts) {
    const rule = await facts.rule();
    const identity = await facts.identity();
    if (identity === undefined) return notApplicable('identityNone', l10n.t('The rule has no managed identity.'));
    if (identity === 'gone') return notApplicable('identityGone', l10n.t('The identity does not exist.'));
    const stored = rule.identity?.principalId;
    const evidence = [
      { text: l10n.t('In the rule: {0}', stored ?? '–'), resourceId: rule.id },
      { text: l10n.t('Of the identity: {0}', identity.principalId), resourceId: identity.id },
    ];
    if (stored === undefined) {
      return unknown(
        'principalUnknown',
        l10n.t("Could not be checked: Azure did not return the rule's principal ID."),
        l10n.t("If pulls are denied, set the rule's identity again."),
        { evidence },
      );
    }
    if (stored.toLowerCase() === identity.principalId.toLowerCase()) {
      return ok('principalSame', l10n.t("The rule uses the identity's current principal ID."), evidence);
    }
    const repair = await identityRepair(facts, (link) => ({
      id: 'writeIdentityAgain',
      link,
      title: () => l10n.t('Set {0} on the rule again, with its role', identity.name),
      once: (wanted) => [roleAssignment(wanted)],
    }));
    return problem(
      'principalOther',
      l10n.t('Identity {0} was recreated; the rule still has the earlier principal ID.', identity.name),
      l10n.t("Set the rule's identity again, and assign the role to the new principal."),
      { evidence, repair },
    );
  },
};

/** The identity's permission, then what each rule says of it. */
async function identityRepair(
  facts: RuleFacts,
  repairOf: (link: CacheLink, location: string) => Pick<Repair, 'id' | 'link' | 'title' | 'once'>,
): Promise<Repair | undefined> {
  const [base, rule] = await Promise.all([readHonouredLink(facts), facts.rule()]);
  if (!base) return undefined;
  const { link, mapping, downstream } = base;
  return {
    ...repairOf(link, downstream.location),
    about: identityAndUpstream(link),
    each: (wanted) => [ruleIdentity(wanted, mapping, rule)],
  };
}
