import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { begunCleanUp, cleanUpPlan, type CleanUpPlan } from '../../../../src/provisioning/changes/cleanUp.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import type { ApplyResult } from '../../../../src/provisioning/types.ts';
import { allOf, offersOf, stepOf } from '../cleaning.ts';
import { startWorld, states, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const ruleId = (): string => cacheRuleArmId(world.link().downstream.id, 'MyRule');

function start(): Promise<World> {
  return startWorld({ retryAfterSeconds: 0, operationMs: 5 });
}

function cleanUp(plan: CleanUpPlan): Promise<ApplyResult> {
  return applyPlan(world.azure, plan, { timeScale: 0.02 });
}

async function principal(): Promise<string> {
  return (await world.azure.identities.get(world.link().authentication.identityId)).principalId;
}

async function assignments(principalId: string): Promise<string[]> {
  const found = await world.azure.roles.listForPrincipal(world.link().source.id, principalId);
  return found.map(({ id }) => id);
}

/** Of the step that is about the principal's only assignment. */
async function stepId(principalId: string): Promise<string> {
  return `withoutAssignment:${(await assignments(principalId)).join().toLowerCase()}`;
}

/** Deletes the identity and makes another of its name, as someone else would. */
async function remakeIdentity(): Promise<string> {
  const { identityId: id } = world.link().authentication;
  await world.azure.identities.delete(id);
  return (await world.azure.identities.create(id, 'eastus')).principalId;
}

describe('what the clean-up cannot call its own', () => {
  it('an assignment made elsewhere whose condition is not understood stays', async () => {
    world = await start();
    await world.setUp();
    const principalId = await principal();
    for (const id of await assignments(principalId)) await world.azure.roles.delete(id);
    const odd = "(@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringMatches 'a*' OR 1 == 2)";
    await world.assign(world.link().source.id, roles.repositoryReader.id, principalId);
    const [id = ''] = await assignments(principalId);
    const stored = world.sandbox.state.roleAssignments.get(id.toLowerCase());
    if (!stored) throw new Error(`no ${id}`);
    Object.assign(stored, { condition: odd });
    const plan = await cleanUpPlan(world.azure, ruleId());
    expect(offersOf(plan)).toEqual(['withoutRule chosen', 'withoutAssignment notKnown', 'withoutIdentity inUse']);
    expect(stepOf(plan, 'withoutAssignment').inspection.reason).toBeTruthy();
    await cleanUp(plan);
    expect(await assignments(principalId)).toEqual([id]);
  });

  it('subscriptions that are not selected may use it: identity and permission stay, with the cure', async () => {
    world = await start();
    await world.setUp();
    const { tenantId = '' } = world.azure.subscriptions[0] ?? {};
    const seen = (unselected: Azure['unselected']): Azure => ({
      ...world.azure,
      ...(unselected ? { unselected } : {}),
    });
    const plan = await cleanUpPlan(seen([{ name: 'Production', tenantId }]), ruleId());
    expect(offersOf(plan)).toEqual(['withoutRule chosen', 'withoutAssignment notKnown', 'withoutIdentity inUse']);
    expect(stepOf(plan, 'withoutIdentity').inspection.verdict).toBe('unknown');
    expect(stepOf(plan, 'withoutIdentity').inspection.reason).toContain('Production');
    // An identity serves its own tenant only.
    const elsewhere = [{ name: 'Elsewhere', tenantId: '99999999-9999-4999-8999-999999999999' }];
    expect(offersOf(await cleanUpPlan(seen(elsewhere), ruleId()))).toEqual([
      'withoutRule chosen',
      'withoutAssignment chosen',
      'withoutIdentity chosen',
    ]);
  });
});

describe('an identity that was made again', () => {
  it('since the dry run stays, and the assignment of the old one goes', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const plan = await cleanUpPlan(world.azure, ruleId());
    const present = await remakeIdentity();
    const result = await cleanUp(plan);
    expect(Object.values(states(result))).toEqual(['done', 'done', 'kept']);
    expect(await principal()).toBe(present);
    expect(await assignments(former)).toEqual([]);
  });

  it('before the dry run is not selected, nor its assignment', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const present = await remakeIdentity();
    await world.assign(world.link().source.id, roles.repositoryReader.id, present);
    const { steps } = await cleanUpPlan(world.azure, ruleId());
    expect(steps.map(({ requirement, isLeftOut, because }) => [requirement.id, isLeftOut, because])).toEqual([
      ['deletedRule', false, undefined],
      [await stepId(present), true, 'madeAgain'],
      [await stepId(former), false, undefined],
      ['withoutIdentity', true, 'madeAgain'],
    ]);
  });

  it('since a clean-up was cut off is not selected, though the old one had been', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const plan = await cleanUpPlan(world.azure, ruleId());
    const faults = [{ match: '^DELETE .*/userAssignedIdentities/', status: 403 }];
    const cut = await world.withFaults(faults, () => cleanUp(plan));
    expect(cut.outcome).toBe('failed');
    const begun = begunCleanUp({ purpose: plan.purpose, steps: cut.steps });
    expect(begun).toMatchObject({ chosen: ['withoutIdentity'], principalId: former });
    await remakeIdentity();
    const again = await cleanUpPlan(world.azure, ruleId(), { begun });
    expect(stepOf(again, 'withoutIdentity')).toMatchObject({ isLeftOut: true, because: 'madeAgain' });
  });

  it('before the dry run: the assignments of both are found', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const present = await remakeIdentity();
    await world.assign(world.link().source.id, roles.repositoryReader.id, present);
    const plan = await cleanUpPlan(world.azure, ruleId());
    expect(await cleanUp(allOf(plan))).toMatchObject({ outcome: 'complete', kept: [] });
    expect(await assignments(former)).toEqual([]);
    expect(await assignments(present)).toEqual([]);
  });
});
