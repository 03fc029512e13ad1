import { afterEach, describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { abacSwitchPlan } from '../../../../src/provisioning/changes/abacSwitch.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { parseCacheLink } from '../../../../src/provisioning/link/parseLink.ts';
import {
  readReplacementOffers,
  type ReplacementOffers,
} from '../../../../src/provisioning/changes/replacementOffers.ts';
import type { KeptAccess } from '../../../../src/provisioning/types.ts';
import { pattern } from '../links.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

function start(): Promise<World> {
  return startWorld({
    retryAfterSeconds: 0,
    operationMs: 5,
    upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' },
  });
}

/** Everyone whom the switch takes access from, the signed-in account as all others. */
async function everyone(): Promise<readonly KeptAccess[]> {
  const registry = await world.registry('upstreamregistry');
  return (await readReplacementOffers(world.azure, registry)).offers;
}

/** Role names that a principal holds at the registry itself. */
async function rolesOf(principal: string): Promise<string[]> {
  const all = await world.azure.roles.listForPrincipal(world.id('upstreamregistry'), world.principal(principal));
  const names = new Map(Object.values(roles).map((role) => [role.id as string, role.name]));
  return all.map(({ roleId }) => names.get(roleId) ?? roleId).sort();
}

describe('the ABAC switch', () => {
  it('gives everyone affected equal roles first, inherited ones too, and a second run changes nothing', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const plan = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    expect(plan.canApply).toBe(true);
    const mode = plan.steps.at(-1);
    expect(mode?.requirement.kind).toBe('abacMode');
    expect(mode?.requirement.needs).toHaveLength(plan.steps.length - 1);

    const before = world.sandbox.log.length;
    expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    const writes = world.sandbox.log.slice(before).filter(({ method }) => ['PUT', 'PATCH'].includes(method));
    expect(writes.at(-1)?.method).toBe('PATCH');
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
    expect(await rolesOf('olivia')).toEqual(['AcrPull', roles.catalogLister.name, roles.repositoryReader.name]);
    // dev is Owner of the subscription: inherited.
    expect(await rolesOf('dev')).toEqual([roles.catalogLister.name, roles.repositoryReader.name, 'Owner']);

    const after = world.sandbox.snapshot();
    const again = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    expect(again.steps.every(({ inspection }) => inspection.verdict === 'satisfied')).toBe(true);
    await applyPlan(world.azure, again);
    expect(world.sandbox.snapshot()).toBe(after);
  });

  it('lets those who pulled before pull afterwards', async () => {
    world = await start();
    const registry = await world.registry('upstreamregistry');
    const olivia = world.as('olivia');
    const plan = await abacSwitchPlan(world.azure, registry.id, { keepAccess: await everyone() });
    await applyPlan(world.azure, plan);
    // To see the registry at all.
    await world.azure.roles.put(registry.id, crypto.randomUUID(), {
      roleId: roles.reader.id,
      principalId: world.principal('olivia'),
      principalType: 'User',
    });
    const content = olivia.registry(await olivia.registries.get(registry.id));
    expect((await content.headManifest('myapp', '1.0')).digest).toMatch(/^sha256:/);
    expect(await content.repositories()).toContain('myapp');
  });

  it('does not switch when a role could not be given', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const plan = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    const result = await world.withFaults([{ match: '^PUT .*roleAssignments', nth: 2, status: 403 }], () =>
      applyPlan(world.azure, plan),
    );
    expect(result.outcome).toBe('failed');
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('LegacyRegistryPermissions');
    const rest = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    expect((await applyPlan(world.azure, rest)).outcome).toBe('complete');
  });

  it('is not offered with replacements when the assignments cannot be read', async () => {
    world = await start();
    const keepAccess = await everyone();
    const plan = await world.withFaults([{ match: '^GET .*roleAssignments', status: 403 }], () =>
      abacSwitchPlan(world.azure, world.id('upstreamregistry'), { keepAccess }),
    );
    expect(plan.canApply).toBe(false);
    expect(plan.findings).toMatchObject([{ code: 'affectedUnknown' }]);
  });

  it('leaves a role that is there with a condition, and says so', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const principalId = world.principal('olivia');
    const condition = generateCondition([pattern('team/*')]);
    const name = roleAssignmentName(id, principalId, roles.repositoryReader.id);
    const input = { roleId: roles.repositoryReader.id, principalId, principalType: 'User' as const };
    const early = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    await world.azure.roles.put(id, name, { ...input, ...(condition === undefined ? {} : { condition }) });
    const present = async (): Promise<string | undefined> =>
      (await world.azure.roles.listForPrincipal(id, principalId)).find(({ roleId }) => roleId === input.roleId)
        ?.condition;

    // A plan from before it was there.
    expect((await applyPlan(world.azure, early)).outcome).toBe('failed');
    expect(await present()).toBe(condition);

    const plan = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    expect(plan.findings).toMatchObject([{ code: 'replacementLeft', severity: 'warning' }]);
    expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    expect(await present()).toBe(condition);
  });

  it('of a registry switched before replaces the roles for images only', async () => {
    world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
    const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { keepAccess: await everyone() });
    const ids = plan.steps.map(({ requirement }) => requirement.id);
    const olivia = world.principal('olivia').toLowerCase();
    expect(ids).toContain(`replacementRole:${olivia}:${roles.repositoryReader.id}`);
    // dev is Owner, which never gave it images here; it is offered what it needs to see them because it asks.
    const dev = world.principal('dev').toLowerCase();
    expect(ids).not.toContain(`replacementRole:${dev}:${roles.repositoryContributor.id}`);
    expect(ids).toContain(`replacementRole:${dev}:${roles.repositoryReader.id}`);
  });

  it('goes on without a principal that was deleted, at once', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const olivia = world.principal('olivia');
    const plan = await abacSwitchPlan(world.azure, id, { keepAccess: await everyone() });
    const names = [roles.repositoryReader, roles.catalogLister].map((role) => roleAssignmentName(id, olivia, role.id));
    const before = world.sandbox.log.length;
    const result = await world.withFaults(
      [{ match: `^PUT .*(${names.join('|')})`, status: 400, code: 'PrincipalNotFound', message: 'gone' }],
      () => applyPlan(world.azure, plan),
    );
    expect(result.outcome).toBe('complete');
    expect(result.done.filter((sentence) => /does not exist any more/.test(sentence))).toHaveLength(2);
    const tries = world.sandbox.log.slice(before).filter(({ status }) => status === 400);
    expect(tries).toHaveLength(2);
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
  });

  it('alone is one step', async () => {
    world = await start();
    const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { keepAccess: [] });
    expect(plan.steps.map(({ requirement }) => requirement.id)).toEqual(['abacMode']);
    expect(plan.steps[0]?.inspection.evidence.length).toBeGreaterThan(0);
  });
});

