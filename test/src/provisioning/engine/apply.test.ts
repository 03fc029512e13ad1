import { expect, it, vi } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import type { Key } from '../../../../src/provisioning/engine/memo.ts';
import type { ApplyResult, Inspection, Requirement, WalkContext } from '../../../../src/provisioning/types.ts';
import { states } from '../world.ts';

const azure = {} as Azure;
const missing: Inspection = { verdict: 'missing', reason: 'It is not so.', evidence: [] };
const satisfied: Inspection = { verdict: 'satisfied', reason: 'It is so.', evidence: [] };
const conflicting: Inspection = { verdict: 'conflicting', reason: 'Something else needs it.', evidence: [] };

/** A requirement that each look finds as the next of `found`, and at last as the last of them. */
function requirement(id: string, found: readonly Inspection[], more: Partial<Requirement> = {}) {
  const looks = [...found];
  const inspect = vi.fn(() => Promise.resolve((looks.length > 1 ? looks.shift() : looks[0])!));
  const satisfy = vi.fn<Requirement['satisfy']>(() => Promise.resolve());
  const describe = () => ({ title: id, todo: `Do ${id}.`, done: `Did ${id}.` });
  return { id, kind: 'test', needs: [], rights: [], reads: [], writes: [], describe, inspect, satisfy, ...more };
}

async function run(...requirements: readonly Requirement[]): Promise<ApplyResult> {
  const plan = await planOf(azure, { requirements });
  expect(plan.canApply).toBe(true);
  return applyPlan(azure, plan);
}

it('what became another thing since the review is left alone', async () => {
  const seen = { ...missing, fingerprint: { digest: 'a', owner: 'me' } };
  const one = requirement('one', [seen, { ...missing, fingerprint: { digest: 'b' } }]);
  const result = await run(one);
  expect(result).toMatchObject({
    outcome: 'failed',
    steps: [{ state: 'failed', error: { code: 'ChangedSinceReview' } }],
  });
  expect(one.satisfy).not.toHaveBeenCalled();
});

it('what is not told, or in other letters, makes nothing another thing', async () => {
  const seen = { ...missing, fingerprint: { id: 'ABC', owner: 'me' } };
  const one = requirement('one', [seen, { ...missing, fingerprint: { id: 'abc' } }]);
  expect((await run(one)).done).toEqual(['Did one.']);
});

it('what is so by now is not done; where nothing can be overwritten, it is not looked at again', async () => {
  const one = requirement('one', [missing, satisfied]);
  const two = requirement('two', [missing, satisfied], { skipsRecheck: true });
  expect(states(await run(one, two))).toEqual({ one: 'alreadyDone', two: 'done' });
  expect(one.satisfy).not.toHaveBeenCalled();
  expect(two.inspect).toHaveBeenCalledOnce();
});

it('a plan judges as if what is needed were so, the look before the write as it is', async () => {
  const assumed: boolean[] = [];
  const inspect = (context: WalkContext) => {
    assumed.push(context.assumesNeeds);
    return Promise.resolve({ ...missing, fingerprint: {} });
  };
  await run(requirement('one', [], { inspect }));
  expect(assumed).toEqual([true, false]);
});

/** Reads `thing` in the walk; the answer tells how often it was read. */
function reader(thing: Key, answers: string[], read: () => string) {
  return async (context: WalkContext): Promise<Inspection> => {
    answers.push(await context.memo(thing, () => Promise.resolve(read())));
    return missing;
  };
}

it('what a step writes is read again by those after it, but not what the write has answered', async () => {
  const [rules, registry]: [Key, Key] = [
    { kind: 'rules', id: 'r' },
    { kind: 'registry', id: 'r' },
  ];
  let reads = 0;
  const [early, late]: [string[], string[]] = [[], []];
  const read = (): string => `read ${++reads}`;
  const one = requirement('one', [], {
    writes: [rules, registry],
    inspect: reader(rules, early, read),
    satisfy: (context) => {
      context.remember(registry, 'answered');
      return Promise.resolve();
    },
  });
  const look = [reader(rules, late, read), reader(registry, late, read)];
  const two = requirement('two', [], {
    needs: ['one'],
    inspect: async (context) => {
      for (const each of look) await each(context);
      return missing;
    },
  });
  await run(one, two);
  expect(late.at(-1)).toBe('answered');
  expect(late.at(-2)).not.toBe(early.at(-1));
});

