import { expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { diagnoseRule } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { goalOf } from '../../../../src/provisioning/checks/repairs.ts';
import type { World } from '../world.ts';
import { printCounts, runMatrix, type Walk } from './matrix.ts';

/** How a world that is set up is broken. */
const defects: Readonly<Record<string, (world: World, principalId: string) => Promise<unknown>>> = {
  'identity deleted': (world) => world.azure.identities.delete(world.link().authentication.identityId),
  'identity made again': async (world, principalId) => {
    const { identityId } = world.link().authentication;
    await world.azure.identities.delete(identityId);
    await withoutAssignments(world, principalId);
    await world.azure.identities.create(identityId, 'eastus');
  },
  "at the article's scope": async (world, principalId) => {
    await withoutAssignments(world, principalId);
    await world.assign(`${world.link().source.id}/repositories/myapp`, roles.repositoryReader.id, principalId);
  },
  'no condition': async (world, principalId) => {
    await withoutAssignments(world, principalId);
    await world.assign(world.link().source.id, roles.repositoryReader.id, principalId);
  },
  'trusted services off': (world) => {
    const registry = world.sandbox.state.resources.get(world.link().downstream.id.toLowerCase());
    Object.assign(registry?.properties ?? {}, {
      networkRuleSet: { defaultAction: 'Deny', ipRules: [{ value: '127.0.0.1' }], virtualNetworkRules: [] },
      networkRuleBypassOptions: 'None',
    });
    return Promise.resolve();
  },
};

async function withoutAssignments(world: World, principalId: string): Promise<void> {
  const { roles: client } = world.azure;
  for (const { id } of await client.listForPrincipal(world.link().source.id, principalId)) await client.delete(id);
}

it('repair: each request × each fault, then the rule works; never "fine" when it could not be checked', async () => {
  const covered = new Set<string>();
  let cases = 0;
  for (const [name, breakIn] of Object.entries(defects)) {
    const walkIn = async (world: World): Promise<Walk> => {
      const link = world.link();
      await world.setUp(link);
      const { principalId } = await world.azure.identities.get(link.authentication.identityId);
      await breakIn(world, principalId);
      const ruleId = cacheRuleArmId(link.downstream.id, 'MyRule');
      return { run: (azure, signal) => repairAll(azure, ruleId, signal) };
    };
    const result = await runMatrix({}, walkIn, covered);
    printCounts(`repair, ${name}`, result);
    expect(result.failures).toEqual([]);
    cases += result.cases;
  }
  expect(cases).toBeGreaterThan(100);
});

/**
 * Diagnoses and applies what repairs what it found. True: everything could be checked and every repair is in place; what a check
 * could not find out is never taken for fine.
 */
async function repairAll(azure: Azure, ruleId: string, signal: AbortSignal): Promise<boolean> {
  const { checks } = await diagnoseRule(azure, ruleId, { signal });
  let isDone = checks.every(({ id, verdict }) => verdict !== 'unknown' || accountCannotKnow.has(id));
  const repaired = new Set<string>();
  for (const { verdict, repair } of checks) {
    if (!(verdict === 'problem' || verdict === 'warning') || !repair) continue;
    // One repair often contains another.
    const goal = goalOf(repair);
    if (goal.requirements.every(({ id }) => repaired.has(id))) continue;
    for (const { id } of goal.requirements) repaired.add(id);
    const plan = await planOf(azure, goal, { signal });
    const applied = plan.canApply ? await applyPlan(azure, plan, { signal, timeScale: 0 }) : undefined;
    isDone &&= applied?.outcome === 'complete';
  }
  return isDone;
}

/** The account may not read images upstream in this world, with and without faults. */
const accountCannotKnow = new Set(['sourceExists', 'tagFresh', 'pullable', 'cached']);
