import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import {
  changeIdentityPlan,
  readChangedRule,
  replaceRulePlan,
  resumeReplacePlan,
} from '../../../../src/provisioning/changes/changeRule.ts';
import { cleanUpPlan, type CleanUpPlan } from '../../../../src/provisioning/changes/cleanUp.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { createJournal } from '../../../../src/provisioning/engine/journal.ts';
import { withoutRule } from '../../../../src/provisioning/requirements/absence/withoutRule.ts';
import type { ApplyResult } from '../../../../src/provisioning/types.ts';
import { allOf } from '../cleaning.ts';
import { mapping } from '../links.ts';
import { pattern } from '../../../samples.ts';
import { inOneWorld } from '../savedState.ts';
import { group, startWorld, states, type World } from '../world.ts';

let world: World;
let rule: CacheRule;
let folder: string;
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  rule = await world.azure.cacheRules.get(ruleId());
  return world;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const ruleId = (): string => cacheRuleArmId(world.link().downstream.id, 'MyRule');

/** A colleague deletes the rule and makes it again: its name and its paths stay. What else makes another rule of it: decisions. */
async function meanwhile(): Promise<void> {
  const { sourceRepository, targetRepository, identity } = await world.azure.cacheRules.get(ruleId());
  await world.azure.cacheRules.delete(ruleId());
  const identityId = identity?.id ?? '';
  await world.azure.cacheRules.create(ruleId(), { sourceRepository, targetRepository, identityId });
  const { properties } = world.sandbox.state.resources.get(ruleId().toLowerCase())!;
  properties['creationDate'] = '2031-01-01T00:00:00Z';
}

async function isThere(): Promise<boolean> {
  return world.azure.cacheRules.get(ruleId()).then(
    () => true,
    () => false,
  );
}

function cleanUp(plan: CleanUpPlan): Promise<ApplyResult> {
  return applyPlan(world.azure, allOf(plan), { timeScale: 0.02 });
}

async function planAnother() {
  const id = identityArmId(world.subscriptionId, group, 'AnotherIdentity');
  const authentication = { kind: 'identity', identityId: id, create: { location: 'eastus' } } as const;
  return { id, plan: await changeIdentityPlan(world.azure, rule, world.link({ authentication })) };
}

describe('a rule that a colleague made anew', () => {
  it('is not cleaned up by a plan of before', async () => {
    const plan = await cleanUpPlan(world.azure, ruleId());
    await meanwhile();
    expect(states(await cleanUp(plan))).toMatchObject({ deletedRule: 'kept' });
    expect(await isThere()).toBe(true);
  });

  it('is not deleted', async () => {
    const plan = await planOf(world.azure, { requirements: [withoutRule(rule)] });
    await meanwhile();
    expect(states(await applyPlan(world.azure, plan))).toEqual({ 'withoutRule:MyRule': 'alreadyDone' });
    expect(await isThere()).toBe(true);
  });

  it.each(['MyRule', 'NewRule'])('is not replaced by %s', async (name) => {
    const plan = await replaceRulePlan(world.azure, rule, mapping(name, 'charts/shop', 'shop'));
    await meanwhile();
    const before = await world.azure.cacheRules.get(ruleId());
    await applyPlan(world.azure, plan, { timeScale: 0.02 });
    expect(await world.azure.cacheRules.get(ruleId())).toEqual(before);
  });

  it('is not replaced by the rest of what was cut off', async () => {
    const plan = await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'shop'));
    await world.withFaults([{ match: '^DELETE .*cacheRules', status: 403 }], () =>
      applyPlan(world.azure, plan, { journal: createJournal(folder), timeScale: 0.02 }),
    );
    await meanwhile();
    const before = await world.azure.cacheRules.get(ruleId());
    const [entry] = await createJournal(folder).unfinished();
    if (entry?.purpose.kind !== 'replace') throw new Error('not remembered');
    const rest = await resumeReplacePlan(world.azure, entry.purpose);
    await applyPlan(world.azure, rest, { timeScale: 0.02 });
    expect(await world.azure.cacheRules.get(ruleId())).toEqual(before);
  });

  it('does not get another identity', async () => {
    const { plan } = await planAnother();
    await meanwhile();
    const before = await world.azure.cacheRules.get(ruleId());
    expect(states(await applyPlan(world.azure, plan, { timeScale: 0.02 }))['ruleIdentity:MyRule']).toBe('failed');
    expect(await world.azure.cacheRules.get(ruleId())).toEqual(before);
    const { purpose } = plan;
    if (purpose?.kind !== 'changeIdentity' || !purpose.rule) throw new Error('nothing tells the rule');
    const reading = readChangedRule(world.azure, purpose.link, purpose.rule);
    await expect(reading).rejects.toThrow();
  });
});

it('a change of identity whose answer was lost is the same rule still', async () => {
  const { id, plan } = await planAnother();
  expect((await applyPlan(world.azure, plan, { timeScale: 0.02 })).outcome).toBe('complete');
  const { purpose } = plan;
  if (purpose?.kind !== 'changeIdentity') throw new Error('not remembered');
  const changed = await readChangedRule(world.azure, purpose.link, purpose.rule);
  expect(changed.identity?.id.toLowerCase()).toBe(id.toLowerCase());
  expect((await readChangedRule(world.azure, purpose.link, undefined)).name).toBe('MyRule');
});

it('an assignment whose condition a colleague changed since the dry run stays, and so does its identity', async () => {
  const plan = await cleanUpPlan(world.azure, ruleId());
  const { principalId } = await world.azure.identities.get(world.link().authentication.identityId);
  const [assignment] = await world.azure.roles.listForPrincipal(world.link().source.id, principalId);
  if (!assignment) throw new Error('no assignment');
  const condition = generateCondition([pattern('myapp'), pattern('theirs')]) ?? '';
  const { scope, name, roleId } = assignment;
  await world.azure.roles.put(scope, name, { roleId, principalId, principalType: 'ServicePrincipal', condition });
  await cleanUp(plan);
  const after = await world.azure.roles.listForPrincipal(scope, principalId);
  expect(after.map((one) => one.condition)).toEqual([condition]);
});
