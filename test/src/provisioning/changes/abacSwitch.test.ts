import { describe, expect, it } from 'vitest';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { abacSwitchPlan } from '../../../../src/provisioning/changes/abacSwitch.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { parseCacheLink } from '../../../../src/provisioning/link/parseLink.ts';
import { readReplacementOffers } from '../../../../src/provisioning/changes/replacementOffers.ts';
import type { KeptAccess } from '../../../../src/provisioning/types.ts';
import type { LiveOptions } from '../../../sandbox/src/options.ts';
import { inOneWorld } from '../savedState.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  world.setMode('LegacyRegistryPermissions');
  return world;
});

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

  it('goes on without a principal that was deleted, at once', async () => {
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
    const tries = world.sandbox.log.slice(before).filter(({ status }) => status === 400);
    expect(tries).toHaveLength(2);
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
  });
});

describe('who may keep access', () => {
  it.each<[LiveOptions['graph'], string[]]>([
    ['answer', ['aks-shop-kubelet', 'olivia']],
    ['forbidden', ['service principal 0c33475f…', 'user eda6238b…']],
  ])('is told by name, where Graph says %s', async (graph, names) => {
    world.sandbox.setOptions({ graph });
    const registry = await world.registry('upstreamregistry');
    const { offers } = await readReplacementOffers(world.as('dev'), registry);
    world.sandbox.setOptions({ graph: 'answer' });
    const [self, ...others] = offers;
    expect(self?.name).toMatch(/^dev@/);
    expect(others.map(({ name }) => name)).toEqual(names);
  });

  it('is left to those who are chosen, in a set-up too: before the switch, and never from a file', async () => {
    const { offers } = await readReplacementOffers(world.azure, await world.registry('upstreamregistry'));
    const keepAccess = offers.filter(({ isPreselected }) => isPreselected);
    const link = world.link({ allowAbacSwitch: true, keepAccess });
    const plan = await world.plan(link);
    const mode = plan.steps.find(({ requirement }) => requirement.id === 'abacMode');
    expect(mode?.requirement.needs).toEqual(
      ['dev', 'aks-shop-kubelet'].flatMap((name) =>
        [roles.repositoryReader, roles.catalogLister].map(({ id }) => `replacementRole:${world.principal(name)}:${id}`),
      ),
    );
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
