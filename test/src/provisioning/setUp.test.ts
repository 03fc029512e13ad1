import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { generateCondition, parseCondition } from '../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../src/domain/roles.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import type { StepProgress } from '../../../src/provisioning/types.ts';
import { verifyCached } from '../../../src/provisioning/verification/verify.ts';
import { mapping } from './links.ts';
import { pattern } from '../../samples.ts';
import { inOneWorld } from './savedState.ts';
import { codes, startWorld, states, verdicts, type World } from './world.ts';

let world: World;
inOneWorld(async () => (world = await startWorld({ retryAfterSeconds: 0 })));

function assignedPrincipal(): unknown {
  return [...world.sandbox.state.resources.values()].find((one) => one.name === 'MyACRCacheIdentity')?.properties[
    'principalId'
  ];
}

/** The assignments of the identity, as the sandbox stores them. */
function assignments(): { scope: string; condition?: string }[] {
  return [...world.sandbox.state.roleAssignments.values()].filter((one) => one.principalId === assignedPrincipal());
}

function granted(condition: string | undefined): string[] {
  const parsed = parseCondition(condition ?? '');
  return parsed.ok ? parsed.value.grants.map((grant) => grant.value) : [];
}

describe('the set-up of the article', () => {
  it('plans, creates and proves it', async () => {
    const dev = {
      principalId: world.principal('dev'),
      principalType: 'User',
      roleId: roles.repositoryReader.id,
    } as const;
    await world.azure.roles.put(world.id('upstreamregistry'), crypto.randomUUID(), dev);
    const plan = await world.plan();
    expect(verdicts(plan)).toEqual({
      identity: 'missing',
      abacMode: 'satisfied',
      roleAssignment: 'missing',
      'cacheRule:MyRule': 'missing',
    });
    expect(codes(plan)).toEqual(['featureFlag']);
    expect(plan.canApply).toBe(true);

    const progress: StepProgress[] = [];
    const result = await applyPlan(world.azure, plan, { onProgress: (step) => progress.push(step) });
    expect(result.outcome).toBe('complete');
    expect(states(result)).toEqual({
      identity: 'done',
      abacMode: 'alreadyDone',
      roleAssignment: 'done',
      'cacheRule:MyRule': 'done',
    });
    expect(result.done).toHaveLength(3);
    expect(result.left).toEqual([]);
    const statesOf = (id: string): string[] =>
      progress.filter((step) => step.requirementId === id).map(({ state }) => state);
    expect(statesOf('abacMode')).toEqual(['alreadyDone']);
    for (const id of ['identity', 'roleAssignment', 'cacheRule:MyRule']) {
      expect(statesOf(id), id).toEqual(['waiting', 'running', 'done']);
    }
    expect(granted(assignments()[0]?.condition)).toEqual(['myapp']);

    const { azure } = world;
    const link = world.link();
    const request = {
      downstreamId: link.downstream.id,
      repository: 'myapp',
      reference: 'latest',
      upstream: { id: link.source.id, repository: 'myapp' },
    };
    const downstream = azure.registry(await azure.registries.get(link.downstream.id));
    const platform = { os: 'linux', architecture: 'amd64' };
    await downstream.pull('myapp', 'latest', { platform });
    const proof = await verifyCached(azure, { ...request, platform }, { timeScale: 0.1 });
    expect(proof).toMatchObject({ verdict: 'cached', isStale: false });
    expect(proof.downstreamDigest).toBe(proof.upstreamDigest);
    expect(proof.platforms.map(({ platform: { architecture }, cached }) => ({ architecture, cached }))).toEqual([
      { architecture: 'amd64', cached: true },
      { architecture: 'arm64', cached: false },
    ]);
  });

  it('writes each thing once, and a second time nothing', async () => {
    const writes = await world.writesOf(() => world.setUp());
    expect(writes.map((write) => write.replace(/[0-9a-f-]{36}/, '{guid}')).sort()).toEqual([
      'PUT Microsoft.Authorization/roleAssignments/{guid}',
      'PUT Microsoft.ContainerRegistry/registries/myregistry/cacheRules/MyRule',
      'PUT Microsoft.ManagedIdentity/userAssignedIdentities/MyACRCacheIdentity',
    ]);
    const before = world.sandbox.snapshot();
    let again: unknown;
    expect(await world.writesOf(async () => (again = await world.setUp()))).toEqual([]);
    expect(again).toMatchObject({ outcome: 'complete', done: [], left: [] });
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('names the rule that serves already, whatever its name', async () => {
    await world.setUp();
    const link = world.link({ mappings: [mapping('OtherName', 'myapp')] });
    const step = (await world.setUp(link)).steps.at(-1);
    expect(step).toMatchObject({ requirementId: 'cacheRule:OtherName', state: 'alreadyDone' });
    expect((await world.azure.cacheRules.get(step?.resourceId ?? '')).name).toBe('MyRule');
  });

  it('begins with what is independent at the same time', async () => {
    world.setMode('LegacyRegistryPermissions');
    const { identities, registries } = world.azure;
    const [switching, ruleMade] = [
      world.asked(/^PATCH .*registries\/upstreamregistry/),
      world.asked(/^PUT .*cacheRules/),
    ];
    // Neither would end if the one waited for the other.
    const azure: Azure = {
      ...world.azure,
      identities: {
        ...identities,
        async create(...given) {
          await switching;
          return identities.create(...given);
        },
      },
      registries: {
        ...registries,
        async setRoleAssignmentMode(...given) {
          const switched = await registries.setRoleAssignmentMode(...given);
          await ruleMade;
          return switched;
        },
      },
    };
    const writes = await world.writesOf(() => world.setUp(world.link({ allowAbacSwitch: true }), { azure }));
    expect(writes.map((write) => /roleAssignments|cacheRules|userAssignedIdentities|PATCH/.exec(write)?.[0])).toEqual([
      'PATCH',
      'userAssignedIdentities',
      'cacheRules',
      'roleAssignments',
    ]);
  });

  it('switches the upstream only with consent, and says whose access it ends', async () => {
    world.setMode('LegacyRegistryPermissions');
    const refused = await world.plan();
    expect(verdicts(refused)['abacMode']).toBe('conflicting');
    expect(refused.canApply).toBe(false);
    expect(refused.steps.find((step) => step.requirement.id === 'abacMode')?.inspection.evidence).toHaveLength(3);
    expect((await applyPlan(world.azure, refused)).outcome).toBe('failed');
    const modeNow = async () => (await world.registry('upstreamregistry')).roleAssignmentMode;
    expect(await modeNow()).toBe('LegacyRegistryPermissions');
    expect((await world.setUp(world.link({ allowAbacSwitch: true }))).outcome).toBe('complete');
    expect(await modeNow()).toBe('AbacRepositoryPermissions');
  });
});

describe('further repositories', () => {
  it('extend the condition of the one assignment', async () => {
    await world.setUp();
    const second = world.link({
      mappings: [mapping('SecondRule', 'base/*', 'cache/base/*'), mapping('ThirdRule', 'charts/shop')],
    });
    expect(verdicts(await world.plan(second))).toMatchObject({ identity: 'satisfied', roleAssignment: 'missing' });
    expect((await world.setUp(second)).outcome).toBe('complete');
    expect(assignments()).toHaveLength(1);
    expect(granted(assignments()[0]?.condition)).toEqual(['myapp', 'base/', 'charts/shop']);
    expect(verdicts(await world.plan())).toMatchObject({
      roleAssignment: 'satisfied',
      'cacheRule:MyRule': 'satisfied',
    });
  });

  it('extend an assignment that was made by hand, too', async () => {
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    const condition = generateCondition([pattern('other')]);
    await world.assign(upstream.id, roles.repositoryReader.id, principalId, condition);
    expect((await world.setUp()).outcome).toBe('complete');
    expect(assignments()).toHaveLength(1);
    expect(granted(assignments()[0]?.condition)).toEqual(['other', 'myapp']);
  });

  it('are added only as far as no other grant covers them, with one write', async () => {
    await world.setUp();
    const principalId = String(assignedPrincipal());
    const group = world.id('upstreamregistry').replace(/\/providers\/.*$/, '');
    const shop = generateCondition([pattern('charts/*')]);
    await world.assign(group, roles.repositoryReader.id, principalId, shop);
    const link = world.link({ mappings: [mapping('SecondRule', 'charts/shop'), mapping('ThirdRule', 'base/node')] });
    const writes = await world.writesOf(() => world.setUp(link));
    expect(writes.filter((write) => write.includes('roleAssignments'))).toHaveLength(1);
    const here = assignments().find(({ scope }) => scope === link.source.id);
    expect(granted(here?.condition)).toEqual(['myapp', 'base/node']);
  });
});

describe('access forms', () => {
  it.each([
    ['registry', {}, ''],
    ['condition', { mappings: [mapping('MyRule', '*', 'cache/*')] }, ''],
    ['repositoryScope', {}, '/repositories/myapp'],
  ] as const)('%s, %j: one assignment without condition', async (access, change, below) => {
    const link = world.link({ access, ...change });
    expect((await world.setUp(link)).outcome).toBe('complete');
    expect(assignments()).toMatchObject([{ scope: `${link.source.id}${below}` }]);
    expect(assignments()[0]?.condition).toBeUndefined();
    expect(new Set(Object.values(verdicts(await world.plan(link))))).toEqual(new Set(['satisfied']));
  });

  it('whole registry: a condition that covers the sources is taken away', async () => {
    await world.setUp();
    expect((await world.setUp(world.link({ access: 'registry' }))).outcome).toBe('complete');
    expect(assignments()).toHaveLength(1);
    expect(assignments()[0]?.condition).toBeUndefined();
  });

  it('AcrPull in RBAC mode is in the way once the upstream is in ABAC mode', async () => {
    world.setMode('LegacyRegistryPermissions');
    const link = world.link({ access: 'acrPull' });
    expect((await world.setUp(link)).outcome).toBe('complete');
    await world.azure.registries.setRoleAssignmentMode(link.source.id, 'AbacRepositoryPermissions');
    expect(verdicts(await world.plan(link))['roleAssignment']).toBe('conflicting');
  });
});
