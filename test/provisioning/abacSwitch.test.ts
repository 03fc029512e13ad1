import { afterEach, describe, expect, it } from 'vitest';
import { generateCondition } from '../../src/domain/abacCondition.ts';
import { roleAssignmentName } from '../../src/domain/guid.ts';
import { roles } from '../../src/domain/roles.ts';
import { abacSwitchPlan } from '../../src/provisioning/abacSwitch.ts';
import { applyPlan } from '../../src/provisioning/apply.ts';
import { pattern } from './links.ts';
import { startWorld, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

function start(): Promise<World> {
  return startWorld({
    retryAfterSeconds: 0,
    operationMs: 5,
    upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' },
  });
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
    const plan = await abacSwitchPlan(world.azure, id, { addReplacements: true });
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
    expect(await rolesOf('dev')).toEqual([roles.catalogLister.name, roles.repositoryContributor.name, 'Owner']);

    const after = world.sandbox.snapshot();
    const again = await abacSwitchPlan(world.azure, id, { addReplacements: true });
    expect(again.steps.every(({ inspection }) => inspection.verdict === 'satisfied')).toBe(true);
    await applyPlan(world.azure, again);
    expect(world.sandbox.snapshot()).toBe(after);
  });

  it('lets those who pulled before pull afterwards', async () => {
    world = await start();
    const registry = await world.registry('upstreamregistry');
    const olivia = world.as('olivia');
    const plan = await abacSwitchPlan(world.azure, registry.id, { addReplacements: true });
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
    const plan = await abacSwitchPlan(world.azure, id, { addReplacements: true });
    const result = await world.withFaults([{ match: '^PUT .*roleAssignments', nth: 2, status: 403 }], () =>
      applyPlan(world.azure, plan),
    );
    expect(result.outcome).toBe('failed');
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('LegacyRegistryPermissions');
    const rest = await abacSwitchPlan(world.azure, id, { addReplacements: true });
    expect((await applyPlan(world.azure, rest)).outcome).toBe('complete');
  });

  it('is not offered with replacements when the assignments cannot be read', async () => {
    world = await start();
    const plan = await world.withFaults([{ match: '^GET .*roleAssignments', status: 403 }], () =>
      abacSwitchPlan(world.azure, world.id('upstreamregistry'), { addReplacements: true }),
    );
    expect(plan.canApply).toBe(false);
    expect(plan.findings).toMatchObject([{ code: 'affectedUnknown', severity: 'blocking' }]);
  });

  it('leaves a role that is there with a condition, and says so', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const principalId = world.principal('olivia');
    const condition = generateCondition([pattern('team/*')]);
    const name = roleAssignmentName(id, principalId, roles.repositoryReader.id);
    const input = { roleId: roles.repositoryReader.id, principalId, principalType: 'User' as const };
    const early = await abacSwitchPlan(world.azure, id, { addReplacements: true });
    await world.azure.roles.put(id, name, { ...input, ...(condition === undefined ? {} : { condition }) });
    const present = async (): Promise<string | undefined> =>
      (await world.azure.roles.listForPrincipal(id, principalId)).find(({ roleId }) => roleId === input.roleId)
        ?.condition;

    // A plan from before it was there.
    expect((await applyPlan(world.azure, early)).outcome).toBe('failed');
    expect(await present()).toBe(condition);

    const plan = await abacSwitchPlan(world.azure, id, { addReplacements: true });
    expect(plan.findings).toMatchObject([{ code: 'replacementLeft', severity: 'warning' }]);
    expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    expect(await present()).toBe(condition);
  });

  it('of a registry switched before replaces the roles for images only', async () => {
    world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
    const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { addReplacements: true });
    const ids = plan.steps.map(({ requirement }) => requirement.id);
    const olivia = world.principal('olivia').toLowerCase();
    expect(ids).toContain(`replacementRole:${olivia}:${roles.repositoryReader.id}`);
    // dev is Owner, which never gave it images here.
    expect(ids.join()).not.toContain(world.principal('dev').toLowerCase());
  });

  it('goes on without a principal that was deleted, at once', async () => {
    world = await start();
    const id = world.id('upstreamregistry');
    const olivia = world.principal('olivia');
    const plan = await abacSwitchPlan(world.azure, id, { addReplacements: true });
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
    const plan = await abacSwitchPlan(world.azure, world.id('upstreamregistry'), { addReplacements: false });
    expect(plan.steps.map(({ requirement }) => requirement.id)).toEqual(['abacMode']);
    expect(plan.steps[0]?.inspection.evidence.length).toBeGreaterThan(0);
  });
});
