import { expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { begunCleanUp, cleanUpPlan } from '../../../../src/provisioning/changes/cleanUp.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import type { Journal, JournalEntry } from '../../../../src/provisioning/engine/journal.ts';
import { allOf } from '../cleaning.ts';
import { printCounts, runMatrix, shapeOf } from './matrix.ts';

it('clean-up: each request × each fault, then the sandbox is as before set-up', async () => {
  const result = await runMatrix({}, async (world) => {
    const wanted = shapeOf(world);
    await world.setUp();
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(1);
    const ruleId = cacheRuleArmId(world.link().downstream.id, 'MyRule');

    let begun: JournalEntry | undefined;
    const journal: Journal = {
      start: (purpose) => Promise.resolve((begun = { id: 'one', purpose, startedAt: '', steps: [] }).id),
      record: (_, step) => Promise.resolve(void (begun = begun && { ...begun, steps: [...begun.steps, step] })),
      finish: () => Promise.resolve(void (begun = undefined)),
      leave: () => Promise.resolve(),
      unfinished: () => Promise.resolve([]),
    };
    return {
      wanted,
      begin: () => (begun = undefined),
      async run(azure, signal) {
        const plan = await cleanUpPlan(azure, ruleId, { signal, begun: begun && begunCleanUp(begun) });
        const cleaned = await applyPlan(azure, allOf(plan), { signal, journal, timeScale: 0 });
        return cleaned.outcome === 'complete' && cleaned.kept.length === 0;
      },
    };
  });
  printCounts('clean-up', result);
  expect(result.failures).toEqual([]);
  expect(result.cases).toBeGreaterThan(100);
});
