import { expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { setUpOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import { verdicts } from '../world.ts';
import { cleanUpAll } from '../cleaning.ts';
import { printCounts, runMatrix } from './matrix.ts';
import { saveState } from './savedState.ts';

const legacy = { upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' as const } };

it('set-up: each request × each fault, then all is there; clean-up leaves the sandbox as before', async () => {
  const result = await runMatrix(legacy, (world) => {
    const link = world.link({ allowAbacSwitch: true });
    const before = world.sandbox.snapshot();
    const restore = saveState(world.sandbox.state);
    return Promise.resolve({
      begin: restore,
      async run(azure, signal) {
        const plan = await planOf(azure, setUpOf(link), { signal });
        if (!plan.canApply) return false;
        return (await applyPlan(azure, plan, { signal, timeScale: 0.01 })).outcome === 'complete';
      },
      async check(saidDone) {
        if (!saidDone) return undefined;
        const isDone = Object.values(verdicts(await world.plan(link))).every((verdict) => verdict === 'satisfied');
        return isDone ? undefined : 'it says that all is done, but it is not';
      },
      async end() {
        const cleaned = await cleanUpAll(world.azure, cacheRuleArmId(link.downstream.id, 'MyRule'));
        // The permission mode is not taken back by a clean-up: its owner does.
        const upstream = world.sandbox.state.resources.get(link.source.id.toLowerCase());
        if (upstream) upstream.properties['roleAssignmentMode'] = 'LegacyRegistryPermissions';
        if (world.sandbox.snapshot() === before) return undefined;
        return `clean-up left something: ${JSON.stringify(cleaned)}`;
      },
    });
  });
  printCounts('set-up', result);
  expect(result.failures).toEqual([]);
  expect(result.cases).toBeGreaterThan(100);
}, 400_000);
