import { expect, it } from 'vitest';
import { missing } from '../../../../src/provisioning/engine/inspection.ts';
import { planOfGoals } from '../../../../src/provisioning/diagnosis/repairAll.ts';
import type { Goal } from '../../../../src/provisioning/plan.ts';

it('the repairs of very many rules are planned a few at a time, in their order', async () => {
  let [running, most] = [0, 0];
  const goals = Array.from({ length: 100 }, (_, index): Goal => {
    const id = `step${index}`;
    const inspect = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return missing('', []);
    };
    const requirement = {
      ...{ id, kind: id, needs: [], rights: [], reads: [], writes: [], inspect },
      describe: () => ({ title: id, todo: id, done: id }),
      satisfy: () => Promise.resolve(),
    };
    return { requirements: [requirement] };
  });
  const { steps } = await planOfGoals({} as never, goals);
  expect(steps.map(({ requirement }) => requirement.id)).toEqual(goals.map((_, index) => `step${index}`));
  expect(most).toBeLessThanOrEqual(4);
});
