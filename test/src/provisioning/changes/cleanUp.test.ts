import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import {
  begunCleanUp,
  cleanUpPlan,
  withChoice,
  type CleanUpPlan,
} from '../../../../src/provisioning/changes/cleanUp.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { createJournal } from '../../../../src/provisioning/engine/journal.ts';
import type { ApplyResult, CleanUpPurpose } from '../../../../src/provisioning/types.ts';
import { allOf, offersOf, stepOf } from '../cleaning.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { startWorld, states, type World } from '../world.ts';

let world: World;
inOneWorld(async () => (world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 })));

const ruleId = (name = 'MyRule'): string => cacheRuleArmId(world.link().downstream.id, name);

function cleanUp(plan: CleanUpPlan): Promise<ApplyResult> {
  return applyPlan(world.azure, plan, { timeScale: 0.02 });
}

/** As another window reads it. */
async function begunIn(folder: string): Promise<CleanUpPurpose | undefined> {
  const [entry] = await createJournal(folder).unfinished();
  return entry && begunCleanUp(entry);
}

describe('clean-up', () => {
  it.each([
    ['condition', 'AbacRepositoryPermissions'],
    ['registry', 'AbacRepositoryPermissions'],
    ['repositoryScope', 'AbacRepositoryPermissions'],
    ['acrPull', 'LegacyRegistryPermissions'],
  ] as const)('leaves nothing behind (%s)', async (access, roleAssignmentMode) => {
    world.setMode(roleAssignmentMode);
    const before = world.sandbox.snapshot();
    await world.setUp(world.link({ access }));
    const after = world.sandbox.snapshot();
    const plan = await cleanUpPlan(world.azure, ruleId());
    expect(world.sandbox.snapshot()).toBe(after); // a dry run
    expect(offersOf(plan)).toEqual(['withoutRule chosen', 'withoutAssignment chosen', 'withoutIdentity chosen']);
    const result = await cleanUp(plan);
    expect(result).toMatchObject({ outcome: 'complete', kept: [], done: { length: 3 } });
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('takes the cached repository only when it is chosen', async () => {
    const before = world.sandbox.snapshot();
    await world.setUp();
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    // The index and the platform that was pulled: the copy is done.
    await expect.poll(() => content.storedManifests('myapp')).toHaveLength(2);
    const plan = await cleanUpPlan(world.azure, ruleId());
    expect(stepOf(plan, 'withoutRepository')).toMatchObject({ isLeftOut: true, inspection: { verdict: 'missing' } });
    expect(stepOf(plan, 'withoutRepository').inspection.size).toBeGreaterThan(0);
    const result = await cleanUp(plan);
    expect(states(result)).toMatchObject({ deletedRule: 'done', 'withoutRepository:myapp': 'kept' });
    expect(result.kept).toHaveLength(1);
    expect(await content.repositoryExists('myapp')).toBe(true);
    const rest = await cleanUpPlan(world.azure, ruleId(), { begun: { ...plan.purpose, chosen: [], kept: [] } });
    expect(offersOf(rest)).toEqual(['withoutRepository left out']);
    await cleanUp(allOf(rest));
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('leaves what needs the rule when only the rule is kept', async () => {
    await world.setUp();
    const before = world.sandbox.snapshot();
    const plan = await cleanUpPlan(world.azure, ruleId());
    const others = plan.steps.slice(1).map(({ requirement }) => requirement.id);
    const result = await cleanUp(withChoice(plan, new Set(others)));
    expect(Object.values(states(result))).toEqual(['kept', 'kept', 'kept']);
    expect(result.kept).toHaveLength(3);
    expect(world.sandbox.snapshot()).toBe(before);
  });
});

describe('what something else uses', () => {
  it('stays: rules of other registries, and a condition they share is narrowed', async () => {
    const second = world.link({ mappings: [mapping('SecondRule', 'charts/shop')] });
    await world.setUp(second);
    const between = world.sandbox.snapshot();
    await world.setUp();
    const plan = await cleanUpPlan(world.azure, ruleId());
    expect(offersOf(plan)).toEqual(['withoutRule chosen', 'withoutAssignment chosen', 'withoutIdentity inUse']);
    const result = await cleanUp(allOf(plan));
    expect(result.outcome).toBe('complete');
    expect(result.kept).toHaveLength(1);
    expect(world.sandbox.snapshot()).toBe(between);
  });
});

describe('an identity that was made again', () => {
  /** Deletes the identity and makes another of its name, as someone else would. */
  async function remakeIdentity(): Promise<string> {
    const { identityId } = world.link().authentication;
    await world.azure.identities.delete(identityId);
    return (await world.azure.identities.create(identityId, 'eastus')).principalId;
  }

  it('since the dry run stays, and the assignment of the old one goes', async () => {
    await world.setUp();
    const { source, authentication } = world.link();
    const former = (await world.azure.identities.get(authentication.identityId)).principalId;
    const plan = await cleanUpPlan(world.azure, ruleId());
    const present = await remakeIdentity();
    expect(Object.values(states(await cleanUp(plan)))).toEqual(['done', 'done', 'kept']);
    expect((await world.azure.identities.get(authentication.identityId)).principalId).toBe(present);
    expect(await world.azure.roles.listForPrincipal(source.id, former)).toEqual([]);
  });

  it('since a clean-up was cut off is not selected, though the old one had been', async () => {
    await world.setUp();
    const plan = await cleanUpPlan(world.azure, ruleId());
    const faults = [{ match: '^DELETE .*/userAssignedIdentities/', status: 403 }];
    const cut = await world.withFaults(faults, () => cleanUp(plan));
    const begun = begunCleanUp({ purpose: plan.purpose, steps: cut.steps });
    expect(begun).toMatchObject({ chosen: ['withoutIdentity'] });
    await remakeIdentity();
    const again = await cleanUpPlan(world.azure, ruleId(), { begun });
    expect(stepOf(again, 'withoutIdentity')).toMatchObject({ isLeftOut: true, because: 'madeAgain' });
  });
});

describe('a clean-up that is cut off', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cleanup-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Pulls through the rule, so that there is a repository. */
  async function fill() {
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(() => content.repositoryExists('myapp')).toBe(true);
    return content;
  }

  it('says so, is remembered, and the second run does the rest', async () => {
    const before = world.sandbox.snapshot();
    await world.setUp();
    const journal = createJournal(folder);
    const plan = await cleanUpPlan(world.azure, ruleId());
    const faults = [{ match: '^DELETE .*roleAssignments', status: 403 }];
    const cut = await world.withFaults(faults, () => applyPlan(world.azure, plan, { journal }));
    expect(cut.outcome).toBe('failed');
    expect(Object.values(states(cut))).toEqual(['done', 'failed', 'skipped']);
    const rest = await cleanUpPlan(world.azure, ruleId(), { begun: await begunIn(folder) });
    expect(await applyPlan(world.azure, rest, { journal })).toMatchObject({ outcome: 'complete' });
    expect(world.sandbox.snapshot()).toBe(before);
    expect(await journal.unfinished()).toEqual([]);
  });

  it.each(['with', 'without'])('is continued with what was chosen, by a rule %s identity', async (identity) => {
    await world.setUp();
    const content = await fill();
    const rule = world.sandbox.state.resources.get(ruleId().toLowerCase());
    if (identity === 'without') delete rule!.identity;
    const journal = createJournal(folder);
    const plan = await cleanUpPlan(world.azure, ruleId());
    const chosen = withChoice(plan, new Set(['deletedRule', 'withoutRepository:myapp']));
    const cut = await world.withFaults([{ match: '^DELETE .*/acr/v1/', status: 403 }], () =>
      applyPlan(world.azure, chosen, { journal }),
    );
    expect(cut).toMatchObject({ outcome: 'failed', done: { length: 1 } });
    const begun = await begunIn(folder);
    const rest = await cleanUpPlan(world.azure, ruleId(), { begun });
    expect(stepOf(rest, 'withoutRepository')).toMatchObject({ isLeftOut: false, because: 'chosenBefore' });
    expect(rest.purpose.chosen).toEqual(['withoutRepository:myapp']);
    // Of a rule that was made anew nothing was chosen yet.
    world.sandbox.state.resources.set(ruleId().toLowerCase(), rule!);
    const anew = await cleanUpPlan(world.azure, ruleId(), { begun });
    expect(anew.steps.some(({ because }) => because !== undefined)).toBe(false);
    world.sandbox.state.resources.delete(ruleId().toLowerCase());
    expect(await cleanUp(rest)).toMatchObject({ outcome: 'complete', done: { length: 1 } });
    expect(await content.repositoryExists('myapp')).toBe(false);
  });
});

describe('a clean-up with a lock on the registry', () => {
  it('says so, loses nothing, and does all once the lock is gone', async () => {
    const before = world.sandbox.snapshot();
    await world.setUp();
    const { downstream } = world.link();
    const lockId = `${downstream.id}/providers/Microsoft.Authorization/locks/Keep`;
    world.sandbox.state.resources.set(lockId.toLowerCase(), {
      id: lockId,
      name: 'Keep',
      type: 'Microsoft.Authorization/locks',
      properties: { level: 'CanNotDelete' },
      createdAt: 0,
    });
    const locked = world.sandbox.snapshot();
    const result = await cleanUp(await cleanUpPlan(world.azure, ruleId()));
    expect(result.outcome).toBe('failed');
    expect(result.steps[0]?.error).toMatchObject({ status: 409, code: 'ScopeLocked' });
    // What would be deleted after the rule is not: the rule still works.
    expect(world.sandbox.snapshot()).toBe(locked);
    world.sandbox.state.resources.delete(lockId.toLowerCase());
    expect(await cleanUp(await cleanUpPlan(world.azure, ruleId()))).toMatchObject({ outcome: 'complete' });
    expect(world.sandbox.snapshot()).toBe(before);
  });
});
