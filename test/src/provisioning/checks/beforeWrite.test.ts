import type { TokenCredential } from '@azure/core-auth';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { isRecord } from '../../../../src/common/json.ts';
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

  it('is a wildcard over something that exists: blocked, with an example', async () => {
    world = await startWorld({ downstream: { repositories: { 'team/app': { tags: ['1'] } } } });
    const link = world.link({ mappings: [mapping('MyRule', 'team/*')] });
    const plan = await world.plan(link);
    expect(plan.findings.find(({ code }) => code === 'targetExists')?.reason).toContain('team/app');
    await expectUntouched(link);
  });

  it('is a wildcard over nothing: free', async () => {
    world = await startWorld({ downstream: { repositories: { 'aa/app': { tags: ['1'] } } } });
    const plan = await world.plan(world.link({ mappings: [mapping('MyRule', 'team/*')] }));
    expect(codes(plan)).not.toContain('targetExists');
    expect(codes(plan)).not.toContain('targetUnknown');
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

  it('exists because it is cached: nothing to say', async () => {
    world = await startWorld();
    await world.setUp();
    await world.azure.registry(await world.registry('myregistry')).pull('myapp', 'latest');
    await world.sandbox.advance(5000);
    const plan = await world.plan();
    expect(codes(plan)).not.toContain('targetExists');
    expect(plan.canApply).toBe(true);
  });

  it('cannot be looked for: a warning, no more', async () => {
    world = await startWorld();
    const [content] = [...world.sandbox.state.content.values()].filter(({ registryId }) =>
      registryId.endsWith('/myregistry'),
    );
    const host = content?.loginServer ?? '';
    const plan = await world.withFaults([{ match: `${host}/acr/v1/`, status: 503 }], () => world.plan());
    expect(codes(plan)).toContain('targetUnknown');
    expect(plan.canApply).toBe(true);
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

  it('a thousand: full', async () => {
    world = await startWorld();
    await existing('FirstRule', 'base/node', 'node');
    const first = [...world.sandbox.state.resources.values()].find(({ name }) => name === 'FirstRule');
    if (!first) throw new Error('no rule');
    for (let index = 1; index < 1000; index++) {
      const id = first.id.replace('FirstRule', `Rule${index}`);
      const properties = { ...first.properties, targetRepository: `node${index}` };
      world.sandbox.state.resources.set(id.toLowerCase(), { ...first, id, name: `Rule${index}`, properties });
    }
    expect(codes(await world.plan())).toContain('ruleLimit');
    await expectUntouched();
  });

  it('upstream fetching back from downstream: a cycle', async () => {
    world = await startWorld();
    const { source: upstream, downstream, authentication: identity } = world.link();
    await world.azure.identities.create(identity.identityId, 'eastus');
    await world.azure.cacheRules.create(cacheRuleArmId(upstream.id, 'BackRule'), {
      sourceRepository: `${downstream.loginServer}/round/*`,
      targetRepository: 'round/*',
      identityId: identity.identityId,
    });
    const link = world.link({ mappings: [mapping('MyRule', 'round/trip')] });
    expect(codes(await world.plan(link))).toContain('cycle');
    expect(
      codes(await world.plan(world.link({ mappings: [mapping('MyRule', 'round/trip', 'elsewhere')] }))),
    ).not.toContain('cycle');
    await expectUntouched(link);
  });
});

describe('registries', () => {
  it('in another tenant: blocked', async () => {
    world = await startWorld({
      scenario: withSubscription({
        id: otherSubscription,
        name: 'Other',
        tenantId: '33333333-3333-4333-8333-333333333333',
        resourceGroups: [
          {
            name: 'OtherGroup',
            location: 'eastus',
            registries: [
              {
                name: 'foreignregistry',
                sku: 'Basic',
                roleAssignmentMode: 'AbacRepositoryPermissions',
                repositories: { myapp: { tags: ['1'] } },
              },
            ],
          },
        ],
      }),
    });
    const loginServer = world.sandbox.info.registries.find(({ name }) => name === 'foreignregistry')?.loginServer ?? '';
    const link = world.link({ source: { kind: 'registry', id: world.id('foreignregistry'), loginServer } });
    // Signed in to both tenants; a session of the home tenant alone would not even see it.
    const credential: TokenCredential = {
      async getToken(scopes, options) {
        const audience = String(scopes).replace(/\.default$/, '');
        const body = JSON.stringify({ principal: 'dev', audience, tenantId: options?.tenantId });
        const answer: unknown = await (
          await fetch(`${world.sandbox.info.control}signin`, { method: 'POST', body })
        ).json();
        const token = isRecord(answer) ? String(answer['accessToken']) : '';
        return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
      },
    };
    const plan = await world.plan(link, world.as('dev', { credential }));
    expect(codes(plan)).toContain('tenant');
    expect(codes(plan)).not.toContain('registryUnreadable');
    expect(plan.canApply).toBe(false);
    await expectUntouched(link);
  });

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

  it('deleted meanwhile: blocked', async () => {
    world = await startWorld();
    const link = world.link();
    world.sandbox.state.resources.delete(link.source.id.toLowerCase());
    const plan = await world.plan(link);
    expect(codes(plan)).toContain('registryUnreadable');
    await expectUntouched(link);
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

  it('made anew under another login server: blocked', async () => {
    world = await startWorld();
    const link = world.link();
    const changed = { ...link, source: { ...link.source, loginServer: 'old.example' } };
    expect(codes(await world.plan(changed))).toContain('loginServer');
    await expectUntouched(changed);
  });

  it.each([
    ['downstreamNetwork', { publicNetworkAccess: 'Disabled', networkRuleBypassOptions: 'None' }],
    ['downstreamNetwork', { networkRuleSet: { defaultAction: 'Deny', ipRules: [] }, networkRuleBypassOptions: 'None' }],
    ['softDelete', { policies: { softDeletePolicy: { status: 'enabled', retentionDays: 7 } } }],
  ])('downstream setting, a warning: %s', async (code, properties) => {
    world = await startWorld({ downstream: { properties } });
    const plan = await world.plan();
    expect(plan.findings.find((finding) => finding.code === code)).toMatchObject({ severity: 'warning' });
    expect(plan.canApply).toBe(true);
  });

  it.each(['None', 'AzureServices', undefined])('upstream restricts its network, a warning (%s)', async (bypass) => {
    const networkRuleSet = { defaultAction: 'Deny', ipRules: [{ value: '127.0.0.1' }] };
    world = await startWorld({ upstream: { properties: { networkRuleSet, networkRuleBypassOptions: bypass } } });
    const plan = await world.plan();
    expect(plan.findings).toContainEqual(expect.objectContaining({ code: 'upstreamNetwork', severity: 'warning' }));
    expect(plan.canApply).toBe(true);
  });

  it('of another cloud by its name, a warning', async () => {
    world = await startWorld();
    expect(codes(await world.plan())).not.toContain('cloud');
    const cloud = { ...world.azure.cloud, registrySuffix: '.elsewhere.example' };
    const plan = await world.plan(world.link(), { ...world.azure, cloud });
    expect(codes(plan).filter((code) => code === 'cloud')).toHaveLength(2);
    expect(plan.canApply).toBe(true);
  });

  it.each([
    ['Deleting', false],
    ['Updating', true],
    ['Failed', true],
  ])('in state %s', async (provisioningState, canApply) => {
    world = await startWorld({ downstream: { properties: { provisioningState } } });
    const plan = await world.plan();
    expect(codes(plan)).toContain('registryState');
    expect(plan.canApply).toBe(canApply);
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

describe('the source', () => {
  it('does not exist: a warning', async () => {
    world = await startWorld({
      upstream: { assignments: [{ role: 'Container Registry Repository Reader', principal: 'dev' }] },
    });
    const link = world.link({ mappings: [mapping('MyRule', 'nosuchapp')] });
    const plan = await world.plan(link);
    expect(codes(plan)).toContain('sourceMissing');
    expect(codes(await world.plan())).not.toContain('sourceMissing');
  });
});

describe('what cannot be read', () => {
  it('of the source, or of one’s rights: a warning, no more', async () => {
    world = await startWorld();
    const [content] = [...world.sandbox.state.content.values()].filter(({ registryId }) =>
      registryId.endsWith('/upstreamregistry'),
    );
    const faults = [
      { match: `${content?.loginServer ?? ''}/acr/v1/`, status: 503 },
      { match: '/permissions', status: 503 },
    ];
    const plan = await world.withFaults(faults, () => world.plan());
    expect(codes(plan)).toEqual(expect.arrayContaining(['sourceUnknown', 'rightUnknown']));
    expect(plan.findings.map(({ severity }) => severity)).not.toContain('blocking');
    expect(plan.canApply).toBe(true);
  });
});

describe('the identity', () => {
  it('is of another tenant: blocked', async () => {
    world = await startWorld();
    const { identityId } = world.link().authentication;
    await world.azure.identities.create(identityId, 'eastus');
    expect(codes(await world.plan())).not.toContain('identityTenant');
    const found = world.sandbox.state.resources.get(identityId.toLowerCase());
    if (!found) throw new Error('no identity');
    found.properties['tenantId'] = '33333333-3333-4333-8333-333333333333';
    expect(codes(await world.plan())).toContain('identityTenant');
    await expectUntouched();
  });

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
