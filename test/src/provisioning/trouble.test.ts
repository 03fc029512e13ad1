import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../src/domain/armId.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../src/provisioning/requirements/requirementsOf.ts';
import { createJournal } from '../../../src/provisioning/engine/journal.ts';
import type { ApplyResult, StepProgress } from '../../../src/provisioning/types.ts';
import type { FaultRule } from '../../sandbox/src/types.ts';
import { startWorld, states, verdicts, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const steps = {
  identity: '^PUT .*userAssignedIdentities/',
  abacMode: '^PATCH .*registries/upstreamregistry',
  roleAssignment: '^PUT .*roleAssignments/',
  'cacheRule:MyRule': '^PUT .*cacheRules/',
};

const legacy = { upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' as const } };

function setUpWith(faults: readonly FaultRule[]): Promise<ApplyResult> {
  return world.withFaults(faults, () => world.setUp(world.link({ allowAbacSwitch: true })));
}

/** What is really there, by the kinds of the steps. */
async function reality(): Promise<Record<string, boolean>> {
  const link = world.link({ allowAbacSwitch: true });
  const seen = verdicts(await world.plan(link));
  return Object.fromEntries(Object.entries(seen).map(([id, verdict]) => [id, verdict === 'satisfied']));
}

/** Every step that the result calls done is there, and none that it calls not done. */
async function expectHonest(result: ApplyResult): Promise<void> {
  const there = await reality();
  for (const step of result.steps) {
    expect({ [step.requirementId]: there[step.requirementId] }).toEqual({
      [step.requirementId]: step.state === 'done' || step.state === 'alreadyDone',
    });
  }
}

describe('a step that fails', () => {
  it.each([
    ['identity', { abacMode: 'done', roleAssignment: 'skipped', 'cacheRule:MyRule': 'skipped' }],
    ['abacMode', { identity: 'done', roleAssignment: 'skipped', 'cacheRule:MyRule': 'done' }],
    ['roleAssignment', { identity: 'done', abacMode: 'done', 'cacheRule:MyRule': 'done' }],
    ['cacheRule:MyRule', { identity: 'done', abacMode: 'done', roleAssignment: 'done' }],
  ] as const)('%s: dependants are skipped, the others end, and the next run does the rest', async (failing, others) => {
    world = await startWorld(legacy);
    const result = await setUpWith([
      { match: steps[failing], status: 403, code: 'AuthorizationFailed', message: 'No.' },
    ]);
    expect(result.outcome).toBe('failed');
    expect(states(result)).toEqual({ ...others, [failing]: 'failed' });
    const failed = result.steps.find((step) => step.requirementId === failing);
    expect(failed?.message).toMatch(/^No\. .{20}/); // Azure's words, then what to do
    expect(failed?.error).toMatchObject({ code: 'AuthorizationFailed' });
    expect(result.left).toHaveLength(
      result.steps.filter(({ state }) => state === 'failed' || state === 'skipped').length,
    );
    await expectHonest(result);

    const again = await setUpWith([]);
    expect(again.outcome).toBe('complete');
    for (const [id, state] of Object.entries(states(result))) {
      expect(states(again)[id]).toBe(state === 'done' ? 'alreadyDone' : 'done');
    }
  });

  it('a rule whose operation ends Failed', async () => {
    world = await startWorld();
    const failOperation = { code: 'InternalServerError', message: 'It broke.' };
    const result = await setUpWith([{ match: steps['cacheRule:MyRule'], failOperation }]);
    expect(states(result)['cacheRule:MyRule']).toBe('failed');
    expect(result.steps.at(-1)?.message).toContain('It broke.');
    await expectHonest(result);
    expect((await setUpWith([])).outcome).toBe('complete');
  });

  it('a session that ends midway: what is done is kept, and what to do is said', async () => {
    world = await startWorld();
    const result = await setUpWith([{ match: steps.roleAssignment, status: 401, code: 'ExpiredAuthenticationToken' }]);
    expect(states(result)).toMatchObject({ identity: 'done', roleAssignment: 'failed', 'cacheRule:MyRule': 'done' });
    expect(result.steps.find((step) => step.state === 'failed')?.message).toMatch(/Sign in again/);
    await expectHonest(result);
  });

  it('an identity so new that Azure does not know it everywhere is waited for', async () => {
    world = await startWorld();
    const said: string[] = [];
    const faults: FaultRule[] = [
      {
        match: steps['cacheRule:MyRule'],
        status: 400,
        code: 'FailedIdentityOperation',
        message: 'Not found.',
        times: 2,
      },
      { match: steps.roleAssignment, status: 400, code: 'PrincipalNotFound', message: 'Not found.', times: 2 },
    ];
    const result = await world.withFaults(faults, () =>
      world.setUp(world.link(), { onProgress: (step) => said.push(step.message) }),
    );
    expect(result.outcome).toBe('complete');
    expect(said.join()).toMatch(/waiting for the new identity/);
  });

  it('throttling is waited for', async () => {
    world = await startWorld();
    const result = await setUpWith([
      { match: '^(PUT|PATCH) ', status: 429, code: 'TooManyRequests', retryAfter: 0, times: 3 },
    ]);
    expect(result.outcome).toBe('complete');
  });
});

describe('a connection that breaks', () => {
  it.each(Object.keys(steps) as (keyof typeof steps)[])(
    'after each try of %s was carried out: it is found out',
    async (step) => {
      world = await startWorld(legacy);
      const result = await setUpWith([{ match: steps[step], reset: 'after' }]);
      // A registry operation goes on in the background: the truth may be that it is not finished yet.
      if (states(result)[step] !== 'done')
        expect(result.steps.find((one) => one.requirementId === step)?.message).toMatch(/./);
      expect((await setUpWith([])).outcome).toBe('complete');
      await expectHonest(await setUpWith([]));
    },
  );

  it.each(['identity', 'roleAssignment'] as const)('after %s was written: it counts as done', async (step) => {
    world = await startWorld();
    const result = await setUpWith([{ match: steps[step], reset: 'after' }]);
    expect(result.outcome).toBe('complete');
    expect(states(result)[step]).toBe('done');
    await expectHonest(result);
  });

  it('before anything was done: nothing is claimed', async () => {
    world = await startWorld();
    const plan = await world.plan();
    const result = await world.withFaults([{ match: '.', reset: 'before' }], () =>
      applyPlan(world.azure, plan, { timeScale: 0.02 }),
    );
    expect(result.outcome).toBe('failed');
    expect(result.done).toEqual([]);
    expect(result.steps[0]?.message).toMatch(/connection/i);
    await expectHonest(result);
  });

  it('for good after the write was sent: the result says that it does not know', async () => {
    world = await startWorld();
    const plan = await world.plan();
    const faults: FaultRule[] = [
      { match: steps.identity, reset: 'after' },
      // The first look of apply passes, the look for the truth does not.
      ...[2, 3, 4, 5, 6, 7, 8, 9].map((nth): FaultRule => ({
        match: '^GET .*userAssignedIdentities/',
        reset: 'before',
        nth,
      })),
    ];
    const result = await world.withFaults(faults, () => applyPlan(world.azure, plan, { timeScale: 0.02 }));
    expect(states(result)['identity']).toBe('failed');
    expect(result.steps[0]?.message).toMatch(/not known/);
  });
});

describe('cancel', () => {
  it('lets the write under way end, begins nothing new, and reports both', async () => {
    world = await startWorld({ latencyMs: 30 });
    const controller = new AbortController();
    const plan = await world.plan();
    const result = await applyPlan(world.azure, plan, {
      signal: controller.signal,
      onProgress(step) {
        if (step.requirementId === 'identity' && step.state === 'running') setTimeout(() => controller.abort(), 10);
      },
    });
    expect(result.outcome).toBe('cancelled');
    expect(states(result)).toMatchObject({
      identity: 'done',
      roleAssignment: 'cancelled',
      'cacheRule:MyRule': 'cancelled',
    });
    expect(result.done).toHaveLength(1);
    expect(result.left).toHaveLength(2);
    await expectHonest(result);
    expect((await world.setUp()).outcome).toBe('complete');
  });

  it('before the start writes nothing', async () => {
    world = await startWorld();
    const plan = await world.plan();
    const before = world.sandbox.snapshot();
    const result = await applyPlan(world.azure, plan, { signal: AbortSignal.abort() });
    expect(result).toMatchObject({ outcome: 'cancelled', done: [] });
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('gives up waiting for a long operation after the grace, and says how far it is', async () => {
    world = await startWorld({ operationMs: 60_000, retryAfterSeconds: 0 });
    const controller = new AbortController();
    const plan = await world.plan();
    void world.asked(/^GET .*operationStatuses/).then(() => controller.abort());
    const result = await applyPlan(world.azure, plan, {
      signal: controller.signal,
      timeScale: 0.01,
    });
    expect(result.outcome).toBe('cancelled');
    expect(states(result)['cacheRule:MyRule']).toBe('cancelled');
    expect(result.steps.at(-1)?.message).toMatch(/Creating/);
    await world.sandbox.advance(60_000);
    expect(await reality()).toMatchObject({ 'cacheRule:MyRule': true });
  });

  it('of the plan rejects as cancelled', async () => {
    world = await startWorld();
    await expect(planOf(world.azure, setUpOf(world.link()), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
});

describe('what changed since the plan', () => {
  it('a rule of the same name is not overwritten', async () => {
    world = await startWorld();
    const plan = await world.plan();
    const { downstream, source: upstream } = world.link();
    const other = { sourceRepository: `${upstream.loginServer}/base/node`, targetRepository: 'node' };
    const { id: identityId } = await world.azure.identities.create(world.link().authentication.identityId, 'eastus');
    await world.azure.cacheRules.create(cacheRuleArmId(downstream.id, 'MyRule'), { ...other, identityId });
    const result = await applyPlan(world.azure, plan);
    expect(states(result)).toMatchObject({ identity: 'alreadyDone', 'cacheRule:MyRule': 'failed' });
    expect(result.steps.at(-1)?.message).toMatch(/name MyRule is taken/);
    expect(await world.azure.cacheRules.get(cacheRuleArmId(downstream.id, 'MyRule'))).toMatchObject(other);
  });

  it('a condition that grew meanwhile keeps what it grew by', async () => {
    world = await startWorld();
    await world.setUp();
    const { mapping } = await import('./links.ts');
    const second = world.link({ mappings: [mapping('SecondRule', 'charts/shop')] });
    const third = world.link({ mappings: [mapping('ThirdRule', 'base/node')] });
    const [a, b] = [await world.plan(second), await world.plan(third)];
    expect((await applyPlan(world.azure, a)).outcome).toBe('complete');
    expect((await applyPlan(world.azure, b)).outcome).toBe('complete');
    for (const link of [world.link(), second, third]) {
      expect(verdicts(await world.plan(link))['roleAssignment']).toBe('satisfied');
    }
  });

  it('a target that came to exist is refused by Azure, with what to do', async () => {
    world = await startWorld();
    const plan = await world.plan();
    const [content] = [...world.sandbox.state.content.values()].filter(({ registryId }) =>
      registryId.endsWith('/myregistry'),
    );
    content?.repositories.set('myapp', {
      name: 'myapp',
      createdAt: 0,
      updatedAt: 0,
      tags: new Map(),
      manifests: new Map(),
      blobDigests: new Set(),
    });
    const result = await applyPlan(world.azure, plan);
    const step = result.steps.at(-1);
    expect(step).toMatchObject({ state: 'failed', error: { code: 'TargetRepositoryAlreadyPresentInRegistry' } });
    expect(step?.message).toMatch(/another target/);
  });
});

describe('the journal', () => {
  it('finds a set-up that was cut off, and its link completes it', async () => {
    world = await startWorld();
    const folder = await mkdtemp(join(tmpdir(), 'journal-'));
    try {
      const journal = createJournal(folder);
      const cut = await world.withFaults([{ match: steps['cacheRule:MyRule'], status: 403 }], () =>
        world.setUp(world.link(), { journal }),
      );
      expect(cut.outcome).toBe('failed');
      const later = createJournal(folder);
      const [entry] = await later.unfinished();
      expect(entry?.steps.find((step) => step.requirementId === 'identity')?.state).toBe('done');
      expect((await world.setUp(entry?.purpose.link, { journal: later })).outcome).toBe('complete');
      expect(await createJournal(folder).unfinished()).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('progress', () => {
  it('ends every step exactly once', async () => {
    world = await startWorld();
    const seen: StepProgress[] = [];
    await world.setUp(world.link(), { onProgress: (step) => seen.push(step) });
    for (const id of ['identity', 'abacMode', 'roleAssignment', 'cacheRule:MyRule']) {
      const ends = seen.filter((step) => step.requirementId === id && !['waiting', 'running'].includes(step.state));
      expect(ends).toHaveLength(1);
    }
  });
});
