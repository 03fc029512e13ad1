import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { generateCondition, parseCondition } from '../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../src/domain/roles.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import type { StepProgress } from '../../../src/provisioning/types.ts';
import { verifyCached } from '../../../src/provisioning/verification/verify.ts';
import { mapping } from './links.ts';
import { codes, startWorld, states, verdicts, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const nameAttribute = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';

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
    world = await startWorld({
      upstream: { assignments: [{ role: 'Container Registry Repository Reader', principal: 'dev' }] },
    });
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
    expect(progress.filter((step) => step.requirementId === 'identity').map((step) => step.state)).toEqual([
      'waiting',
      'running',
      'done',
    ]);
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
    world = await startWorld();
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
    world = await startWorld();
    await world.setUp();
    const link = world.link({ mappings: [mapping('OtherName', 'myapp')] });
    const step = (await world.setUp(link)).steps.at(-1);
    expect(step).toMatchObject({ requirementId: 'cacheRule:OtherName', state: 'alreadyDone' });
    expect(step?.message).toMatch(/rule MyRule already does this.*no rule OtherName/);
    expect((await world.azure.cacheRules.get(step?.resourceId ?? '')).name).toBe('MyRule');
  });

  it('begins with what is independent at the same time', async () => {
    world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
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
    world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
    const refused = await world.plan();
    expect(verdicts(refused)['abacMode']).toBe('conflicting');
    expect(refused.canApply).toBe(false);
    const affected = refused.steps.find((step) => step.requirement.id === 'abacMode')?.inspection.evidence ?? [];
    expect(affected.filter(({ text }) => text.startsWith('AcrPull'))).toHaveLength(2);
    expect(affected.filter(({ text }) => text.startsWith('Owner'))).toHaveLength(1);
    expect((await applyPlan(world.azure, refused)).outcome).toBe('failed');
    expect((await world.azure.registries.get(world.id('upstreamregistry'))).roleAssignmentMode).toBe(
      'LegacyRegistryPermissions',
    );

    expect((await world.setUp(world.link({ allowAbacSwitch: true }))).outcome).toBe('complete');
    expect((await world.azure.registries.get(world.id('upstreamregistry'))).roleAssignmentMode).toBe(
      'AbacRepositoryPermissions',
    );
  });
});

describe('further repositories', () => {
  it('extend the condition of the one assignment', async () => {
    world = await startWorld();
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
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    const condition =
      "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase 'other'))";
    await world.assign(upstream.id, 'b93aa761-3e63-49ed-ac28-beffa264f7ac', principalId, condition);
    expect((await world.setUp()).outcome).toBe('complete');
    expect(assignments()).toHaveLength(1);
    expect(granted(assignments()[0]?.condition)).toEqual(['other', 'myapp']);
  });

  it('are added only as far as no other grant covers them, with one write', async () => {
    world = await startWorld();
    await world.setUp();
    const principalId = String(assignedPrincipal());
    const group = world.id('upstreamregistry').replace(/\/providers\/.*$/, '');
    const shop =
      "((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringStartsWithIgnoreCase 'charts/'))";
    await world.assign(group, 'b93aa761-3e63-49ed-ac28-beffa264f7ac', principalId, shop);
    const link = world.link({ mappings: [mapping('SecondRule', 'charts/shop'), mapping('ThirdRule', 'base/node')] });
    const writes = await world.writesOf(() => world.setUp(link));
    expect(writes.filter((write) => write.includes('roleAssignments'))).toHaveLength(1);
    const here = assignments().find(({ scope }) => scope === link.source.id);
    expect(granted(here?.condition)).toEqual(['myapp', 'base/node']);
  });

  it.each([
    ['is not understood', '@Environment[isPrivateLink] BoolEquals true'],
    ['may not be written again', `${nameAttribute} StringEquals 'other'`],
  ])('leave a condition alone that %s, with its text', async (_, strange) => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    await world.assign(upstream.id, roles.repositoryReader.id, principalId, strange);
    for (const access of ['condition', 'registry'] as const) {
      const plan = await world.plan(world.link({ access }));
      expect(verdicts(plan)['roleAssignment'], access).toBe('conflicting');
      const step = plan.steps.find(({ requirement }) => requirement.id === 'roleAssignment');
      expect(step?.inspection.reason).toContain(strange);
    }
  });

  it('say that a role was given to the client id', async () => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { clientId } = await world.azure.identities.create(identity.identityId, 'eastus');
    await world.assign(upstream.id, roles.repositoryReader.id, clientId);
    const step = (await world.plan()).steps.find(({ requirement }) => requirement.id === 'roleAssignment');
    expect(step?.inspection.verdict).toBe('missing');
    expect(step?.inspection.warnings?.join()).toContain(clientId);
  });

  it('are readable by a condition that may not be written again', async () => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    await world.assign(upstream.id, roles.repositoryReader.id, principalId, `${nameAttribute} StringStartsWith 'my'`);
    expect(verdicts(await world.plan())['roleAssignment']).toBe('satisfied');
  });

  it.each([
    ['Writer at the registry', '2a1e307c-b015-4ebd-883e-5b7698a07328', (id: string) => id],
    [
      'Reader at the resource group',
      'b93aa761-3e63-49ed-ac28-beffa264f7ac',
      (id: string) => id.replace(/\/providers\/.*$/, ''),
    ],
    [
      'Contributor at the subscription',
      '2efddaa5-3f1f-4df3-97df-af3f13818f4c',
      (id: string) => id.replace(/\/resourceGroups\/.*$/, ''),
    ],
  ])('need nothing where a grant suffices: %s', async (_, role, scopeOf) => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    await world.assign(scopeOf(upstream.id), role, principalId);
    expect(verdicts(await world.plan())['roleAssignment']).toBe('satisfied');
  });

  it.each([
    ['AcrPull in ABAC mode', '7f951dda-4ed3-4680-a7ca-43fe172d538d', '', 'does not let images be read'],
    ['the scope of the article', 'b93aa761-3e63-49ed-ac28-beffa264f7ac', '/repositories/myapp', 'not sufficient'],
  ])('do not count %s', async (_, role, below, words) => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    await world.assign(`${upstream.id}${below}`, role, principalId);
    const plan = await world.plan();
    const step = plan.steps.find(({ requirement }) => requirement.id === 'roleAssignment');
    expect(step?.inspection.verdict).toBe('missing');
    expect(step?.inspection.evidence.map(({ text }) => text).join()).toContain(words);
  });
});

