import { expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { applyCleanUp } from '../../../../src/provisioning/changes/cleanUp/applyCleanUp.ts';
import { planCleanUp } from '../../../../src/provisioning/changes/cleanUp/planCleanUp.ts';
import type { CleanUpMemory, UnfinishedCleanUp } from '../../../../src/provisioning/changes/cleanUp/types.ts';
import { printCounts, runMatrix } from './matrix.ts';
import { saveState } from './savedState.ts';

it('clean-up: each request × each fault, then the sandbox is as before set-up', async () => {
  const result = await runMatrix({}, async (world) => {
    const before = world.sandbox.snapshot();
    await world.setUp();
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(1);
    const restore = saveState(world.sandbox.state);
    const ruleId = cacheRuleArmId(world.link().downstream.id, 'MyRule');

    let remembered: UnfinishedCleanUp | undefined;
    const memory: CleanUpMemory = {
      remember: (entry) => Promise.resolve(void (remembered = entry)),
      forget: () => Promise.resolve(void (remembered = undefined)),
      list: () => Promise.resolve(remembered ? [{ ...remembered, isUnderWay: false }] : []),
    };
    const isAsBefore = (): boolean => world.sandbox.snapshot() === before;
    return {
      begin() {
        restore();
        remembered = undefined;
      },
      async run(azure, signal) {
        const plan = await planCleanUp(azure, ruleId, { signal, ...(remembered ? { remembered } : {}) });
        const all = new Set(plan.items.map(({ id }) => id));
        const cleaned = await applyCleanUp(azure, plan, all, { signal, memory, timeScale: 0.01 });
        return cleaned.outcome === 'complete' && cleaned.stays.length === 0;
      },
      check: (saidDone) =>
        Promise.resolve(saidDone && !isAsBefore() ? 'it says that all is gone, but it is not' : undefined),
      end: () => Promise.resolve(isAsBefore() ? undefined : 'the sandbox is not as before set-up'),
    };
  });
  printCounts('clean-up', result);
  expect(result.failures).toEqual([]);
  expect(result.cases).toBeGreaterThan(100);
}, 400_000);
