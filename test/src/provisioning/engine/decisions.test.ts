import { expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { AzureError, type AzureErrorDetails, type AzureErrorKind } from '../../../../src/azure/errors.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { explainFailure } from '../../../../src/provisioning/engine/failureAdvice.ts';
import { isOther, parseFingerprint } from '../../../../src/provisioning/engine/fingerprint.ts';
import { parsePurpose, purposeKey } from '../../../../src/provisioning/engine/purpose.ts';
import { fingerprintOf, whyOther, withFingerprint } from '../../../../src/provisioning/engine/sameRule.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { inspectSafely } from '../../../../src/provisioning/engine/walkContext.ts';
import type { Inspection, Requirement, WalkContext } from '../../../../src/provisioning/types.ts';
import { articleLink } from '../links.ts';
import { otherPrincipal, ruleOf } from '../requirements/fakeAzure.ts';

const looks = (verdict: Inspection['verdict'], inProgress = false): Inspection => ({
  ...{ verdict, inProgress, reason: verdict, evidence: [] },
});
const request = 'PUT https://arm.example/x';

it.each<[string, Error | AzureErrorDetails, Inspection, string]>([
  ['lost', { kind: 'network', code: 'ECONNRESET', request }, looks('satisfied'), 'done'],
  ['lost', { kind: 'network', code: 'ECONNRESET', request }, looks('missing'), 'failed'],
  ['lost', { kind: 'network', code: 'ECONNRESET', request }, looks('unknown'), 'failed, begun'],
  ['lost, no write', { kind: 'network', code: 'ECONNRESET' }, looks('unknown'), 'failed'],
  ['timed out', { kind: 'network', code: 'ETIMEDOUT', request }, looks('missing'), 'failed, begun'],
  ['cancelled', { kind: 'cancelled', code: 'Cancelled', request }, looks('missing'), 'cancelled, begun'],
  ['accepted', { kind: 'operationFailed', code: 'X', writeAccepted: true }, looks('missing'), 'failed, begun'],
  ['at work', { kind: 'conflict', code: 'X' }, looks('missing', true), 'failed, begun'],
  ['refused', { kind: 'forbidden', code: 'X' }, looks('satisfied'), 'failed'],
  ['refused', { kind: 'invalid', code: 'X' }, looks('satisfied'), 'failed'],
  ['refused', { kind: 'unauthenticated', code: 'X' }, looks('satisfied'), 'failed'],
  ['refused, accepted', { kind: 'invalid', code: 'X', writeAccepted: true }, looks('satisfied'), 'done'],
  ['another error', new Error('x'), looks('missing'), 'failed'],
  ['another error', new Error('x'), looks('unknown'), 'failed, begun'],
])('a write that was %s %o, and then %o', async (_, details, then, state) => {
  const error = details instanceof Error ? details : new AzureError('No.', details);
  let isWritten = false;
  const one: Requirement = {
    ...{ id: 'one', kind: 'test', needs: [], rights: [], reads: [], writes: [], skipsRecheck: true },
    describe: () => ({ title: 'one', todo: 'Do.', done: 'Did.' }),
    inspect: () => Promise.resolve(isWritten ? then : looks('missing')),
    satisfy: () => {
      isWritten = true;
      return Promise.reject(error);
    },
  };
  const azure = {} as Azure;
  const { steps } = await applyPlan(azure, await planOf(azure, { requirements: [one] }));
  expect(steps.map((step) => `${step.state}${step.begun ? ', begun' : ''}`)).toEqual([state]);
  expect(steps[0]?.error).toBe(state.startsWith('failed') ? error : undefined);
});

it('each failure has its own advice: by the step, by its code, by its right, by its kind', () => {
  const kinds: AzureErrorKind[] = [
    'unauthenticated',
    'network',
    'throttled',
    'conflict',
    'operationFailed',
    'unavailable',
  ];
  const codes = [
    'ResourceGroupNotFound',
    'SubscriptionNotFound',
    'ScopeLocked',
    'DenyAssignmentAuthorizationFailed',
    'RequestDisallowedByPolicy',
  ];
  const of = (kind: AzureErrorKind, code = 'X') => new AzureError('No', { kind, code });
  const right = { scope: '/s', action: 'write', advice: 'Ask.' };
  const told = [
    ...kinds.map((kind) => explainFailure(of(kind))),
    ...codes.map((code) => explainFailure(of('forbidden', code), { rights: [right] })),
    explainFailure(of('forbidden')),
    explainFailure(of('forbidden'), { rights: [right] }),
    explainFailure(of('forbidden'), { rights: [right], adviceFor: () => 'Wait.' }),
  ];
  expect(new Set(told).size).toBe(14);
  for (const text of told) expect(text).toMatch(/^No\. ./);
  expect(told.slice(-2)).toEqual(['No. Ask.', 'No. Wait.']);
  expect([explainFailure(of('notFound')), explainFailure(new Error('No!'))]).toEqual(['No.', 'No!']);
});

it('a fingerprint is taken whole from a rule, put back, and bounded when it is read', () => {
  const rule = ruleOf({ credentialSetId: '/c' });
  const bare = { ...ruleOf(), identity: undefined, creationDate: undefined } as object as typeof rule;
  expect(Object.keys(fingerprintOf(rule))).toEqual(['creationDate', 'identityId', 'principalId', 'credentialSetId']);
  expect(withFingerprint(bare, fingerprintOf(rule))).toEqual(rule);
  expect(fingerprintOf(bare)).toEqual({});
  expect(withFingerprint(rule, {})).toEqual(rule);
  const of = (count: number, length: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'x'.repeat(length)]));
  const isTaken = [of(20, 2048), of(21, 1), of(1, 2049), { a: 1 }, 'a'].map(
    (one) => parseFingerprint(one) !== undefined,
  );
  expect(isTaken).toEqual([true, false, false, false, false]);
  const pairs = [
    isOther({ a: '1' }, { a: '2' }),
    isOther({ a: '1' }, { b: '2' }),
    isOther({ a: 'x' }, { a: 'X' }),
    isOther(),
  ];
  expect(pairs).toEqual([true, false, false, false]);
});

