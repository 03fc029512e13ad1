import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { articleScenario } from '../../../sandbox/src/scenarios.ts';
import type { Scenario } from '../../../sandbox/src/types.ts';
import { mapping } from '../links.ts';
import { codes, group, startWorld, verdicts, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const otherSubscription = '22222222-2222-4222-8222-222222222222';

/** The article's scenario with one more subscription. */
function withSubscription(more: Scenario['subscriptions'][number]): Scenario {
  const scenario = articleScenario();
  return { ...scenario, subscriptions: [...scenario.subscriptions, more] };
}

async function expectUntouched(link?: CacheLink): Promise<void> {
  const before = world.sandbox.snapshot();
  const plan = await world.plan(link);
  expect(plan.canApply).toBe(false);
  expect((await applyPlan(world.azure, plan)).outcome).toBe('failed');
  expect(world.sandbox.snapshot()).toBe(before);
}

describe('the target', () => {
  it('exists: blocked', async () => {
    world = await startWorld({ downstream: { repositories: { myapp: { tags: ['1'] } } } });
    expect(codes(await world.plan())).toContain('targetExists');
    await expectUntouched();
    expect((await world.plan(world.link({ mappings: [mapping('MyRule', 'myapp', 'cache/myapp')] }))).canApply).toBe(
      true,
    );
  });

  it('is a wildcard over a list too long to look at all: not called free', async () => {
    world = await startWorld({ downstream: { repositories: { 'aa/app': { tags: ['1'] } } } });
    const repositories = world.sandbox.state.content.get(world.id('myregistry').toLowerCase())?.repositories;
    const app = repositories?.get('aa/app');
    for (let index = 0; app && index < 10_001; index++) {
      repositories?.set(`many/repository-${String(index).padStart(5, '0')}`, app);
    }
    const plan = await world.plan(world.link({ mappings: [mapping('MyRule', 'team/*')] }));
    expect(plan.findings.find(({ code }) => code === 'targetUnknown')).toMatchObject({
      verdict: 'unknown',
      severity: 'warning',
    });
    expect(codes(await world.plan(world.link({ mappings: [mapping('MyRule', 'many/*')] })))).toContain('targetExists');
  });
});

describe('rules that exist', () => {
  async function existing(name: string, source: string, target: string): Promise<void> {
    const { downstream, source: upstream, authentication: identity } = world.link();
    await world.azure.identities.create(identity.identityId, 'eastus');
    await world.azure.cacheRules.create(cacheRuleArmId(downstream.id, name), {
      sourceRepository: `${upstream.loginServer}/${source}`,
      targetRepository: target,
      identityId: identity.identityId,
    });
  }

  it('wildcards overlap: in the way; a repository inside one: not', async () => {
    world = await startWorld();
    await existing('TeamRule', 'team/*', 'team/*');
    const overlap = world.link({ mappings: [mapping('MyRule', 'team/shop/*')] });
    expect(verdicts(await world.plan(overlap))['cacheRule:MyRule']).toBe('conflicting');
    await expectUntouched(overlap);
    const inside = world.link({ mappings: [mapping('MyRule', 'myapp', 'team/myapp')] });
    expect((await world.setUp(inside)).outcome).toBe('complete');
  });
});

describe('registries', () => {
  it('in another subscription of the tenant: works', async () => {
    world = await startWorld({
      scenario: withSubscription({
        id: otherSubscription,
        name: 'Other',
        resourceGroups: [
          {
            name: 'OtherGroup',
            location: 'eastus',
            registries: [
              {
                name: 'farregistry',
                sku: 'Basic',
                roleAssignmentMode: 'AbacRepositoryPermissions',
                repositories: { myapp: { tags: ['1'] } },
              },
            ],
          },
        ],
      }),
    });
    const loginServer = world.sandbox.info.registries.find(({ name }) => name === 'farregistry')?.loginServer ?? '';
    const link = world.link({ source: { kind: 'registry', id: world.id('farregistry'), loginServer } });
    expect((await world.setUp(link)).outcome).toBe('complete');
  });

  it('deleted meanwhile: what is to be known of the other one is told all the same', async () => {
    world = await startWorld({
      downstream: {
        properties: {
          policies: { softDeletePolicy: { status: 'enabled', retentionDays: 7 } },
          publicNetworkAccess: 'Disabled',
          networkRuleBypassOptions: 'None',
        },
      },
    });
    const link = world.link();
    world.sandbox.state.resources.delete(link.source.id.toLowerCase());
    const found = codes(await world.plan(link));
    expect(found).toEqual(expect.arrayContaining(['registryUnreadable', 'softDelete', 'downstreamNetwork']));
  });

  it('the same for both: refused without a request', async () => {
    world = await startWorld();
    const link = world.link();
    const { result, requests } = await world.requestsOf(() =>
      world.plan({ ...link, source: { kind: 'registry', ...link.downstream } }),
    );
    expect(codes(result)).toContain('link.self');
    expect(requests).toEqual([]);
  });
});

describe('the identity', () => {
  it('is to be made in a resource group that does not exist: in the way', async () => {
    world = await startWorld();
    const { authentication: identity } = world.link();
    const link = world.link({
      authentication: { ...identity, identityId: identity.identityId.replace(group, 'NoSuchGroup') },
    });
    const plan = await world.plan(link);
    expect(plan.canApply).toBe(false);
    expect(plan.steps[0]?.inspection).toMatchObject({ verdict: 'unknown', error: { code: 'ResourceGroupNotFound' } });
    await expectUntouched(link);
  });
});
