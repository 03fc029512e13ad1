import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { applyCleanUp } from '../../../../src/provisioning/changes/cleanUp/applyCleanUp.ts';
import { planCleanUp } from '../../../../src/provisioning/changes/cleanUp/planCleanUp.ts';
import type {
  CleanUpItem,
  CleanUpMemory,
  CleanUpPlan,
  CleanUpResult,
  UnfinishedCleanUp,
} from '../../../../src/provisioning/changes/cleanUp/types.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const ruleId = (): string => cacheRuleArmId(world.link().downstream.id, 'MyRule');

function start(): Promise<World> {
  return startWorld({ retryAfterSeconds: 0, operationMs: 5 });
}

function cleanUp(plan: CleanUpPlan, kinds?: readonly string[]): Promise<CleanUpResult> {
  const chosen = plan.items.filter(({ kind }) => kinds?.includes(kind) ?? true);
  return applyCleanUp(world.azure, plan, new Set(chosen.map(({ id }) => id)), { timeScale: 0.02 });
}

function offers(plan: CleanUpPlan): string[] {
  return plan.items.map(({ kind, offered }) => `${kind} ${offered}`);
}

function item(plan: CleanUpPlan, kind: CleanUpItem['kind']): CleanUpItem {
  const found = plan.items.find((one) => one.kind === kind);
  if (!found) throw new Error(`no ${kind} in ${JSON.stringify(plan.items)}`);
  return found;
}

async function principal(): Promise<string> {
  return (await world.azure.identities.get(world.link().authentication.identityId)).principalId;
}

async function assignments(principalId: string): Promise<string[]> {
  const found = await world.azure.roles.listForPrincipal(world.link().source.id, principalId);
  return found.map(({ id }) => id);
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
    const plan = await planCleanUp(world.azure, ruleId());
    expect(offers(plan)).toEqual(['cacheRule true', 'roleAssignment false', 'identity false']);
    expect(item(plan, 'roleAssignment').unknown).toBeTruthy();
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
    const plan = await planCleanUp(seen([{ name: 'Production', tenantId }]), ruleId());
    expect(offers(plan)).toEqual(['cacheRule true', 'roleAssignment false', 'identity false']);
    expect(item(plan, 'identity').unknown).toMatch(/Production.*Select Subscriptions/);
    // An identity serves its own tenant only.
    const elsewhere = [{ name: 'Elsewhere', tenantId: '99999999-9999-4999-8999-999999999999' }];
    expect(offers(await planCleanUp(seen(elsewhere), ruleId()))).toEqual([
      'cacheRule true',
      'roleAssignment true',
      'identity true',
    ]);
  });
});

describe('an identity that was made again', () => {
  it('since the dry run stays, and the assignment of the old one goes', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const plan = await planCleanUp(world.azure, ruleId());
    const present = await remakeIdentity();
    const result = await cleanUp(plan);
    expect(result.stays.join()).toMatch(/MyACRCacheIdentity stays:.*made again/);
    expect(await principal()).toBe(present);
    expect(await assignments(former)).toEqual([]);
  });

  it('before the dry run is not selected, nor its assignment', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const present = await remakeIdentity();
    await world.assign(world.link().source.id, roles.repositoryReader.id, present);
    const { items } = await planCleanUp(world.azure, ruleId());
    expect(items.map(({ kind, principalId, selectedByDefault }) => [kind, principalId, selectedByDefault])).toEqual([
      ['cacheRule', undefined, true],
      ['roleAssignment', present, false],
      ['roleAssignment', former, true],
      ['identity', present, false],
    ]);
  });

  it('since a clean-up was cut off is not selected, though the old one had been', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    let remembered: UnfinishedCleanUp | undefined;
    const memory: CleanUpMemory = {
      remember: (entry) => Promise.resolve(void (remembered = entry)),
      forget: () => Promise.resolve(),
      list: () => Promise.resolve([]),
    };
    const plan = await planCleanUp(world.azure, ruleId());
    const faults = [{ match: '^DELETE .*/userAssignedIdentities/', status: 403 }];
    const all = new Set(plan.items.map(({ id }) => id));
    const cut = await world.withFaults(faults, () => applyCleanUp(world.azure, plan, all, { timeScale: 0.02, memory }));
    expect(cut.outcome).toBe('failed');
    expect(remembered).toMatchObject({ chosen: ['identity'], principalId: former });
    await remakeIdentity();
    const again = await planCleanUp(world.azure, ruleId(), remembered ? { remembered } : {});
    expect(item(again, 'identity')).toMatchObject({ offered: true, selectedByDefault: false });
  });

  it('before the dry run: the assignments of both are found', async () => {
    world = await start();
    await world.setUp();
    const former = await principal();
    const present = await remakeIdentity();
    await world.assign(world.link().source.id, roles.repositoryReader.id, present);
    const plan = await planCleanUp(world.azure, ruleId());
    const found = plan.items.filter(({ kind }) => kind === 'roleAssignment');
    expect(found.map(({ principalId, offered }) => [principalId, offered])).toEqual([
      [present, true],
      [former, true],
    ]);
    expect(await cleanUp(plan)).toMatchObject({ outcome: 'complete', stays: [] });
    expect(await assignments(former)).toEqual([]);
    expect(await assignments(present)).toEqual([]);
  });
});
