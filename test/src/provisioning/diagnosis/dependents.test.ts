import { describe, expect, it } from 'vitest';
import { cacheRuleArmId, sameArmId } from '../../../../src/domain/armId.ts';
import { judgeRule, type RuleKnowledge } from '../../../../src/domain/ruleVerdict.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { checkupOf } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { goalOf, offeredRepairs } from '../../../../src/provisioning/checks/repairs.ts';
import { diagnoseDependents, type KnownRule } from '../../../../src/provisioning/diagnosis/dependents.ts';
import { diagnoseRegistry } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { goalsOf, planOfGoals, repairsOfAll } from '../../../../src/provisioning/diagnosis/repairAll.ts';
import type { RuleDiagnosis } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { articleScenario } from '../../../sandbox/src/scenarios.ts';
import type { Scenario } from '../../../sandbox/src/types.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;

/** The article's registries and a second one that caches from the same upstream. */
function twoDownstreams(): Scenario {
  const scenario = articleScenario();
  return {
    ...scenario,
    subscriptions: scenario.subscriptions.map((subscription) => ({
      ...subscription,
      resourceGroups: subscription.resourceGroups.map((group) => ({
        ...group,
        registries: (group.registries ?? []).flatMap((registry) =>
          registry.name === 'myregistry' ? [registry, { ...registry, name: 'second' }] : [registry],
        ),
      })),
    })),
  };
}

/** The rule of the second registry. */
function elsewhere(): CacheLink {
  const loginServer = world.sandbox.info.registries.find(({ name }) => name === 'second')?.loginServer ?? '';
  return world.link({
    downstream: { id: world.id('second'), loginServer },
    mappings: [mapping('FirstRule', 'charts/shop')],
  });
}

/** Three rules of one identity, two in one registry and one of the same name in another, and one that shares nothing. */
inOneWorld(async () => {
  const mappings = [mapping('FirstRule', 'myapp'), mapping('SecondRule', 'team/shop/web')];
  world = await startDiagnosis({ scenario: twoDownstreams(), link: { mappings }, retryAfterSeconds: 0 });
  await world.setUp(elsewhere());
  await world.azure.cacheRules.create(cacheRuleArmId(world.id('second'), 'OtherRule'), {
    sourceRepository: 'mcr.microsoft.com/dotnet/sdk',
    targetRepository: 'dotnet/sdk',
  });
  return world;
});

async function known(): Promise<KnownRule[]> {
  const lists = await Promise.all(['myregistry', 'second'].map((name) => world.azure.cacheRules.list(world.id(name))));
  return lists.flat().map((rule) => ({ rule, known: {} }));
}

const first = () => cacheRuleArmId(world.id('myregistry'), 'FirstRule');

async function dependentsOf(diagnosis: RuleDiagnosis, rules?: readonly KnownRule[]): Promise<RuleDiagnosis[]> {
  const all = rules ?? (await known());
  const rule = all.find((one) => sameArmId(one.rule.id, first()))?.rule;
  if (!rule) throw new Error('no rule');
  return diagnoseDependents(world.as('dev'), diagnosis, rule, all);
}

async function deleteAssignments(identityId = world.link().authentication.identityId): Promise<void> {
  const identity = await world.azure.identities.get(identityId);
  const scope = world.id('upstreamregistry');
  for (const { id } of await world.azure.roles.listForPrincipal(scope, identity.principalId)) {
    await world.azure.roles.delete(id);
  }
}

const names = (diagnoses: readonly RuleDiagnosis[]) =>
  diagnoses.map(({ ruleId }) => ruleId.split('/registries/')[1]?.replace('/cacheRules/', ' ')).sort();

