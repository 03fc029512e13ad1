import assert from 'node:assert/strict';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import type { Registry } from '../../../../src/domain/types.ts';
import type { TestHook } from '../../../../src/extension.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import type { CacheLink, RepositoryMapping } from '../../../../src/provisioning/types.ts';
import { connected, registryNamed } from './extensionUnderTest.ts';

type Services = TestHook['services'];

/** The two registries of the article. */
export function sampleRegistries(services: Services): { downstream: Registry; upstream: Registry } {
  return {
    downstream: registryNamed(services, 'myregistry'),
    upstream: registryNamed(services, 'upstreamregistry'),
  };
}

/** The link of `mappings` between them, by an identity that is created. By AcrPull: the upstream stays as the other tests expect it. */
export function sampleLink(
  { downstream, upstream }: { downstream: Registry; upstream: Registry },
  identityName: string,
  mappings: readonly RepositoryMapping[],
): CacheLink {
  return {
    downstream: { id: downstream.id, loginServer: downstream.loginServer },
    source: { kind: 'registry', id: upstream.id, loginServer: upstream.loginServer },
    mappings,
    authentication: {
      kind: 'identity',
      identityId: identityArmId(downstream.subscriptionId, downstream.resourceGroup, identityName),
      create: { location: 'eastus' },
    },
    access: upstream.roleAssignmentMode === 'AbacRepositoryPermissions' ? 'condition' : 'acrPull',
  };
}

/** A rule whose identity may read its source. */
export async function setUpRule(identityName: string, mapping: RepositoryMapping) {
  const { services } = await connected();
  const azure = await services.azure();
  const { downstream, upstream: listed } = sampleRegistries(services);
  const upstream = await azure.registries.get(listed.id);
  const link = sampleLink({ downstream, upstream }, identityName, [mapping]);
  const result = await applyPlan(azure, await planOf(azure, setUpOf(link)), {});
  assert.equal(result.outcome, 'complete', JSON.stringify(result));
  await services.inventory.loadRules(downstream.id, { force: true });
  return { services, azure, link, downstream, upstream, ruleId: cacheRuleArmId(downstream.id, mapping.ruleName) };
}

/** Rules made directly, `[name, source, target]`, whose identity may read nothing. Their ids, in that order. */
export async function makeRules(
  identityName: string,
  rules: readonly (readonly [name: string, source: string, target: string])[],
) {
  const { services } = await connected();
  const azure = await services.azure();
  const { downstream, upstream } = sampleRegistries(services);
  const identityId = identityArmId(downstream.subscriptionId, downstream.resourceGroup, identityName);
  await azure.identities.create(identityId, 'eastus');
  const ids: string[] = [];
  for (const [name, source, target] of rules) {
    const id = cacheRuleArmId(downstream.id, name);
    await azure.cacheRules.create(id, {
      sourceRepository: `${upstream.loginServer}/${source}`,
      targetRepository: target,
      identityId,
    });
    ids.push(id);
  }
  await services.inventory.loadRules(downstream.id, { force: true });
  return { services, downstream, upstream, ids };
}
