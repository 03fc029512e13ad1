import { expect, it } from 'vitest';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import { printCounts, runMatrix } from './matrix.ts';

const legacy = { upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' as const } };

it('set-up: each request × each fault, then all is there and nothing more', async () => {
  const result = await runMatrix(legacy, (world) => {
    const link = world.link({ allowAbacSwitch: true });
    return Promise.resolve({
      async run(azure, signal) {
        const plan = await planOf(azure, setUpOf(link), { signal });
        return plan.canApply && (await applyPlan(azure, plan, { signal, timeScale: 0 })).outcome === 'complete';
      },
    });
  });
  printCounts('set-up', result);
  expect(result.failures).toEqual([]);
  expect(result.cases).toBeGreaterThan(100);
});
