import { describe, expect, it } from 'vitest';
import { identityArmId } from '../../../../src/domain/armId.ts';
import { inOneWorld } from '../savedState.ts';
import { startDiagnosis, type DiagnosisWorld } from './diagnosisWorld.ts';

/** A diagnosis stays open while colleagues work: its repairs are for the rule as it was then. */
let world: DiagnosisWorld;
inOneWorld(async () => (world = await startDiagnosis({ retryAfterSeconds: 0, operationMs: 5 })));

describe.each(['makeIdentityAgain', 'writeIdentityAgain'])('the repair %s', (id) => {
  async function found() {
    const { identityId } = world.link().authentication;
    await world.azure.identities.delete(identityId);
    if (id === 'writeIdentityAgain') await world.azure.identities.create(identityId, 'eastus');
    const { checks } = await world.diagnose({ azure: world.as('dev') });
    const repair = checks.flatMap((one) => (one.repair?.id === id ? [one.repair] : []))[0];
    expect(repair).toBeDefined();
    return repair;
  }
  const ruleNow = () => world.azure.cacheRules.get(world.ruleId);

  it.each(['has given another identity', 'has made anew'])('leaves a rule alone that a colleague %s', async (what) => {
    const repair = await found();
    const otherId = identityArmId(world.subscriptionId, 'MyResourceGroup', 'Other');
    const { id: identityId } = await world.azure.identities.create(otherId, 'eastus');
    if (what === 'has made anew') {
      await world.azure.cacheRules.delete(world.ruleId);
      await world.azure.cacheRules.create(world.ruleId, {
        sourceRepository: `${world.link().source.loginServer}/theirs`,
        targetRepository: 'theirs',
        identityId,
      });
    } else {
      await world.azure.cacheRules.update(world.ruleId, { identityId });
    }
    await expect(world.repair(repair)).rejects.toThrow();
    expect((await ruleNow()).identity?.id.toLowerCase()).toBe(identityId.toLowerCase());
  });

  it('does its work on the rule that was diagnosed, and again', async () => {
    const repair = await found();
    await world.repair(repair);
    await world.repair(repair);
    const { principalId } = await world.azure.identities.get(world.link().authentication.identityId);
    expect((await ruleNow()).identity?.principalId).toBe(principalId);
  });
});
