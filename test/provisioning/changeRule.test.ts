import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../src/domain/armId.ts';
import type { CacheRule } from '../../src/domain/types.ts';
import { applyPlan } from '../../src/provisioning/apply.ts';
import { changeIdentityPlan, replaceRulePlan, resetTag } from '../../src/provisioning/changeRule.ts';
import { mapping } from './links.ts';
import { group, startWorld, states, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

async function startWithRule(): Promise<CacheRule> {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  return ruleNamed('MyRule');
}

const ruleNamed = (name: string): Promise<CacheRule> =>
  world.azure.cacheRules.get(cacheRuleArmId(world.link().downstream.id, name));

const rules = async (): Promise<string[]> =>
  (await world.azure.cacheRules.list(world.link().downstream.id)).map(
    ({ name, sourceRepository, targetRepository }) =>
      `${name} ${sourceRepository.split('/').slice(1).join('/')} ${targetRepository}`,
  );

describe('replacing a rule', () => {
  it('by one of another name makes the new one first', async () => {
    const rule = await startWithRule();
    const plan = await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'shop'));
    expect(plan.canApply).toBe(true);
    const writes = await world.writesOf(async () => {
      expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    });
    expect(writes.map((write) => write.replace(/roleAssignments\/.*/, 'roleAssignments'))).toEqual([
      expect.stringMatching(/^PUT .*(cacheRules|roleAssignments)/),
      expect.stringMatching(/^PUT .*(cacheRules|roleAssignments)/),
      expect.stringMatching(/^DELETE .*cacheRules\/MyRule/),
    ]);
    expect(await rules()).toEqual(['NewRule charts/shop shop']);
    expect((await ruleNamed('NewRule')).identity?.id).toBe(rule.identity?.id);
  });

  it('under the same name deletes the old one first, once everything else is ready', async () => {
    const rule = await startWithRule();
    const plan = await replaceRulePlan(world.azure, rule, mapping('MyRule', 'charts/shop', 'shop'));
    expect(plan.canApply).toBe(true);
    expect(states(await applyPlan(world.azure, plan))).toMatchObject({
      'withoutRule:MyRule': 'done',
      'cacheRule:MyRule': 'done',
    });
    expect(await rules()).toEqual(['MyRule charts/shop shop']);
  });

  it('for the same target under another name', async () => {
    const rule = await startWithRule();
    const plan = await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'myapp'));
    expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    expect(await rules()).toEqual(['NewRule charts/shop myapp']);
  });

  it.each([
    ['MyRule', 'shop'],
    ['NewRule', 'shop'],
  ])('cut off at any write, the second plan does the rest (%s)', async (name, target) => {
    const rule = await startWithRule();
    for (const match of ['^PUT .*roleAssignments', '^DELETE .*cacheRules', '^PUT .*cacheRules']) {
      await world.withFaults([{ match, nth: 1, status: 403 }], async () =>
        applyPlan(world.azure, await replaceRulePlan(world.azure, rule, mapping(name, 'charts/shop', target))),
      );
    }
    const rest = await replaceRulePlan(world.azure, rule, mapping(name, 'charts/shop', target));
    expect((await applyPlan(world.azure, rest)).outcome).toBe('complete');
    expect(await rules()).toEqual([`${name} charts/shop ${target}`]);
  });

  it('keeps the old rule when the new one cannot be made', async () => {
    const rule = await startWithRule();
    const plan = await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'shop'));
    const result = await world.withFaults([{ match: '^PUT .*cacheRules', status: 403 }], () =>
      applyPlan(world.azure, plan),
    );
    expect(states(result)).toMatchObject({ 'cacheRule:NewRule': 'failed', 'withoutRule:MyRule': 'skipped' });
    expect(await rules()).toEqual(['MyRule myapp myapp']);
  });

  it('by itself is refused', async () => {
    const rule = await startWithRule();
    await expect(replaceRulePlan(world.azure, rule, mapping('MyRule', 'myapp'))).rejects.toThrow(/nothing to replace/);
  });
});

describe('changing the identity', () => {
  it('gives the new one the permission first', async () => {
    const rule = await startWithRule();
    const id = identityArmId(world.subscriptionId, group, 'AnotherIdentity');
    const plan = await changeIdentityPlan(world.azure, rule, { id, create: { location: 'eastus' } });
    expect(plan.canApply).toBe(true);
    const writes = await world.writesOf(async () => {
      expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    });
    expect(writes.map((write) => write.split(' ')[0])).toEqual(['PUT', 'PUT', 'PATCH']);
    const changed = await ruleNamed('MyRule');
    expect(changed.identity?.id.toLowerCase()).toBe(id.toLowerCase());
    const content = world.azure.registry(await world.registry('myregistry'));
    expect((await content.headManifest('myapp', '1.0')).digest).toMatch(/^sha256:/);
  });
});

describe('resetting a cached tag', () => {
  it('forgets the tag with its index and parts, and the next pull copies again', async () => {
    await startWithRule();
    const registry = await world.registry('myregistry');
    const content = world.azure.registry(registry);
    await content.pull('myapp', '1.0');
    // The index and the platform that was pulled.
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const stored = await content.storedManifests('myapp');
    const result = await resetTag(world.azure, registry.id, 'myapp', '1.0');
    expect(result.deleted.length).toBe(stored.length);
    expect(result.kept).toEqual([]);
    expect(result.sentence).toMatch(/next pull copies/);
    expect(await content.storedManifests('myapp')).toEqual([]);
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(stored.length);
  });

  it('keeps an image that another tag names', async () => {
    await startWithRule();
    const registry = await world.registry('myregistry');
    const content = world.azure.registry(registry);
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(1);
    const tags = world.sandbox.state.content.get(registry.id.toLowerCase())?.repositories.get('myapp')?.tags;
    const first = tags?.get('1.0');
    if (!tags || !first) throw new Error('not cached');
    tags.set('twin', { ...first });
    const result = await resetTag(world.azure, registry.id, 'myapp', 'twin');
    expect(result.deleted).toEqual([]);
    expect(result.kept).toContain(first.digest);
    expect((await content.tags('myapp')).map(({ name }) => name)).toEqual(['1.0']);
  });

  it('says when it is not cached', async () => {
    await startWithRule();
    await expect(resetTag(world.azure, world.id('myregistry'), 'myapp', 'none')).rejects.toMatchObject({
      kind: 'notFound',
    });
  });
});
