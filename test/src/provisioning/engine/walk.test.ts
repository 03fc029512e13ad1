import { expect, it, vi } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import { applyPlan, type ApplyOptions } from '../../../../src/provisioning/engine/apply.ts';
import { abortLater } from '../../../../src/provisioning/engine/graceSignal.ts';
import { readIdentity } from '../../../../src/provisioning/engine/reads.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { requirementsOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import { softDeleteOff } from '../../../../src/provisioning/requirements/registrySettings.ts';
import type { Inspection, Plan, Requirement } from '../../../../src/provisioning/types.ts';
import { articleLink } from '../links.ts';
import { failure, fakeAzure, identityId, link } from '../requirements/fakeAzure.ts';

const azure = {} as Azure;
const missing: Inspection = { verdict: 'missing', reason: 'It is not so.', evidence: [] };
const cancelled = new AzureError('Cancelled.', { kind: 'cancelled', code: 'Cancelled' });

/** A requirement that each look answers with the next of `looks`, and at last with the last of them. */
function requirement(id: string, looks: readonly (Inspection | Error)[], more: Partial<Requirement> = {}) {
  const left = [...looks];
  const inspect = vi.fn(() => {
    const found = (left.length > 1 ? left.shift() : left[0])!;
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
  });
  const satisfy = vi.fn<Requirement['satisfy']>(() => Promise.resolve());
  const describe = () => ({ title: id, todo: `Do ${id}.`, done: `Did ${id}.` });
  return { id, kind: 'test', needs: [], rights: [], reads: [], writes: [], describe, satisfy, ...more, inspect };
}

const run = async (requirements: readonly Requirement[], options: ApplyOptions = {}) =>
  applyPlan(azure, await planOf(azure, { requirements }), options);
const shortOf = ({ outcome, steps }: Awaited<ReturnType<typeof run>>): string[] => [
  outcome,
  ...steps.map(({ state }) => state),
];

it('what is so, or stands in the way of what is optional, is not looked at again; which resource serves is told', async () => {
  const so = requirement('so', [{ ...missing, verdict: 'satisfied' }]);
  const served = requirement('served', [{ ...missing, verdict: 'satisfied', resourceId: '/r' }]);
  const kept = requirement('kept', [{ ...missing, verdict: 'conflicting' }], { isOptional: true });
  const result = await run([so, served, kept]);
  expect(shortOf(result)).toEqual(['complete', 'alreadyDone', 'alreadyDone', 'kept']);
  for (const one of [so, served, kept]) expect(one.inspect).toHaveBeenCalledOnce();
  expect(result.steps.map(({ resourceId }) => resourceId)).toEqual([undefined, '/r', undefined]);
});

it('a step is looked at while its needs are being met, unless one thing is meant', async () => {
  const free = requirement('free', [missing], { needs: ['first'] });
  const one = requirement('one', [{ ...missing, fingerprint: {} }], { needs: ['first'] });
  const looks: number[] = [];
  const satisfy = () => {
    looks.push(free.inspect.mock.calls.length, one.inspect.mock.calls.length);
    return Promise.resolve();
  };
  expect(shortOf(await run([requirement('first', [missing], { satisfy }), free, one]))).toEqual([
    'complete',
    ...['done', 'done', 'done'],
  ]);
  expect(looks).toEqual([2, 1]);
});

it('what needs a step that failed is not begun', async () => {
  const error = new Error('No.');
  const needy = requirement('needy', [missing], { needs: ['first'] });
  const first = requirement('first', [missing], { satisfy: () => Promise.reject(error) });
  expect(shortOf(await run([first, needy]))).toEqual(['failed', 'failed', 'skipped']);
  expect(needy.satisfy).not.toHaveBeenCalled();
});

it.each([
  ['a cancel of the look', cancelled],
  ['a failure of the look', new Error('No.')],
])('%s right before the write fails the step, also an optional one', async (_, error) => {
  const one = requirement('one', [missing, error], { isOptional: true });
  const { steps } = await run([one]);
  expect(steps).toMatchObject([{ state: 'failed', error }]);
  expect(one.satisfy).not.toHaveBeenCalled();
});

