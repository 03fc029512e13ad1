import { afterEach, describe, expect, it } from 'vitest';
import { generateCondition } from '../../../src/domain/condition/abacCondition.ts';
import { cacheRuleArmId } from '../../../src/domain/armId.ts';
import { roles } from '../../../src/domain/roles.ts';
import { revokeLink } from './revokeLink.ts';
import type { CacheLink } from '../../../src/provisioning/types.ts';
import { mapping, pattern } from './links.ts';
import { startWorld, verdicts, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function revoke(link: CacheLink): Promise<Record<string, { gone: boolean; reason: string }>> {
  const results = await revokeLink(world.azure, link);
  return Object.fromEntries(results.map(({ requirement, revocation }) => [requirement.id, revocation]));
}

describe('revoke', () => {
  it.each(['condition', 'registry', 'repositoryScope'] as const)(
    'in reverse leaves nothing behind (%s)',
    async (access) => {
      world = await startWorld();
      const before = world.sandbox.snapshot();
      const link = world.link({ access });
      await world.setUp(link);
      expect(world.sandbox.snapshot()).not.toBe(before);
      const result = await revoke(link);
      expect(Object.values(result).map(({ gone }) => gone)).toEqual([true, true, false, true]);
      expect(world.sandbox.snapshot()).toBe(before);
      await revoke(link); // again: nothing to do, no error
      expect(world.sandbox.snapshot()).toBe(before);
    },
  );

  it('also where AcrPull was used', async () => {
    world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
    const before = world.sandbox.snapshot();
    const link = world.link({ access: 'acrPull' });
    await world.setUp(link);
    await revoke(link);
    expect(world.sandbox.snapshot()).toBe(before);
  });

  it('leaves the permission mode as it is, and says why', async () => {
    world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
    const link = world.link({ allowAbacSwitch: true });
    await world.setUp(link);
    expect((await revoke(link))['abacMode']).toMatchObject({ gone: false });
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
  });

  it('narrows what the identity may read, as long as others need the rest', async () => {
    world = await startWorld();
    const [first, second] = [world.link(), world.link({ mappings: [mapping('SecondRule', 'charts/shop')] })];
    await world.setUp(first);
    const between = world.sandbox.snapshot();
    await world.setUp(second);
    const result = await revoke(second);
    expect(result['roleAssignment']).toMatchObject({ gone: true });
    expect(result['identity']?.gone).toBe(false);
    expect(result['identity']?.reason).toContain('MyRule');
    expect(world.sandbox.snapshot()).toBe(between);
    expect(verdicts(await world.plan(first))).toMatchObject({
      roleAssignment: 'satisfied',
      'cacheRule:MyRule': 'satisfied',
    });
  });

  it('keeps what a rule of another registry reads', async () => {
    world = await startWorld();
    const link = world.link();
    await world.setUp(link);
    // A second rule for the same source, as another team would make it.
    await world.azure.cacheRules.create(cacheRuleArmId(link.downstream.id, 'TheirRule'), {
      sourceRepository: `${link.upstream.loginServer}/myapp`,
      targetRepository: 'theirs',
      identityId: link.identity.id,
    });
    const result = await revoke(link);
    expect(result['cacheRule:MyRule']?.gone).toBe(true);
    expect(result['roleAssignment']).toMatchObject({ gone: false });
    expect(result['roleAssignment']?.reason).toContain('TheirRule');
    expect(result['identity']?.gone).toBe(false);
  });

  it('keeps permission and identity when some registry cannot be read', async () => {
    world = await startWorld();
    const link = world.link();
    await world.setUp(link);
    const result = await world.withFaults([{ match: '^GET .*upstreamregistry/cacheRules', status: 403 }], () =>
      revoke(link),
    );
    expect(result['cacheRule:MyRule']?.gone).toBe(true);
    expect(result['roleAssignment']).toMatchObject({ gone: false });
    expect(result['identity']).toMatchObject({ gone: false });
    expect(result['identity']?.reason).toMatch(/could not be read/);
  });

  it('leaves a rule alone that now maps something else', async () => {
    world = await startWorld();
    const link = world.link();
    await world.setUp(link);
    const id = cacheRuleArmId(link.downstream.id, 'MyRule');
    await world.azure.cacheRules.delete(id);
    await world.azure.cacheRules.create(id, {
      sourceRepository: `${link.upstream.loginServer}/charts/shop`,
      targetRepository: 'shop',
      identityId: link.identity.id,
    });
    expect((await revoke(link))['cacheRule:MyRule']).toMatchObject({ gone: false });
    expect(await world.azure.cacheRules.get(id)).toMatchObject({ targetRepository: 'shop' });
  });

  it('leaves an assignment for the whole registry that someone else made', async () => {
    world = await startWorld();
    const { identity, upstream } = world.link();
    const { principalId } = await world.azure.identities.create(identity.id, 'eastus');
    await world.assign(upstream.id, 'b93aa761-3e63-49ed-ac28-beffa264f7ac', principalId);
    await world.setUp();
    const result = await revoke(world.link());
    expect(result['roleAssignment']).toMatchObject({ gone: false });
    expect(result['identity']?.reason).toMatch(/holds the role/);
  });

  it.each(['', '/repositories/myapp'])('leaves a condition that someone else wrote (at "%s")', async (below) => {
    world = await startWorld();
    const link = world.link({ access: below === '' ? 'condition' : 'repositoryScope' });
    const { principalId } = await world.azure.identities.create(link.identity.id, 'eastus');
    const theirs = generateCondition([pattern('myapp'), pattern('base/node')]);
    await world.assign(`${link.upstream.id}${below}`, roles.repositoryReader.id, principalId, theirs);
    await world.setUp(link);
    const result = await revoke(link);
    expect(result[below === '' ? 'roleAssignment' : 'roleAssignment:myapp']).toMatchObject({ gone: false });
    const found = await world.azure.roles.listForPrincipal(link.upstream.id, principalId);
    expect(found.map(({ condition }) => condition)).toEqual([theirs]);
  });

  it('takes away one that someone else wrote only for this link', async () => {
    world = await startWorld();
    const link = world.link();
    const { principalId } = await world.azure.identities.create(link.identity.id, 'eastus');
    await world.assign(link.upstream.id, roles.repositoryReader.id, principalId, generateCondition([pattern('myapp')]));
    await world.setUp(link);
    expect((await revoke(link))['roleAssignment']).toMatchObject({ gone: true });
    expect(await world.azure.roles.listForPrincipal(link.upstream.id, principalId)).toEqual([]);
  });

  it('reports a failure and goes on with what does not depend on it', async () => {
    world = await startWorld();
    const link = world.link();
    await world.setUp(link);
    const result = await world.withFaults(
      [{ match: '^DELETE .*cacheRules', status: 403, code: 'AuthorizationFailed', message: 'No.' }],
      () => revoke(link),
    );
    expect(result['cacheRule:MyRule']).toMatchObject({ gone: false });
    expect(result['cacheRule:MyRule']?.reason).toMatch(/^No\./);
    expect(result['roleAssignment']?.reason).toContain('MyRule');
    expect(verdicts(await world.plan(link))).toMatchObject({
      roleAssignment: 'satisfied',
      'cacheRule:MyRule': 'satisfied',
    });
  });
});
