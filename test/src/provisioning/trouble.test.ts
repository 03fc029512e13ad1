import { describe, expect, it } from 'vitest';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import { explainFailure } from '../../../src/provisioning/engine/failureAdvice.ts';
import type { ApplyResult } from '../../../src/provisioning/types.ts';
import { inOneWorld } from './savedState.ts';
import { startWorld, states, verdicts, type World } from './world.ts';

let world: World;
inOneWorld(async () => (world = await startWorld({ retryAfterSeconds: 0 })));

/** What is really there, by the kinds of the steps. */
async function reality(): Promise<Record<string, boolean>> {
  const link = world.link({ allowAbacSwitch: true });
  const seen = verdicts(await world.plan(link));
  return Object.fromEntries(Object.entries(seen).map(([id, verdict]) => [id, verdict === 'satisfied']));
}

/** Every step that the result calls done is there, and none that it calls not done. */
async function expectHonest(result: ApplyResult): Promise<void> {
  const there = await reality();
  for (const step of result.steps) {
    expect({ [step.requirementId]: there[step.requirementId] }).toEqual({
      [step.requirementId]: step.state === 'done' || step.state === 'alreadyDone',
    });
  }
}

describe('cancel', () => {
  it('lets the write under way end, begins nothing new, and reports both', async () => {
    const controller = new AbortController();
    const plan = await world.plan();
    void world.asked(/^PUT .*userAssignedIdentities/).then(() => controller.abort());
    const result = await world.withFaults([{ match: '^PUT .*userAssignedIdentities/', delayMs: 200 }], () =>
      applyPlan(world.azure, plan, { signal: controller.signal }),
    );
    expect(result.outcome).toBe('cancelled');
    expect(states(result)).toMatchObject({
      identity: 'done',
      roleAssignment: 'cancelled',
      'cacheRule:MyRule': 'cancelled',
    });
    expect(result.done).toHaveLength(1);
    expect(result.left).toHaveLength(2);
    await expectHonest(result);
    expect((await world.setUp()).outcome).toBe('complete');
  });

  it('gives up waiting for a long operation after the grace, and says that it goes on', async () => {
    world.sandbox.setOptions({ operationMs: 60_000 });
    const controller = new AbortController();
    const plan = await world.plan();
    void world.asked(/^GET .*operationStatuses/).then(() => controller.abort());
    const result = await applyPlan(world.azure, plan, {
      signal: controller.signal,
      timeScale: 0.01,
    });
    expect(result.outcome).toBe('cancelled');
    expect(states(result)['cacheRule:MyRule']).toBe('cancelled');
    expect(result.steps.at(-1)?.begun).toBe(true);
    world.sandbox.setOptions({ operationMs: 5 });
    await world.sandbox.advance(60_000);
    expect(await reality()).toMatchObject({ 'cacheRule:MyRule': true });
  });
});

describe('what changed since the plan', () => {
  it('a target that came to exist is refused by Azure, with what to do', async () => {
    const plan = await world.plan();
    const [content] = [...world.sandbox.state.content.values()].filter(({ registryId }) =>
      registryId.endsWith('/myregistry'),
    );
    content?.repositories.set('myapp', {
      name: 'myapp',
      createdAt: 0,
      updatedAt: 0,
      tags: new Map(),
      manifests: new Map(),
      blobDigests: new Set(),
    });
    const result = await applyPlan(world.azure, plan);
    const step = result.steps.at(-1);
    expect(step).toMatchObject({ state: 'failed', error: { code: 'TargetRepositoryAlreadyPresentInRegistry' } });
    // Not the advice that any refusal has.
    expect(step?.message).not.toBe(step?.error && explainFailure(step.error));
  });
});