it.each<[object, boolean]>([
  [{}, false],
  [{ creationDate: undefined }, false],
  [{ creationDate: '2026-02-01' }, true],
  [{ sourceRepository: 'x' }, true],
  [{ targetRepository: 'MYAPP' }, false],
  [{ targetRepository: 'x' }, true],
  [{ identity: undefined }, true],
  [{ identity: { id: ruleOf().identity?.id } }, false],
  [{ identity: { id: ruleOf().identity?.id, principalId: otherPrincipal } }, true],
  [{ identity: { id: '/other' } }, true],
  [{ credentialSetId: '/c' }, true],
])('a rule with %o is another one: %s', (change, isAnother) => {
  const changed = { ...ruleOf(), ...change };
  expect([whyOther(changed, ruleOf()), whyOther(ruleOf(), changed)].map((why) => why !== undefined)).toEqual([
    isAnother,
    isAnother,
  ]);
});

it('a clean-up that is read from a file is bounded', () => {
  const whole = { kind: 'cleanUp', ruleId: ruleOf().id, target: 'x'.repeat(2048), chosen: ['a'], kept: [] };
  expect(parsePurpose(whole)).toEqual(whole);
  const more = { rule: { a: 'b' }, principalId: 'p' };
  expect(parsePurpose({ ...whole, ...more })).toEqual({ ...whole, ...more });
  const many = (length: number) => Array.from({ length }, () => 'a');
  expect(parsePurpose({ ...whole, chosen: many(1000) })).toBeDefined();
  const wrong = [
    { target: 'x'.repeat(2049) },
    { chosen: many(1001) },
    { kept: [1] },
    { kept: 'a' },
    { ruleId: 'x' },
    { link: {} },
  ];
  for (const one of wrong) expect(parsePurpose({ ...whole, ...one }), JSON.stringify(one).slice(0, 40)).toBeUndefined();
});

it('a plan with something in the way tells of each step why it was not begun, and which resource serves', async () => {
  const found: Inspection[] = [
    { ...looks('satisfied'), resourceId: '/r' },
    looks('satisfied'),
    looks('missing'),
    looks('unknown'),
  ];
  const requirements = found.map((inspection, index): Requirement => ({
    ...{ id: `${index}`, kind: 'test', needs: [], rights: [], reads: [], writes: [] },
    describe: () => ({ title: 'one', todo: 'Do.', done: 'Did.' }),
    inspect: () => Promise.resolve(inspection),
    satisfy: () => Promise.reject(new Error('not to be called')),
  }));
  const azure = {} as Azure;
  const { steps, outcome } = await applyPlan(azure, await planOf(azure, { requirements }));
  expect(steps.map((step) => [step.state, step.resourceId])).toEqual([
    ['alreadyDone', '/r'],
    ['alreadyDone', undefined],
    ['skipped', undefined],
    ['failed', undefined],
  ]);
  expect(outcome).toBe('failed');
});

it('a read that fails is not known; one that was cancelled ends the walk', async () => {
  const failing = (error: Error) =>
    inspectSafely({ inspect: () => Promise.reject(error) } as object as Requirement, {} as WalkContext);
  expect(await failing(new Error('x'))).toMatchObject({ verdict: 'unknown', evidence: [] });
  const cancelled = new AzureError('x', { kind: 'cancelled', code: 'Cancelled' });
  await expect(failing(cancelled)).rejects.toBe(cancelled);
});

it('a purpose that is read is taken whole, or not at all; a clean-up is told apart by its rule alone', () => {
  const link = articleLink();
  const change = { kind: 'changeIdentity', link };
  expect([null, 'a', [], { kind: 'setUp' }, { kind: 'odd', link }].map(parsePurpose)).toEqual(Array(5).fill(undefined));
  expect(Object.keys(parsePurpose(change) ?? {})).toEqual(['kind', 'link']);
  expect(parsePurpose({ ...change, rule: { a: 'b' } })).toMatchObject({ rule: { a: 'b' } });
  const cleanUp = { kind: 'cleanUp', ruleId: ruleOf().id, target: 'x', chosen: [], kept: [] } as const;
  const keys = [
    cleanUp,
    { ...cleanUp, ruleId: ruleOf().id.toUpperCase(), chosen: ['a'], link },
    { ...cleanUp, ruleId: '/x' },
  ].map(purposeKey);
  expect(keys.map((key) => key === keys[0])).toEqual([true, true, false]);
});
