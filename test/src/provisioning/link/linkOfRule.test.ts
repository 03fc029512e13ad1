import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { linkOfRule } from '../../../../src/provisioning/link/linkOfRule.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import type { AccessForm } from '../../../../src/provisioning/types.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const rule = (): Promise<CacheRule> => world.azure.cacheRules.get(cacheRuleArmId(world.link().downstream.id, 'MyRule'));

describe('linkOfRule', () => {
  it.each<[AccessForm, 'AbacRepositoryPermissions' | 'LegacyRegistryPermissions']>([
    ['condition', 'AbacRepositoryPermissions'],
    ['registry', 'AbacRepositoryPermissions'],
    ['repositoryScope', 'AbacRepositoryPermissions'],
    ['acrPull', 'LegacyRegistryPermissions'],
  ])('finds the set-up behind a rule, access form %s', async (access, roleAssignmentMode) => {
    world = await startWorld({ upstream: { roleAssignmentMode } });
    const link = world.link({ access });
    await world.setUp(link);
    const found = await linkOfRule(world.azure, await rule());
    if (!found.ok) throw new Error(found.reason);
    expect(found.link.authentication.identityId.toLowerCase()).toBe(link.authentication.identityId.toLowerCase());
    expect({ ...found.link, authentication: undefined }).toEqual({ ...link, authentication: undefined });
    expect(found.upstream.name).toBe('upstreamregistry');
    // Everything it asks for is there.
    const plan = await planOf(world.azure, setUpOf(found.link));
    expect(plan.steps.map(({ inspection }) => inspection.verdict)).toEqual(plan.steps.map(() => 'satisfied'));
  });

  it('says why there is none', async () => {
    world = await startWorld();
    await world.setUp();
    const own = await rule();
    const codeOf = async (change: Partial<CacheRule>): Promise<string> => {
      const found = await linkOfRule(world.azure, { ...own, ...change });
      return found.ok ? 'ok' : found.code;
    };
    expect(await codeOf({})).toBe('ok');
    expect(await codeOf({ identity: undefined })).toBe('noIdentity');
    expect(await codeOf({ sourceRepository: 'docker.io/library/node' })).toBe('notAcr');
    expect(await codeOf({ sourceRepository: 'nosuch.example/myapp' })).toBe('upstreamNotVisible');
    expect(await codeOf({ sourceRepository: 'nonsense' })).toBe('unreadable');
    expect(await codeOf({ targetRepository: 'team/*' })).toBe('unreadable');
    const unreadable = await world.withFaults([{ match: 'registries/myregistry\\?', status: 403 }], () => codeOf({}));
    expect(unreadable).toBe('unreadable');
  });
});