describe('who may keep access', () => {
  const offered = async (): Promise<ReplacementOffers> =>
    readReplacementOffers(world.azure, await world.registry('upstreamregistry'));

  function makeTemporary(principal: string, assignmentType: 'Activated' | 'Assigned'): void {
    const id = world.principal(principal);
    for (const assignment of world.sandbox.state.roleAssignments.values()) {
      if (assignment.principalId === id) assignment.temporary = { assignmentType, endDateTime: '2030-01-01T00:00:00Z' };
    }
  }

  it('is the one who asks, then workloads, which are chosen at first, then people, who are not', async () => {
    world = await start();
    const { offers, temporary, unknown } = await offered();
    expect(
      offers.map(({ principalId, isSelf, isPreselected, roleIds }) => [principalId, isSelf, isPreselected, roleIds]),
    ).toEqual([
      [world.principal('dev'), true, false, [roles.repositoryReader.id, roles.catalogLister.id]],
      [world.principal('aks-shop-kubelet'), false, true, [roles.repositoryReader.id, roles.catalogLister.id]],
      [world.principal('olivia'), false, false, [roles.repositoryReader.id, roles.catalogLister.id]],
    ]);
    expect([temporary, unknown]).toEqual([[], []]);
  });

  it.each(['Activated', 'Assigned'] as const)('is nobody whose assignment ends by itself (%s)', async (type) => {
    world = await start();
    for (const principal of ['olivia', 'aks-shop-kubelet', 'dev']) makeTemporary(principal, type);
    const { offers, temporary } = await offered();
    // The one who asks decides for itself.
    expect(offers.map(({ principalId }) => principalId)).toEqual([world.principal('dev')]);
    expect(temporary.map(({ assignment, endsAt }) => [assignment.principalId, endsAt]).sort()).toEqual(
      ['olivia', 'aks-shop-kubelet', 'dev'].map((one) => [world.principal(one), '2030-01-01T00:00:00Z']).sort(),
    );
    const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { keepAccess: [] });
    expect(plan.findings.map(({ code }) => code)).toEqual(['temporaryLeft', 'temporaryLeft', 'temporaryLeft']);
  });

  it('has a permanent assignment besides a temporary one: only that is replaced', async () => {
    world = await start();
    makeTemporary('olivia', 'Activated');
    await world.azure.roles.put(world.id('upstreamregistry'), crypto.randomUUID(), {
      roleId: roles.acrPush.id,
      principalId: world.principal('olivia'),
      principalType: 'User',
    });
    const { offers } = await offered();
    expect(offers.find(({ principalId }) => principalId === world.principal('olivia'))?.roleIds).toEqual([
      roles.repositoryWriter.id,
      roles.catalogLister.id,
    ]);
  });

  it.each(['forbidden', 'absent'] as const)(
    'is told not to be known when what is temporary cannot be read (%s)',
    async (answer) => {
      world = await start();
      makeTemporary('olivia', 'Activated');
      world.sandbox.setOptions({ scheduleInstances: answer });
      const { offers, temporary, unknown } = await offered();
      expect(unknown).toHaveLength(1);
      expect(temporary).toEqual([]);
      expect(offers.filter(({ isPreselected }) => isPreselected).map(({ principalType }) => principalType)).toEqual([
        'ServicePrincipal',
      ]);
      const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { keepAccess: [] });
      expect(plan.findings.map(({ code }) => code)).toEqual(['temporaryUnknown']);
    },
  );

  it('is left to those who are chosen, in a set-up too: before the switch, and never from a file', async () => {
    world = await start();
    const { offers } = await offered();
    const keepAccess = offers.filter(({ isPreselected }) => isPreselected);
    const link = world.link({ allowAbacSwitch: true, keepAccess });
    const plan = await world.plan(link);
    const mode = plan.steps.find(({ requirement }) => requirement.id === 'abacMode');
    expect(mode?.requirement.needs).toEqual([
      `replacementRole:${world.principal('aks-shop-kubelet')}:${roles.repositoryReader.id}`,
      `replacementRole:${world.principal('aks-shop-kubelet')}:${roles.catalogLister.id}`,
    ]);
    expect((await world.setUp(link)).outcome).toBe('complete');
    expect(await rolesOf('aks-shop-kubelet')).toEqual([
      'AcrPull',
      roles.catalogLister.name,
      roles.repositoryReader.name,
    ]);
    expect(await rolesOf('olivia')).toEqual(['AcrPull']);
    const read = parseCacheLink(JSON.parse(JSON.stringify(link)));
    expect(read.ok && read.value).not.toHaveProperty('keepAccess');
  });
});