describe('access forms', () => {
  it('whole registry: one assignment without condition', async () => {
    world = await startWorld();
    expect((await world.setUp(world.link({ access: 'registry' }))).outcome).toBe('complete');
    expect(assignments()).toMatchObject([{ scope: world.id('upstreamregistry') }]);
    expect(assignments()[0]?.condition).toBeUndefined();
  });

  it('the scope of the article: an assignment there', async () => {
    world = await startWorld();
    const link = world.link({ access: 'repositoryScope' });
    expect((await world.setUp(link)).outcome).toBe('complete');
    expect(assignments()).toMatchObject([{ scope: `${world.id('upstreamregistry')}/repositories/myapp` }]);
    expect(verdicts(await world.plan(link))['roleAssignment:myapp']).toBe('satisfied');
  });

  it('whole registry: a condition that covers the sources is not the whole registry', async () => {
    world = await startWorld();
    await world.setUp();
    const link = world.link({ access: 'registry' });
    const step = (await world.plan(link)).steps.find(({ requirement }) => requirement.id === 'roleAssignment');
    expect(step?.inspection.verdict).toBe('missing');
    expect(step?.inspection.reason).toMatch(/condition .*removed/);
    expect((await world.setUp(link)).outcome).toBe('complete');
    expect(assignments()).toHaveLength(1);
    expect(assignments()[0]?.condition).toBeUndefined();
    expect((await world.plan(link)).steps.find(({ requirement }) => requirement.id === 'roleAssignment')).toMatchObject(
      {
        inspection: { verdict: 'satisfied', reason: expect.stringMatching(/every repository/) },
      },
    );
  });

  it('the scope of the article: a condition there that gives nothing does not count, and is not overwritten', async () => {
    world = await startWorld();
    const { authentication: identity, source: upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
    const other = generateCondition([{ kind: 'repository', repository: 'other' }]);
    await world.assign(`${upstream.id}/repositories/myapp`, roles.repositoryReader.id, principalId, other);
    const plan = await world.plan(world.link({ access: 'repositoryScope' }));
    expect(verdicts(plan)['roleAssignment:myapp']).toBe('conflicting');
    expect(plan.canApply).toBe(false);
  });

  it('AcrPull in RBAC mode, marked as not documented; refused in ABAC mode', async () => {
    world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
    const link = world.link({ access: 'acrPull' });
    const plan = await world.plan(link);
    const step = plan.steps.find(({ requirement }) => requirement.id === 'roleAssignment');
    expect(step?.inspection.evidence.map(({ text }) => text).join()).toContain('not documented');
    expect((await world.setUp(link)).outcome).toBe('complete');
    await world.azure.registries.setRoleAssignmentMode(link.source.id, 'AbacRepositoryPermissions');
    expect(verdicts(await world.plan(link))['roleAssignment']).toBe('conflicting');
  });

  it('everything: no condition, and it says so', async () => {
    world = await startWorld();
    const link = world.link({ mappings: [mapping('AllOfIt', '*', 'cache/*')] });
    const step = (await world.plan(link)).steps.find(({ requirement }) => requirement.id === 'roleAssignment');
    expect(step?.requirement.describe().title).toMatch(/all of/);
    expect((await world.setUp(link)).outcome).toBe('complete');
    expect(assignments()[0]?.condition).toBeUndefined();
  });
});