it('a cancel during a need, or during the look, begins nothing new; a failure before it counts more', async () => {
  const abort = new AbortController();
  const ended = (error?: Error) => () => {
    abort.abort();
    return error ? Promise.reject(error) : Promise.resolve();
  };
  const needy = requirement('needy', [missing], { needs: ['first'] });
  const options = { signal: abort.signal, timeScale: 0 };
  const first = requirement('first', [missing], { satisfy: ended(cancelled) });
  expect(shortOf(await run([first, needy], options))).toEqual(['cancelled', 'cancelled', 'cancelled']);
  expect(needy.satisfy).not.toHaveBeenCalled();
  const failing = requirement('first', [missing], { satisfy: () => Promise.reject(new Error('No.')) });
  expect(shortOf(await run([failing], options))[0]).toBe('cancelled');
  expect(shortOf(await run([failing]))).toEqual(['failed', 'failed']);
  expect(shortOf(await run([requirement('first', [missing], { satisfy: () => Promise.reject(cancelled) })]))).toEqual([
    'failed',
    'cancelled',
  ]);

  const later = new AbortController();
  const looked = requirement('looked', []);
  let looks = 0;
  const inspect = () => {
    if (++looks === 2) later.abort();
    return Promise.resolve({ ...missing, fingerprint: {} });
  };
  expect(shortOf(await run([{ ...looked, inspect }], { signal: later.signal }))).toEqual(['cancelled', 'cancelled']);
  expect(looked.satisfy).not.toHaveBeenCalled();

  const both = new AbortController();
  const fails = requirement('fails', [missing], { satisfy: () => Promise.reject(new Error('No.')) });
  const ends = requirement('ends', [missing], { needs: ['fails'] });
  const stops = requirement('stops', [missing], {
    satisfy: () => {
      setTimeout(() => both.abort(), 0);
      return new Promise((_, reject) => both.signal.addEventListener('abort', () => reject(cancelled)));
    },
  });
  expect(shortOf(await run([fails, ends, stops], { signal: both.signal }))).toEqual([
    'failed',
    ...['failed', 'skipped', 'cancelled'],
  ]);
});

it.each(['missing', 'unknown'] as const)('what is so after a failure is told, unless it is %s', async (verdict) => {
  const then: Inspection = { ...missing, verdict, reason: 'Seen afterwards.' };
  const one = requirement('one', [missing, then], {
    satisfy: () => Promise.reject(new Error('No.')),
    skipsRecheck: true,
  });
  const { steps } = await run([one]);
  expect(steps[0]?.message.includes('Seen afterwards.')).toBe(verdict === 'missing');
});

it('a grace begins at once where the cancel was before it', async () => {
  const grace = abortLater(AbortSignal.abort(), 0);
  await vi.waitFor(() => expect(grace.signal.aborted).toBe(true));
});

it('a link that is wrong in itself is not asked about; what a step of the plan cures is no finding', async () => {
  const wrong = articleLink({ mappings: [] });
  const { azure: asked } = fakeAzure({
    with: () => ({ registries: { get: () => Promise.reject(new Error('asked')) } }),
  });
  const requirements = [requirement('one', [missing])];
  const refused = await planOf(asked, { requirements, link: wrong, purpose: { kind: 'setUp', link: wrong } });
  expect(refused).toMatchObject({
    steps: [],
    canApply: false,
    findings: [{ code: 'link.empty', severity: 'blocking' }],
  });
  expect(requirements[0]?.inspect).not.toHaveBeenCalled();

  const soft = fakeAzure({ registry: { softDelete: true } }).azure;
  const plans = [requirementsOf(link), [softDeleteOff(link.downstream.id), ...requirementsOf(link)]].map(
    async (requirements) => planOf(soft, { requirements, link }),
  );
  const [without, cured] = await Promise.all(plans);
  expect([without, cured].map((plan) => plan?.findings.some(({ code }) => code === 'softDelete'))).toEqual([
    true,
    false,
  ]);
  expect([without?.canApply, cured?.canApply, cured?.purpose]).toEqual([true, true, undefined]);
});

