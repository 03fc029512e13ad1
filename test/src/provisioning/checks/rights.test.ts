import { afterEach, describe, expect, it } from 'vitest';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { explainFailure } from '../../../../src/provisioning/engine/failureAdvice.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import type { ApplyResult } from '../../../../src/provisioning/types.ts';
import { codes, group, startWorld, states, verdicts, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

/** The last step, which failed, says more than what helps with any such failure. */
function expectOwnAdvice({ steps }: ApplyResult): void {
  const { message, error } = steps.at(-1) ?? {};
  expect(message).not.toBe(error && explainFailure(error));
}

describe('rights', () => {
  const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const roles = {
    identity: 'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59',
    assign: 'f1a07417-d97a-45cb-824c-7a7467783830',
    roleAssignment: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    abacMode: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    cacheRule: 'df87f177-bb12-4db1-9793-a413691eff94',
  };
  const scenario = { assignments: [{ role: 'Reader', principal: 'limited', type: 'ServicePrincipal' as const }] };

  /** A user who may read, and do every step but those left out. */
  async function startLimited(without: readonly (keyof typeof roles)[]): Promise<void> {
    world = await startWorld({ upstream: { ...scenario, roleAssignmentMode: 'LegacyRegistryPermissions' } });
    const subscriptionScope = `/subscriptions/${world.subscriptionId}`;
    await world.assign(subscriptionScope, reader, world.principal('limited'));
    for (const [name, role] of Object.entries(roles)) {
      // Contributor switches the mode, and would do much more anywhere else.
      const scope = name === 'abacMode' ? world.id('upstreamregistry') : subscriptionScope;
      if (!without.some((left) => left === name)) await world.assign(scope, role, world.principal('limited'));
    }
  }

  it.each([
    ['identity', 'userAssignedIdentities/write', group],
    ['roleAssignment', 'roleAssignments/write', 'upstreamregistry'],
    ['abacMode', 'registries/write', 'upstreamregistry'],
    ['cacheRule', 'cacheRules/write', 'myregistry'],
  ] as const)(
    'missing for %s: blocked before the first write, with the role to ask for',
    async (step, action, where) => {
      await startLimited([step]);
      const link = world.link({ allowAbacSwitch: true });
      const plan = await planOf(world.as('limited'), setUpOf(link));
      const blocking = plan.findings.filter(({ severity }) => severity === 'blocking');
      expect(blocking).toHaveLength(1);
      expect(blocking[0]?.reason).toContain(action);
      expect(blocking[0]?.reason).toContain(where);
      const before = world.sandbox.snapshot();
      expect((await applyPlan(world.as('limited'), plan)).outcome).toBe('failed');
      expect(world.sandbox.snapshot()).toBe(before);
    },
  );

  it('to attach the identity missing: a warning, and Azure refuses with what to do', async () => {
    await startLimited(['assign', 'identity']);
    const { authentication: identity } = world.link();
    await world.azure.identities.create(identity.identityId, 'eastus');
    const link = world.link({ allowAbacSwitch: true });
    const plan = await planOf(world.as('limited'), setUpOf(link));
    expect(codes(plan)).toContain('right');
    expect(plan.canApply).toBe(true);
    const result = await applyPlan(world.as('limited'), plan, { timeScale: 0.02 });
    expect(states(result)['cacheRule:MyRule']).toBe('failed');
    expectOwnAdvice(result);
  });

  it('all there: nothing to say, and the set-up runs', async () => {
    await startLimited([]);
    const link = world.link({ allowAbacSwitch: true });
    const plan = await planOf(world.as('limited'), setUpOf(link));
    expect(plan.findings.filter(({ code }) => code.startsWith('right'))).toEqual([]);
    expect((await applyPlan(world.as('limited'), plan)).outcome).toBe('complete');
  });
});

describe('the feature flag', () => {
  const needed = { featureFlagRequired: true };

  it('demanded, not registered, no consent: the rule fails with what to do', async () => {
    world = await startWorld(needed);
    const plan = await world.plan();
    expect(codes(plan)).toContain('featureFlag');
    const result = await applyPlan(world.azure, plan);
    expect(states(result)).toMatchObject({ identity: 'done', roleAssignment: 'done', 'cacheRule:MyRule': 'failed' });
    expect(result.steps.at(-1)).toMatchObject({ error: { code: 'CannotCreateCacheRuleWithManagedIdentity' } });
    expectOwnAdvice(result);
  });

  it('with consent it is registered first', async () => {
    world = await startWorld(needed);
    const link = world.link({ allowFeatureRegistration: true });
    expect(verdicts(await world.plan(link))['featureFlag']).toBe('missing');
    const result = await world.setUp(link);
    expect(result.outcome).toBe('complete');
    expect(states(result)['featureFlag']).toBe('done');
    expect(verdicts(await world.plan(link))['featureFlag']).toBe('satisfied');
  });
});
