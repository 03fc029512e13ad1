import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import { parseCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import {
  changeIdentityPlan,
  replaceRulePlan,
  resumeReplacePlan,
} from '../../../../src/provisioning/changes/changeRule.ts';
import { createJournal } from '../../../../src/provisioning/engine/journal.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { group, startWorld, states, type World } from '../world.ts';

let world: World;
let rule: CacheRule;
let folder: string;
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  rule = await ruleNamed('MyRule');
  return world;
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(folder, { recursive: true }));

const ruleNamed = (name: string): Promise<CacheRule> =>
  world.azure.cacheRules.get(cacheRuleArmId(world.link().downstream.id, name));

const rules = async (): Promise<string[]> =>
  (await world.azure.cacheRules.list(world.link().downstream.id)).map(
    ({ name, sourceRepository, targetRepository }) =>
      `${name} ${sourceRepository.split('/').slice(1).join('/')} ${targetRepository}`,
  );

/** What the conditions of the rule's identity name at the upstream. */
async function granted(rule: CacheRule): Promise<string[]> {
  const { source: upstream } = world.link();
  const all = await world.azure.roles.listForPrincipal(upstream.id, rule.identity?.principalId ?? '');
  return all
    .flatMap(({ condition }) => {
      const parsed = parseCondition(condition ?? '');
      return parsed.ok ? parsed.value.grants.map(({ value }) => value) : [];
    })
    .sort();
}

describe('replacing a rule', () => {
  it('by one of another name makes the new one first', async () => {
    const plan = await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'shop'));
    expect(plan.canApply).toBe(true);
    const writes = await world.writesOf(async () => {
      expect((await applyPlan(world.azure, plan)).outcome).toBe('complete');
    });
    expect(writes.map((write) => write.replace(/roleAssignments\/.*/, 'roleAssignments'))).toEqual([
      expect.stringMatching(/^PUT .*(cacheRules|roleAssignments)/),
      expect.stringMatching(/^PUT .*(cacheRules|roleAssignments)/),
      expect.stringMatching(/^DELETE .*cacheRules\/MyRule/),
      expect.stringMatching(/^PUT .*roleAssignments/),
    ]);
    expect(await rules()).toEqual(['NewRule charts/shop shop']);
    expect((await ruleNamed('NewRule')).identity?.id).toBe(rule.identity?.id);
  });

  it('says before the first write that the old one may not be deleted', async () => {
    const { roles } = world.azure;
    const mayNotDelete: Azure = {
      ...world.azure,
      roles: {
        ...roles,
        async permissions(...scope) {
          const permissionOf = await roles.permissions(...scope);
          return (action) => (action.endsWith('/cacheRules/delete') ? { state: 'missing' } : permissionOf(action));
        },
      },
    };
    const plan = await replaceRulePlan(mayNotDelete, rule, mapping('NewRule', 'charts/shop', 'shop'));
    expect(plan.findings.filter(({ code }) => code === 'right')).toEqual([
      expect.objectContaining({
        code: 'right',
        severity: 'blocking',
        reason: expect.stringContaining('cacheRules/delete'),
      }),
    ]);
    expect(plan.canApply).toBe(false);
  });

  it('under the same name deletes the old one first, once everything else is ready', async () => {
    const plan = await replaceRulePlan(world.azure, rule, mapping('MyRule', 'charts/shop', 'shop'));
    expect(plan.canApply).toBe(true);
    expect(states(await applyPlan(world.azure, plan))).toMatchObject({
      'withoutRule:MyRule': 'done',
      'cacheRule:MyRule': 'done',
    });
    expect(await rules()).toEqual(['MyRule charts/shop shop']);
  });

  it.each([
    ['MyRule', '^PUT .*cacheRules'],
    ['NewRule', '^DELETE .*cacheRules'],
    ['NewRule', '^PUT .*roleAssignments.*'],
  ])('cut off, the next window finds it and does the rest (%s, %s)', async (name, match) => {
    const plan = await replaceRulePlan(world.azure, rule, mapping(name, 'charts/shop', 'shop'));
    // The second writing of role assignments is the narrowing.
    const fault = { match, nth: match.includes('role') ? 2 : 1, status: 403 };
    const cut = await world.withFaults([fault], () => applyPlan(world.azure, plan, { journal: createJournal(folder) }));
    expect(cut.outcome).toBe('failed');
    const journal = createJournal(folder);
    const [entry] = await journal.unfinished();
    if (entry?.purpose.kind !== 'replace') throw new Error('nothing is known of the rule that is replaced');
    const rest = await resumeReplacePlan(world.azure, entry.purpose);
    expect((await applyPlan(world.azure, rest, { journal })).outcome).toBe('complete');
    expect(await rules()).toEqual([`${name} charts/shop shop`]);
    expect(await granted(rule)).toEqual(['charts/shop']);
    expect(await createJournal(folder).unfinished()).toEqual([]);
  });

  it('cut off, is offered again after a second run that could change nothing', async () => {
    let plan = await replaceRulePlan(world.azure, rule, mapping('MyRule', 'charts/shop', 'shop'));
    for (const run of [1, 2]) {
      const journal = createJournal(folder);
      await world.withFaults([{ match: '^PUT .*cacheRules', status: 403 }], () =>
        applyPlan(world.azure, plan, { journal }),
      );
      const [entry] = await createJournal(folder).unfinished();
      if (entry?.purpose.kind !== 'replace')
        throw new Error(`not offered after run ${run}, though the old rule is gone`);
      plan = await resumeReplacePlan(world.azure, entry.purpose);
    }
    expect(await rules()).toEqual([]);
  });

  it('is offered again when nobody can look whether the old one, which is deleted, is gone', async () => {
    const plan = await replaceRulePlan(world.azure, rule, mapping('MyRule', 'myapp', 'shop'));
    const { cacheRules } = world.azure;
    let isAway = false;
    const azure: Azure = {
      ...world.azure,
      cacheRules: {
        ...cacheRules,
        delete: (...args) => cacheRules.delete(...args).finally(() => (isAway = true)),
        get: (...args) =>
          isAway
            ? Promise.reject(new AzureError('away', { kind: 'network', code: 'ENETDOWN', request: 'GET /' }))
            : cacheRules.get(...args),
      },
    };
    const result = await applyPlan(azure, plan, { journal: createJournal(folder) });
    expect(result).toMatchObject({ outcome: 'failed', done: [], begun: [expect.any(String)] });
    expect(await rules()).toEqual([]);
    expect(await createJournal(folder).unfinished()).toMatchObject([{ purpose: { kind: 'replace' } }]);
  });

  it('leaves the old source to another rule that reads it, and what stays the source', async () => {
    await world.setUp(world.link({ mappings: [mapping('OtherRule', 'myapp', 'other/myapp')] }));
    await applyPlan(world.azure, await replaceRulePlan(world.azure, rule, mapping('NewRule', 'charts/shop', 'shop')));
    expect(await granted(rule)).toEqual(['charts/shop', 'myapp']);
    const next = await replaceRulePlan(
      world.azure,
      await ruleNamed('NewRule'),
      mapping('Third', 'charts/shop', 'third'),
    );
    expect(await world.writesOf(() => applyPlan(world.azure, next))).toEqual([
      expect.stringMatching(/^PUT .*cacheRules\/Third/),
      expect.stringMatching(/^DELETE .*cacheRules\/NewRule/),
    ]);
    expect(await granted(rule)).toEqual(['charts/shop', 'myapp']);
  });
});