describe('a finding about what several rules share', () => {
  it('marks each rule that depends on it, and none besides; one repair cures all, in both registries', async () => {
    await world.azure.identities.delete(world.link().authentication.identityId);
    const diagnosis = await world.diagnose({ azure: world.as('dev') });
    const dependents = await dependentsOf(diagnosis);
    expect(names(dependents)).toEqual(['myregistry SecondRule', 'second FirstRule']);
    for (const dependent of dependents) {
      expect(troubles(dependent)).toContain('identityExists problem');
      const checkup = checkupOf(dependent.checks, dependent.checkedAt, false);
      expect(judgeRule({ checkup }).health).toBe('problems');
    }

    const [offered, ...more] = offeredRepairs([diagnosis, ...dependents]);
    expect(more).toEqual([]);
    expect(offered?.repair.id).toBe('makeIdentityAgain');
    expect(offered?.ruleIds).toHaveLength(3);
    const ids = offered ? goalOf(offered.repair).requirements.map(({ id }) => id) : [];
    expect(ids).toEqual([...new Set(ids)]);
    await world.repair(offered?.repair);
    for (const name of ['myregistry', 'second']) {
      const { rules } = await diagnoseRegistry(world.as('dev'), world.id(name));
      const own = rules.filter(({ ruleName }) => ruleName !== 'OtherRule');
      expect(own.map((rule) => [rule.ruleName, ...troubles(rule)])).toEqual(own.map(({ ruleName }) => [ruleName]));
    }
  });

  it('says of each rule what is so: a role that still covers one of them does not mark it', async () => {
    await deleteAssignments();
    await world.setUp(elsewhere());
    const dependents = await dependentsOf(await world.diagnose({ azure: world.as('dev') }));
    const verdicts = Object.fromEntries(dependents.map((one) => [names([one])[0], one.health]));
    expect(verdicts).toEqual({ 'myregistry SecondRule': 'problems', 'second FirstRule': 'unproven' });
  });

  it('is looked at again where it is known, so that a repair takes the marks away', async () => {
    await deleteAssignments();
    const before = await dependentsOf(await world.diagnose({ azure: world.as('dev') }));
    expect(before.map(({ health }) => health)).toEqual(['problems', 'problems']);
    await world.setUp();
    await world.setUp(world.link({ mappings: [mapping('SecondRule', 'team/shop/web')] }));
    const marked = (await known()).map(({ rule }): KnownRule => {
      const found = before.find((one) => sameArmId(one.ruleId, rule.id));
      const knowledge: RuleKnowledge = found ? { checkup: checkupOf(found.checks, found.checkedAt, false) } : {};
      return { rule, known: knowledge };
    });
    const after = await dependentsOf(await world.diagnose({ azure: world.as('dev') }), marked);
    expect(names(after)).toEqual(names(before));
    expect(after.map((one) => [names([one])[0], one.health]).sort()).toEqual([
      ['myregistry SecondRule', 'unproven'],
      ['second FirstRule', 'problems'],
    ]);
  });

  it('of the registry: only its own rules, its repair once', async () => {
    await world.azure.registries.changeSettings(world.id('myregistry'), { softDelete: true });
    const { rules } = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    const offered = offeredRepairs(rules);
    expect(offered.map(({ repair, ruleIds }) => [repair.id, ruleIds.length])).toEqual([['softDeleteOff', 2]]);
    const [diagnosis] = rules;
    expect(names(await dependentsOf(diagnosis as RuleDiagnosis))).toEqual(['myregistry SecondRule']);
    const repair = offered[0]?.repair;
    if (!repair) throw new Error('no repair');
    const plan = await planOf(world.azure, goalOf(repair));
    expect(plan.steps).toHaveLength(1);
    expect((await applyPlan(world.azure, plan, { timeScale: 0.02 })).outcome).toBe('complete');
  });

  it('costs nothing where nothing is wrong', async () => {
    const diagnosis = await world.diagnose({ azure: world.as('dev') });
    const all = await known();
    const { result, requests } = await world.requestsOf(() => dependentsOf(diagnosis, all));
    expect([result, requests]).toEqual([[], []]);
  });
});

describe('what is wrong with several rules, repaired as one change', () => {
  it('of two identities and a setting: steps that have one name do not take each other’s place', async () => {
    const identityId = world.link().authentication.identityId.replace(/[^/]+$/, 'OtherIdentity');
    const authentication = { kind: 'identity', identityId, create: { location: 'eastus' } } as const;
    await world.setUp(world.link({ authentication, mappings: [mapping('ThirdRule', 'charts/shop', 'third')] }));
    for (const id of [world.link().authentication.identityId, identityId]) await world.azure.identities.delete(id);
    await world.azure.registries.changeSettings(world.id('myregistry'), { softDelete: true });
    const { rules } = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    const repairs = repairsOfAll(rules);
    expect(repairs.map(({ repair, ruleIds }) => [repair.id, ruleIds.length]).sort()).toEqual([
      ['makeIdentityAgain', 1],
      ['makeIdentityAgain', 2],
      ['softDeleteOff', 3],
    ]);
    const plan = await planOfGoals(world.azure, goalsOf(repairs));
    const ids = plan.steps.map(({ requirement }) => requirement.id);
    expect(ids).toEqual([...new Set(ids)]);
    expect((await applyPlan(world.azure, plan, { timeScale: 0.02 })).outcome).toBe('complete');
    const after = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    expect(after.rules.flatMap(troubles)).toEqual([]);
  });

  it('of two identities that lack the same: each is given it', async () => {
    const identityId = world.link().authentication.identityId.replace(/[^/]+$/, 'OtherIdentity');
    const authentication = { kind: 'identity', identityId, create: { location: 'eastus' } } as const;
    const mappings = [mapping('ThirdRule', 'myapp', 'third'), mapping('FourthRule', 'team/shop/web', 'fourth')];
    await world.setUp(world.link({ authentication, mappings }));
    for (const id of [world.link().authentication.identityId, identityId]) await deleteAssignments(id);
    const { rules } = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    const plan = await planOfGoals(world.azure, goalsOf(repairsOfAll(rules)));
    expect(plan.steps.map(({ requirement }) => requirement.id)).toEqual(['roleAssignment', 'roleAssignment#2']);
    expect((await applyPlan(world.azure, plan, { timeScale: 0.02 })).outcome).toBe('complete');
    const after = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    expect(after.rules.flatMap(troubles)).toEqual([]);
  });

  it('a step that two need in the same words is made once, and both wait for it', async () => {
    await deleteAssignments();
    const diagnosis = await world.diagnose({ azure: world.as('dev') });
    const [repair] = repairsOfAll([diagnosis]);
    if (!repair) throw new Error('no repair');
    const [one, two] = goalsOf([repair, repair]);
    expect(one?.requirements).not.toEqual([]);
    expect(two?.requirements).toEqual([]);
  });

  it('steps that have one name and do another thing come one after the other', async () => {
    await deleteAssignments();
    const { rules } = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    const single = rules.flatMap((rule) => repairsOfAll([rule]));
    const [one, two] = goalsOf(single);
    expect(one?.requirements.map(({ id }) => id)).toEqual(['roleAssignment']);
    expect(two?.requirements).toMatchObject([{ id: 'roleAssignment#2', needs: ['roleAssignment'] }]);
    const plan = await planOfGoals(world.azure, goalsOf(single));
    expect((await applyPlan(world.azure, plan, { timeScale: 0.02 })).outcome).toBe('complete');
    const after = await diagnoseRegistry(world.as('dev'), world.id('myregistry'));
    expect(after.rules.flatMap(troubles)).toEqual([]);
  });
});
