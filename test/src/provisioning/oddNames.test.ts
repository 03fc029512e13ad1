import { expect, it } from 'vitest';
import { identityArmId } from '../../../src/domain/armId.ts';
import { cleanUpPlan } from '../../../src/provisioning/changes/cleanUp.ts';
import { diagnoseRule } from '../../../src/provisioning/diagnosis/diagnose.ts';
import { exportScript } from '../../../src/provisioning/export/exportScript.ts';
import { readRuleReport } from '../../../src/provisioning/ruleReport/readRuleReport.ts';
import { articleScenario } from '../../sandbox/src/scenarios.ts';
import type { Scenario } from '../../sandbox/src/types.ts';
import { startWorld } from './world.ts';

/** Azure takes letters of every language, parentheses and full stops in the name of a resource group. */
const group = 'Größe_(Prüf).ω-１';

function inGroup(scenario: Scenario): Scenario {
  return {
    ...scenario,
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((one) => ({ ...one, name: group })),
    })),
  };
}

it('in a resource group of any legal name a setup is planned without doubt, made, and found to work', async () => {
  const world = await startWorld({ scenario: inGroup(articleScenario()), retryAfterSeconds: 0, operationMs: 5 });
  try {
    const identityId = identityArmId(world.subscriptionId, group, 'MyACRCacheIdentity');
    const link = world.link({ authentication: { kind: 'identity', identityId, create: { location: 'eastus' } } });
    const { findings, canApply } = await world.plan(link);
    // As in every other group of the same world.
    const usual = ['featureFlag', 'sourceUnknown'];
    expect([findings.map(({ code }) => code).filter((code) => !usual.includes(code)), canApply]).toEqual([[], true]);
    expect((await world.setUp(link)).outcome).toBe('complete');
    const ruleId = `${link.downstream.id}/cacheRules/MyRule`;
    const { checks } = await diagnoseRule(world.azure, ruleId);
    expect(checks.filter(({ verdict }) => verdict === 'problem').map(({ code, reason }) => [code, reason])).toEqual([]);
    const { mapping, access, identity, json } = await readRuleReport(world.azure, ruleId);
    expect([mapping, access, identity, json].map(({ state }) => state)).toEqual(Array(4).fill('ready'));
    const { steps } = await cleanUpPlan(world.azure, ruleId, {});
    expect(steps.map(({ inspection }) => inspection.verdict)).not.toContain('unknown');
    expect(exportScript(link, 'bash')[0].text).toContain(group);
  } finally {
    await world.close();
  }
});