describe('changing the identity', () => {
  async function planAnother() {
    const id = identityArmId(world.subscriptionId, group, 'AnotherIdentity');
    const authentication = { kind: 'identity', identityId: id, create: { location: 'eastus' } } as const;
    return { id, plan: await changeIdentityPlan(world.azure, rule, world.link({ authentication })) };
  }

  it('gives the new one the permission first', async () => {
    const { id, plan } = await planAnother();
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

  it.each(['^PUT .*roleAssignments', '^PATCH .*cacheRules'])(
    'cut off at %s, is resumed from the journal',
    async (match) => {
      const { id, plan } = await planAnother();
      const cut = await world.withFaults([{ match, status: 403 }], () =>
        applyPlan(world.azure, plan, { journal: createJournal(folder) }),
      );
      expect(cut.outcome).toBe('failed');
      const journal = createJournal(folder);
      const [entry, ...others] = await journal.unfinished();
      expect(others).toEqual([]);
      expect(entry?.purpose).toMatchObject({ kind: 'changeIdentity', link: { authentication: { identityId: id } } });
      const rest = await changeIdentityPlan(world.azure, await ruleNamed('MyRule'), entry!.purpose.link!);
      expect((await applyPlan(world.azure, rest, { journal })).outcome).toBe('complete');
      expect((await ruleNamed('MyRule')).identity?.id.toLowerCase()).toBe(id.toLowerCase());
      expect(await journal.unfinished()).toEqual([]);
    },
  );
});