it('optional steps are left as they are when told so, or when something stands in their way; the others go on', async () => {
  const inTheWay = requirement('inTheWay', [conflicting], { isOptional: true });
  const since = requirement('since', [missing, conflicting], { isOptional: true });
  const leftOut = requirement('leftOut', [missing], { isOptional: true });
  const after = requirement('after', [missing], { needs: ['inTheWay', 'since', 'leftOut'] });
  const plan = await planOf(azure, { requirements: [inTheWay, since, leftOut, after] });
  const steps = plan.steps.map((step) => ({ ...step, isLeftOut: step.requirement.id === 'leftOut' }));
  const result = await applyPlan(azure, { ...plan, steps });
  expect(states(result)).toEqual({ inTheWay: 'kept', since: 'kept', leftOut: 'kept', after: 'done' });
  expect(result.outcome).toBe('complete');
  expect(result.kept).toHaveLength(3);
  for (const kept of [inTheWay, since, leftOut]) expect(kept.satisfy).not.toHaveBeenCalled();
});

it('something in the way of a step that is not optional refuses the plan', async () => {
  const plan = await planOf(azure, { requirements: [requirement('one', [conflicting])] });
  expect(plan.canApply).toBe(false);
  expect((await applyPlan(azure, plan)).steps).toMatchObject([{ state: 'failed' }]);
});

it.each(['PUT', 'PATCH', 'POST', 'DELETE', 'GET'])(
  'a %s whose answer was cut off may still take place',
  async (method) => {
    const error = new AzureError('No answer.', {
      kind: 'network',
      code: 'ETIMEDOUT',
      request: `${method} https://arm.example`,
    });
    const one = requirement('one', [missing], { satisfy: () => Promise.reject(error) });
    const result = await run(one);
    expect(result.begun).toEqual(method === 'GET' ? [] : ['one']);
    expect(result.left).toEqual(method === 'GET' ? ['one'] : []);
  },
);

it('a write that failed but took place is done; one that Azure refused is not looked at', async () => {
  const lost = new AzureError('No answer.', { kind: 'network', code: 'ECONNRESET' });
  const refused = new AzureError('No right.', { kind: 'forbidden', code: 'AuthorizationFailed' });
  const [one, two] = [lost, refused].map((error, index) =>
    requirement(`step${index}`, [missing, satisfied], { skipsRecheck: true, satisfy: () => Promise.reject(error) }),
  );
  expect(states(await run(one!, two!))).toEqual({ step0: 'done', step1: 'failed' });
});

it('a failure says what helps: the step itself first, then the right that it needs', async () => {
  const forbidden = new AzureError('No.', { kind: 'forbidden', code: 'AuthorizationFailed' });
  const rights = [{ scope: '/s', action: 'write', advice: 'Ask the owner.', isUncertain: true as const }];
  const satisfy = () => Promise.reject(forbidden);
  const reading = { roles: { permissions: () => Promise.resolve(() => ({ state: 'allowed' })) } } as unknown as Azure;
  const requirements = [
    requirement('one', [missing], { rights, satisfy, adviceFor: () => 'Wait.' }),
    requirement('two', [missing], { rights, satisfy }),
  ];
  const result = await applyPlan(reading, await planOf(reading, { requirements }));
  expect(result.steps.map(({ message }) => message.slice(0, 'No. Ask the owner.'.length))).toEqual([
    expect.stringMatching(/^No\. Wait\./),
    'No. Ask the owner.',
  ]);
});
