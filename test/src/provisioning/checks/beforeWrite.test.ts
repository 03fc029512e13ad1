import { afterEach, describe, expect, it } from 'vitest';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { articleScenario } from '../../../sandbox/src/scenarios.ts';
import type { Scenario } from '../../../sandbox/src/types.ts';
import { codes, group, startWorld, type World } from '../world.ts';

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
