import { afterEach, describe, expect, it } from 'vitest';
import { identityArmId } from '../../../../src/domain/armId.ts';
import { startDiagnosis, type DiagnosisWorld } from './diagnosisWorld.ts';

/** A diagnosis stays open while colleagues work: its repairs are for the rule as it was then. */
let world: DiagnosisWorld;
afterEach(() => world.close());

async function staleIdentity(): Promise<void> {
  world = await startDiagnosis();
  const { authentication: identity } = world.link();
  await world.azure.identities.delete(identity.identityId);
}

describe.each(['makeIdentityAgain', 'writeIdentityAgain'])('the repair %s', (id) => {
  async function found() {
    await staleIdentity();
    if (id === 'writeIdentityAgain')
      await world.azure.identities.create(world.link().authentication.identityId, 'eastus');
    const { checks } = await world.diagnose();
    const repair = checks.flatMap((one) => (one.repair?.id === id ? [one.repair] : []))[0];
    expect(repair).toBeDefined();
    return repair;
  }
  const identityNow = async () => (await world.azure.cacheRules.get(world.ruleId)).identity?.id.toLowerCase();

  it('leaves a rule alone that a colleague has given another identity since', async () => {
    const repair = await found();
    const other = await world.azure.identities.create(
      identityArmId(world.subscriptionId, 'MyResourceGroup', 'Other'),
      'eastus',
    );
    await world.azure.cacheRules.update(world.ruleId, { identityId: other.id });
    await expect(world.repair(repair)).rejects.toThrow();
    expect(await identityNow()).toBe(other.id.toLowerCase());
  });

  it('leaves a rule alone that was made anew for something else', async () => {
    const repair = await found();
    const other = await world.azure.identities.create(
      identityArmId(world.subscriptionId, 'MyResourceGroup', 'Other'),
      'eastus',
    );
    await world.azure.cacheRules.delete(world.ruleId);
    const sourceRepository = `${world.link().source.loginServer}/theirs`;
    await world.azure.cacheRules.create(world.ruleId, {
      sourceRepository,
      targetRepository: 'theirs',
      identityId: other.id,
    });
    await expect(world.repair(repair)).rejects.toThrow();
    expect(await identityNow()).toBe(other.id.toLowerCase());
  });

  it('does its work on the rule that was diagnosed, and again', async () => {
    const repair = await found();
    await world.repair(repair);
    await world.repair(repair);
    const { principalId } = await world.azure.identities.get(world.link().authentication.identityId);
    expect((await world.azure.cacheRules.get(world.ruleId)).identity?.principalId).toBe(principalId);
  });
});
