import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { roles } from '../../../src/domain/roles.ts';
import { applyPlan, type ApplyOptions } from '../../../src/provisioning/engine/apply.ts';
import { createJournal } from '../../../src/provisioning/engine/journal.ts';
import type { ApplyResult, CacheLink, StepProgress } from '../../../src/provisioning/types.ts';
import type { FaultRule } from '../../sandbox/src/types.ts';
import { startWorld, type World } from './world.ts';

/** A write that Azure took and whose end the set-up did not see: it must never be called "nothing". */
let world: World;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const timeScale = 0.02;

/** Applies with a journal; the identity exists and may read already where `mayRead` says so, so that one write is left. */
async function apply(
  link: CacheLink,
  { faults = [], azure = world.azure, ...options }: ApplyOptions & { faults?: FaultRule[]; azure?: Azure } = {},
): Promise<ApplyResult> {
  const plan = await world.plan(link);
  expect(plan.canApply).toBe(true);
  return world.withFaults(faults, () =>
    applyPlan(azure, plan, { timeScale, journal: createJournal(folder), ...options }),
  );
}

async function makeIdentity(mayRead: boolean): Promise<void> {
  const { authentication: identity, source: upstream } = world.link();
  const { principalId } = await world.azure.identities.create(identity.identityId, 'eastus');
  if (mayRead) await world.assign(upstream.id, roles.repositoryReader.id, principalId);
}

function stepOf(result: ApplyResult, id: string): StepProgress | undefined {
  return result.steps.find((step) => step.requirementId === id);
}

/** It is told, it is kept for the next window, and it really takes place. */
async function expectBegun(result: ApplyResult, id: string): Promise<void> {
  expect(stepOf(result, id)).toMatchObject({ begun: true });
  expect(result.begun).toHaveLength(result.steps.filter(({ begun }) => begun).length);
  expect(result.begun.filter((one) => result.left.includes(one))).toEqual([]);
  expect(await createJournal(folder).unfinished()).toHaveLength(1);
}

/** From the moment the rule is written no look at it succeeds: the first two are the step's own and the one right before the write. */
const blind = (fault: Partial<FaultRule>): FaultRule[] => [
  { match: 'GET .*/operationStatuses/', ...fault },
  { match: 'GET .*/cacheRules', nth: 3, times: 100, ...fault },
];
const ruleExists = async (): Promise<void> => {
  await expect
    .poll(async () =>
      (await world.azure.cacheRules.list(world.link().downstream.id)).map((rule) => rule.provisioningState),
    )
    .toEqual(['Succeeded']);
};

describe('what was begun', () => {
  it('by a switch of the permission mode that was cancelled', async () => {
    world = await startWorld({
      upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' },
      registryOperations: true,
      operationMs: 60_000,
      retryAfterSeconds: 0,
    });
    await makeIdentity(false);
    const abort = new AbortController();
    void world.asked(/^GET .*operationStatuses/).then(() => abort.abort());
    const result = await apply(world.link({ allowAbacSwitch: true }), { signal: abort.signal });
    expect(result.outcome).toBe('cancelled');
    await expectBegun(result, 'abacMode');
    await world.sandbox.advance(60_000);
    expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
  });

  it('by a rule, when the session ends while Azure makes it', async () => {
    world = await startWorld({ operationMs: 500 });
    await makeIdentity(true);
    const result = await apply(world.link(), { faults: blind({ status: 401 }) });
    expect(result).toMatchObject({ outcome: 'failed', done: [] });
    await expectBegun(result, 'cacheRule:MyRule');
    expect(stepOf(result, 'cacheRule:MyRule')?.error).toMatchObject({ kind: 'unauthenticated' });
    await ruleExists();
  });

  it('is nothing when Azure refused it, or ended it without success', async () => {
    world = await startWorld();
    await makeIdentity(true);
    const failOperation = { code: 'InternalServerError', message: 'It broke.' };
    for (const fault of [{ status: 403 }, { failOperation }]) {
      const result = await apply(world.link(), { faults: [{ match: 'PUT .*/cacheRules/', ...fault }] });
      expect(result).toMatchObject({ outcome: 'failed', done: [], begun: [] });
      expect(result.left).toHaveLength(1);
      expect(await createJournal(folder).unfinished()).toEqual([]);
    }
  });
});