it.each([
  [failure('ResourceNotFound', 'notFound'), undefined],
  [failure('ResourceGroupNotFound', 'notFound'), 'ResourceGroupNotFound'],
  [failure('Busy'), 'Busy'],
])('an identity that answers %o is gone, or not known: %s', async (error, code) => {
  const { context } = fakeAzure({ with: () => ({ identities: { get: () => Promise.reject(error) } }) });
  const found = await readIdentity(context, identityId).catch((thrown: unknown) => (thrown as AzureError).code);
  expect(found).toBe(code);
});

const setUp = { kind: 'setUp', link } as const;
const cleanUp = { kind: 'cleanUp', ruleId: '/r', target: '', chosen: [], kept: [] } as const;
const timeout = new AzureError('Lost.', { kind: 'network', code: 'ETIMEDOUT', request: 'PUT https://arm.example/x' });
it.each<[string, Partial<Plan>, Error | undefined, string[]]>([
  ['nothing to be remembered', {}, undefined, []],
  ['a set-up that is complete', { purpose: setUp }, undefined, ['start', 'finish']],
  ['a set-up that did a part', { purpose: setUp }, new Error('No.'), ['start', 'leave, changed']],
  ['a clean-up that is over', { purpose: cleanUp, isFinished: () => true }, undefined, ['start', 'finish']],
  [
    'a clean-up that is not over',
    { purpose: cleanUp, isFinished: () => false },
    undefined,
    ['start', 'leave, changed'],
  ],
])('the journal of %s', async (_, more, error, expected) => {
  const second = requirement('second', [missing], { ...(error && { satisfy: () => Promise.reject(error) }) });
  expect(await journalOf([requirement('first', [missing]), second], more)).toEqual(expected);
});

it.each<[Partial<Plan>, Error, string[]]>([
  [{ purpose: setUp }, new Error('No.'), ['start', 'leave']],
  [{ purpose: setUp }, timeout, ['start', 'leave, changed']],
  [{ purpose: cleanUp, isFinished: () => true }, new Error('No.'), ['start', 'leave, changed']],
])('the journal of %o whose only step failed with %o', async (more, error, expected) => {
  expect(await journalOf([requirement('one', [missing], { satisfy: () => Promise.reject(error) })], more)).toEqual(
    expected,
  );
});

/** What the journal is told of applying a plan of these; each step is recorded under the entry's id. */
async function journalOf(requirements: readonly Requirement[], more: Partial<Plan>): Promise<string[]> {
  const told: string[] = [];
  const recorded: string[] = [];
  const journal = {
    start: () => Promise.resolve(void told.push('start')).then(() => 'id'),
    record: (id: string) => Promise.resolve(void recorded.push(id)),
    finish: (id: string) => Promise.resolve(void told.push(id === 'id' ? 'finish' : 'finish another')),
    leave: (id: string, hasChanged: boolean) =>
      Promise.resolve(void told.push(`${id === 'id' ? 'leave' : 'leave another'}${hasChanged ? ', changed' : ''}`)),
    unfinished: () => Promise.resolve([]),
  };
  await applyPlan(azure, { ...(await planOf(azure, { requirements })), ...more }, { journal });
  expect(new Set(recorded)).toEqual(new Set(more.purpose ? ['id'] : []));
  return told;
}

it('of very many steps a few are carried out at a time; those whose turn has not come when it is cancelled are not begun', async () => {
  let [running, most, begun] = [0, 0, 0];
  const cancel = new AbortController();
  const satisfy = async () => {
    most = Math.max(most, ++running);
    if (++begun === 40) cancel.abort();
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  const many = Array.from({ length: 100 }, (_, index) => requirement(`step${index}`, [missing], { satisfy }));
  const { outcome, steps, done } = await run(many, { signal: cancel.signal });
  expect(most).toBeLessThanOrEqual(16);
  expect([outcome, steps.length]).toEqual(['cancelled', 100]);
  expect(done).toHaveLength(begun);
  expect(steps.filter(({ state }) => state === 'cancelled')).toHaveLength(100 - begun);
});
