import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../src/domain/armId.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import { diagnoseRule } from '../../../src/provisioning/diagnosis/diagnose.ts';
import { linkOfRule } from '../../../src/provisioning/link/linkOfRule.ts';
import { startWorld, states, verdicts, type World } from './world.ts';

let world: World;
afterEach(() => world.close());

const ruleId = (): string => cacheRuleArmId(world.link().downstream.id, 'MyRule');
const stored = (): unknown => world.sandbox.state.resources.get(ruleId().toLowerCase());
const unproven = ['2026-11-01', '2025-11-01'];

/** A rule that was set up with its identity, in a cloud that from now on has no version known to tell it. */
async function unreadable(): Promise<Azure> {
  world = await startWorld({ retryAfterSeconds: 0 });
  await world.setUp();
  world.sandbox.setOptions({ ruleVersions: unproven });
  return world.as('dev');
}

describe('a cloud whose api-version drops the identity', () => {
  it('ends with nothing made, and no word of done', async () => {
    world = await startWorld({ retryAfterSeconds: 0, ruleVersions: unproven });
    const result = await world.setUp();
    expect(states(result)).toMatchObject({ identity: 'done', roleAssignment: 'done', 'cacheRule:MyRule': 'failed' });
    expect(result).toMatchObject({ outcome: 'failed', begun: [] });
    expect(result.steps.at(-1)?.error).toMatchObject({ code: 'CacheRuleIdentityDropped' });
    expect(stored()).toBeUndefined();
  });

  it('is got around by a known version that it does not list', async () => {
    world = await startWorld({
      retryAfterSeconds: 0,
      ruleVersions: [...unproven, '2026-01-01-preview'],
      unlistedRuleVersions: ['2026-01-01-preview'],
    });
    expect(await world.setUp()).toMatchObject({ outcome: 'complete' });
    expect(stored()).toHaveProperty('identity');
  });
});

describe('a rule of the same name', () => {
  it('that comes to be between the last look and the write is not overwritten', async () => {
    world = await startWorld({ retryAfterSeconds: 0 });
    const plan = await world.plan();
    const { authentication: identity, source: upstream } = world.link();
    const { id: identityId } = await world.azure.identities.create(identity.identityId, 'eastus');
    const theirs = { sourceRepository: `${upstream.loginServer}/base/node`, targetRepository: 'node', identityId };
    const { cacheRules } = world.azure;
    let made: Promise<unknown> | undefined;
    const azure: Azure = {
      ...world.azure,
      cacheRules: {
        ...cacheRules,
        async list(...given) {
          const rules = await cacheRules.list(...given);
          await (made ??= cacheRules.create(ruleId(), theirs));
          return rules;
        },
      },
    };
    const writes = await world.writesOf(async () => {
      const result = await applyPlan(azure, plan, { timeScale: 0.02 });
      expect(states(result)['cacheRule:MyRule']).toBe('failed');
    });
    // The colleague's own.
    expect(writes.filter((write) => write.includes('/cacheRules/'))).toHaveLength(1);
    expect(await cacheRules.get(ruleId())).toMatchObject({ targetRepository: 'node' });
  });
});

describe('a rule whose identity the cloud does not tell', () => {
  it('is neither done nor without one', async () => {
    const azure = await unreadable();
    expect(verdicts(await world.plan(world.link(), azure))['cacheRule:MyRule']).toBe('unknown');
    const rule = await azure.cacheRules.get(ruleId());
    expect(await linkOfRule(azure, rule)).toMatchObject({ ok: false, code: 'unreadable' });
  });

  it('is diagnosed as not known, with the versions that the service knows', async () => {
    const { checks } = await diagnoseRule(await unreadable(), ruleId());
    const of = (id: string) => checks.find((check) => check.id === id);
    for (const id of ['authentication', 'identityExists', 'identityPrincipal', 'sourceReadable'])
      expect([id, of(id)?.verdict]).toEqual([id, 'unknown']);
    expect(
      of('ruleState')
        ?.evidence.map(({ text }) => text)
        .join(),
    ).toContain('2026-11-01, 2025-11-01');
  });
});
