import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { applyCleanUp } from '../../../../src/provisioning/changes/cleanUp/applyCleanUp.ts';
import { createCleanUpMemory } from '../../../../src/provisioning/changes/cleanUp/cleanUpMemory.ts';
import { planCleanUp } from '../../../../src/provisioning/changes/cleanUp/planCleanUp.ts';
import type { CleanUpItem, CleanUpPlan, CleanUpResult } from '../../../../src/provisioning/changes/cleanUp/types.ts';
import { repositoryFor } from '../../../sandbox/src/registry/store.ts';
import { mapping } from '../links.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const ruleId = (name = 'MyRule'): string => cacheRuleArmId(world.link().downstream.id, name);

function start(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  return startWorld({ retryAfterSeconds: 0, operationMs: 5, ...options });
}

async function cleanUp(
  plan: CleanUpPlan,
  selected: (item: CleanUpItem) => boolean = (item) => item.selectedByDefault,
): Promise<CleanUpResult> {
  return applyCleanUp(world.azure, plan, new Set(plan.items.filter(selected).map((item) => item.id)));
}

function item(plan: CleanUpPlan, kind: CleanUpItem['kind']): CleanUpItem {
  const found = plan.items.find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind} in ${JSON.stringify(plan.items)}`);
  return found;
}

describe('clean-up', () => {
  it.each([
    ['condition', 'AbacRepositoryPermissions'],
    ['registry', 'AbacRepositoryPermissions'],
    ['repositoryScope', 'AbacRepositoryPermissions'],
    ['acrPull', 'LegacyRegistryPermissions'],
  ] as const)('leaves nothing behind (%s)', async (access, roleAssignmentMode) => {
    world = await start({ upstream: { roleAssignmentMode } });
    const before = world.sandbox.snapshot();
    await world.setUp(world.link({ access }));
    const after = world.sandbox.snapshot();
    const plan = await planCleanUp(world.azure, ruleId());
    expect(world.sandbox.snapshot()).toBe(after); // a dry run
    expect(plan.items.map(({ kind, selectedByDefault }) => `${kind} ${selectedByDefault}`)).toEqual([
      'cacheRule true',
      'roleAssignment true',
      'identity true',
    ]);
    const result = await cleanUp(plan);
    expect(result).toMatchObject({ outcome: 'complete', stays: [] });
    expect(result.gone).toHaveLength(3);
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('lists the repositories although one of them has an odd name, and says so', async () => {
    world = await start();
    await world.setUp(world.link({ mappings: [mapping('MyRule', 'team/*', 'cache/*')] }));
    const content = world.sandbox.state.content.get(world.link().downstream.id.toLowerCase())!;
    for (const name of ['cache/fine', 'cache/Odd Name', 'elsewhere/Odd Name']) repositoryFor(content, name, 0);
    const plan = await planCleanUp(world.azure, ruleId());
    const cached = plan.items.filter(({ kind }) => kind === 'cachedRepository');
    expect(cached.map(({ id, offered }) => `${id} ${offered}`)).toEqual([
      'cachedRepository:cache/fine true',
      'cachedRepository:cache/Odd Name false',
    ]);
    expect(cached[1]?.unknown).toBeTruthy();
  });

  it('takes the cached repository only when it is selected', async () => {
    world = await start();
    const before = world.sandbox.snapshot();
    await world.setUp();
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    // The index and the platform that was pulled: the copy is done.
    await expect.poll(() => content.storedManifests('myapp')).toHaveLength(2);
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'cachedRepository')).toMatchObject({ offered: true, selectedByDefault: false });
    expect(item(plan, 'cachedRepository').size).toBeGreaterThan(0);
    const result = await cleanUp(plan);
    expect(result.stays.join()).toMatch(/myapp.*not selected/);
    expect(await content.repositoryExists('myapp')).toBe(true);
    const rest = await planCleanUp(world.azure, ruleId(), { remembered: { ...plan, chosen: [], kept: [] } });
    expect(rest.items.map(({ kind }) => kind)).toEqual(['cachedRepository']);
    await cleanUp(rest, () => true);
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('removes the article form made by hand, whose names are random', async () => {
    world = await start();
    const before = world.sandbox.snapshot();
    const link = world.link();
    const { principalId } = await world.azure.identities.create(link.authentication.identityId, 'eastus');
    await world.assign(`${link.source.id}/repositories/myapp`, roles.repositoryReader.id, principalId);
    await world.assign(link.source.id, roles.repositoryReader.id, principalId);
    await world.setUp(link);
    const plan = await planCleanUp(world.azure, ruleId());
    expect(plan.items.filter(({ kind, offered }) => kind === 'roleAssignment' && offered)).toHaveLength(2);
    await cleanUp(plan);
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('of a rule whose identity was deleted takes the assignment that outlived it', async () => {
    world = await start();
    const before = world.sandbox.snapshot();
    await world.setUp();
    await world.azure.identities.delete(world.link().authentication.identityId);
    const plan = await planCleanUp(world.azure, ruleId());
    expect(plan.items.map(({ kind }) => kind)).toEqual(['cacheRule', 'roleAssignment']);
    expect(await cleanUp(plan)).toMatchObject({ outcome: 'complete' });
    expect(world.sandbox.snapshot()).toBe(before);
  });
});

describe('what something else uses', () => {
  it('stays: rules of other registries, and a condition they share is narrowed', async () => {
    world = await start();
    const second = world.link({ mappings: [mapping('SecondRule', 'charts/shop')] });
    await world.setUp(second);
    const between = world.sandbox.snapshot();
    await world.setUp();
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'roleAssignment')).toMatchObject({ offered: true });
    expect(item(plan, 'roleAssignment').todo).toMatch(/Take myapp out/);
    expect(item(plan, 'identity')).toMatchObject({ offered: false, selectedByDefault: false });
    expect(item(plan, 'identity').inUseBy.join()).toContain('SecondRule');
    const result = await cleanUp(plan, () => true);
    expect(result.outcome).toBe('complete');
    expect(result.stays.join()).toContain('SecondRule');
    expect(world.sandbox.snapshot()).toBe(between);
  });

  it('a second rule for the same source keeps the permission', async () => {
    world = await start();
    await world.setUp();
    await world.setUp(world.link({ mappings: [mapping('TwinRule', 'myapp', 'twin')] }));
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'roleAssignment')).toMatchObject({ offered: false });
    expect(item(plan, 'roleAssignment').inUseBy.join()).toContain('TwinRule');
  });

  it('another role assignment keeps the identity', async () => {
    world = await start();
    await world.setUp();
    const { principalId } = await world.azure.identities.get(world.link().authentication.identityId);
    await world.assign(`/subscriptions/${world.subscriptionId}`, roles.reader.id, principalId);
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'roleAssignment').offered).toBe(true);
    expect(item(plan, 'identity').inUseBy.join()).toMatch(/role Reader at \/subscriptions/);
  });

  it('a resource that carries the identity keeps identity and permission', async () => {
    world = await start();
    await world.setUp();
    const link = world.link();
    const { principalId, clientId } = await world.azure.identities.get(link.authentication.identityId);
    const id = link.downstream.id.replace(/\/providers\/.*/, '/providers/Microsoft.Compute/virtualMachines/vm1');
    world.sandbox.state.resources.set(id.toLowerCase(), {
      id,
      name: 'vm1',
      type: 'Microsoft.Compute/virtualMachines',
      location: 'eastus',
      identity: {
        type: 'UserAssigned',
        userAssignedIdentities: { [link.authentication.identityId]: { principalId, clientId } },
      },
      properties: {},
      createdAt: 0,
    });
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'identity').inUseBy.join()).toContain('vm1');
    expect(item(plan, 'roleAssignment')).toMatchObject({ offered: false });
    expect(item(plan, 'roleAssignment').unknown).toContain('vm1');
    expect(item(plan, 'cacheRule').offered).toBe(true);
  });

  it('a federated credential keeps the identity, and goes with it when it is no more', async () => {
    world = await start();
    await world.setUp();
    const { authentication: identity } = world.link();
    const id = `${identity.identityId}/federatedIdentityCredentials/github`;
    world.sandbox.state.resources.set(id.toLowerCase(), {
      id,
      name: 'github',
      type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
      properties: { issuer: 'https://issuer.example', subject: 'repo:a/b', audiences: ['api'] },
      createdAt: 0,
    });
    expect(await world.azure.identities.federatedCredentials(identity.identityId)).toEqual(['github']);
    const plan = await planCleanUp(world.azure, ruleId());
    expect(item(plan, 'identity').inUseBy.join()).toContain('github');
  });

  it('that came after the dry run stays too', async () => {
    world = await start();
    await world.setUp();
    const plan = await planCleanUp(world.azure, ruleId());
    await world.setUp(world.link({ mappings: [mapping('TwinRule', 'myapp', 'twin')] }));
    const between = world.sandbox.snapshot();
    const result = await cleanUp(plan);
    expect(result).toMatchObject({ outcome: 'complete' });
    expect(result.gone).toHaveLength(1);
    expect(result.stays.filter((line) => line.includes('TwinRule'))).toHaveLength(2);
    expect(world.sandbox.snapshot()).not.toBe(between);
  });
});

describe('what cannot be known', () => {
  it.each([
    ['the rules of a registry', '^GET .*upstreamregistry/cacheRules'],
    ['the carriers', '^POST .*ResourceGraph'],
    ['the federated credentials', '^GET .*federatedIdentityCredentials'],
    ['the role assignments', '^GET /subscriptions/[^/]+/providers/Microsoft.Authorization/roleAssignments'],
  ])('%s: not offered, with why', async (_, match) => {
    world = await start();
    await world.setUp();
    const plan = await world.withFaults([{ match, status: 403 }], () => planCleanUp(world.azure, ruleId()));
    expect(item(plan, 'identity')).toMatchObject({ offered: false });
    expect(item(plan, 'identity').unknown).toMatch(/could not be read/);
    expect(item(plan, 'cacheRule').offered).toBe(true);
  });

  it('an upstream that is not visible: nothing is offered, with the way to delete the rule alone', async () => {
    world = await start();
    await world.setUp();
    const id = ruleId('Foreign');
    const rule = [...world.sandbox.state.resources.values()].find((one) => one.name === 'MyRule');
    world.sandbox.state.resources.set(id.toLowerCase(), {
      ...rule!,
      id,
      name: 'Foreign',
      properties: { ...rule!.properties, sourceRepository: 'elsewhere.example.com/app', targetRepository: 'foreign' },
    });
    const plan = await planCleanUp(world.azure, id);
    expect(plan.link).toBeUndefined();
    // Without the rule nobody would find the identity again.
    expect(plan.items.map(({ kind, offered }) => `${kind} ${offered}`)).toEqual(['cacheRule false', 'identity false']);
    expect(item(plan, 'cacheRule').unknown).toMatch(/Delete Cache Rule/);
    expect(await cleanUp(plan, () => true)).toMatchObject({ outcome: 'complete', gone: [] });
    await expect(world.azure.cacheRules.get(id)).resolves.toMatchObject({ name: 'Foreign' });
  });
});

describe('a clean-up that is cut off', () => {
  it.each([
    ['cacheRule', '^DELETE .*cacheRules'],
    ['roleAssignment', '^DELETE .*roleAssignments'],
    ['identity', '^DELETE .*userAssignedIdentities'],
  ])('at the %s says so, is remembered, and the second run does the rest', async (kind, match) => {
    world = await start();
    const folder = await mkdtemp(join(tmpdir(), 'cleanup-'));
    try {
      const before = world.sandbox.snapshot();
      await world.setUp();
      const memory = createCleanUpMemory(folder);
      const plan = await planCleanUp(world.azure, ruleId());
      const all = new Set(plan.items.map(({ id }) => id));
      const cut = await world.withFaults([{ match, status: 403 }], () =>
        applyCleanUp(world.azure, plan, all, { memory }),
      );
      expect(cut.outcome).toBe('failed');
      expect(cut.stays.join()).toContain('again');
      expect(cut.gone.length + cut.stays.length).toBe(3);
      expect(cut.gone).toHaveLength(['cacheRule', 'roleAssignment', 'identity'].indexOf(kind));
      const [entry] = await createCleanUpMemory(folder).list();
      const rest = await planCleanUp(world.azure, entry!.ruleId, { remembered: entry! });
      expect(await applyCleanUp(world.azure, rest, all, { memory })).toMatchObject({ outcome: 'complete' });
      expect(world.sandbox.snapshot()).toBe(before);
      expect(await memory.list()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['with', 'without'])('is continued with what was chosen, by a rule %s identity', async (identity) => {
    world = await start();
    const folder = await mkdtemp(join(tmpdir(), 'cleanup-'));
    try {
      await world.setUp();
      const content = world.azure.registry(await world.registry('myregistry'));
      await content.pull('myapp', '1.0');
      await expect.poll(() => content.repositoryExists('myapp')).toBe(true);
      const rule = world.sandbox.state.resources.get(ruleId().toLowerCase());
      if (identity === 'without') delete rule!.identity;
      const memory = createCleanUpMemory(folder);
      const plan = await planCleanUp(world.azure, ruleId());
      const chosen = new Set(['cacheRule', item(plan, 'cachedRepository').id]);
      const cut = await world.withFaults([{ match: '^DELETE .*/acr/v1/', status: 403 }], () =>
        applyCleanUp(world.azure, plan, chosen, { memory }),
      );
      expect(cut).toMatchObject({ outcome: 'failed', gone: { length: 1 } });
      const [entry] = await createCleanUpMemory(folder).list();
      const rest = await planCleanUp(world.azure, ruleId(), { remembered: entry! });
      expect(item(rest, 'cachedRepository')).toMatchObject({ selectedByDefault: true, isAsBefore: true });
      expect(rest.items.filter(({ selectedByDefault }) => selectedByDefault)).toHaveLength(1);
      // Of a rule that was made anew nothing was chosen yet.
      world.sandbox.state.resources.set(ruleId().toLowerCase(), rule!);
      const anew = await planCleanUp(world.azure, ruleId(), { remembered: entry! });
      expect(anew.items.some(({ isAsBefore }) => isAsBefore)).toBe(false);
      world.sandbox.state.resources.delete(ruleId().toLowerCase());
      expect(await cleanUp(rest)).toMatchObject({ outcome: 'complete', gone: { length: 1 } });
      expect(await content.repositoryExists('myapp')).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('before its rule, is continued with what was chosen as long as that is the same rule', async () => {
    world = await start();
    const folder = await mkdtemp(join(tmpdir(), 'cleanup-'));
    try {
      await world.setUp();
      const content = world.azure.registry(await world.registry('myregistry'));
      await content.pull('myapp', '1.0');
      await expect.poll(() => content.repositoryExists('myapp')).toBe(true);
      // Its upstream is not visible any more: so neither rule nor identity are offered.
      const { properties } = world.sandbox.state.resources.get(ruleId().toLowerCase())!;
      properties['sourceRepository'] = 'elsewhere.example.com/app';
      const memory = createCleanUpMemory(folder);
      const plan = await planCleanUp(world.azure, ruleId());
      await world.withFaults([{ match: '^DELETE .*/acr/v1/', status: 403 }], () =>
        applyCleanUp(world.azure, plan, new Set([item(plan, 'cachedRepository').id]), { memory }),
      );
      const [entry] = await createCleanUpMemory(folder).list();
      const repository = async () =>
        item(await planCleanUp(world.azure, ruleId(), { remembered: entry! }), 'cachedRepository');
      expect(await repository()).toMatchObject({ selectedByDefault: true, isAsBefore: true });
      // Deleted and made again elsewhere: of that one nothing was chosen.
      properties['creationDate'] = '2031-01-01T00:00:00Z';
      expect(await repository()).toMatchObject({ selectedByDefault: false });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('by a cancel between two deletions', async () => {
    world = await start();
    const before = world.sandbox.snapshot();
    await world.setUp();
    const plan = await planCleanUp(world.azure, ruleId());
    const abort = new AbortController();
    const result = await applyCleanUp(world.azure, plan, new Set(plan.items.map(({ id }) => id)), {
      signal: abort.signal,
      onProgress({ itemId, state }) {
        if (itemId === 'cacheRule' && state === 'gone') abort.abort();
      },
    });
    expect(result).toMatchObject({ outcome: 'cancelled' });
    expect(result.gone).toHaveLength(1);
    expect(result.stays).toHaveLength(2);
    await cleanUp(await planCleanUp(world.azure, ruleId(), { remembered: { ...plan, chosen: [], kept: [] } }));
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('without a memory of it, a rule that is gone is not found', async () => {
    world = await start();
    await expect(planCleanUp(world.azure, ruleId())).rejects.toMatchObject({ kind: 'notFound' });
  });
});
