import { expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule, RoleAssignment } from '../../../../src/domain/types.ts';
import { begunCleanUp, cleanUpPlan, withChoice } from '../../../../src/provisioning/changes/cleanUp.ts';
import type { CleanUpPurpose, Inspection, Plan, StepProgress, StepState } from '../../../../src/provisioning/types.ts';
import { pattern } from '../../../samples.ts';
import {
  failure,
  fakeAzure,
  assignmentOf,
  identityNow,
  link,
  otherPrincipal,
  principalId,
  ruleOf,
  shortOf,
  type State,
} from '../requirements/fakeAzure.ts';

const reader = roles.repositoryReader.id;
const condition = generateCondition([pattern('myapp')])!;
/** The permission of one whom an identity of this name was or is. */
const permissionOf = (who: string): RoleAssignment =>
  assignmentOf(reader, { principalId: who, name: roleAssignmentName(link.source.id, who, reader), condition });
const content = (...names: string[]): object => ({
  repositoryExists: (name: string) => Promise.resolve(names.includes(name)),
  repositorySize: () => Promise.resolve(1),
});
const whole: State = { rules: [ruleOf()], assignments: [permissionOf(principalId)], content: content('myapp') };
const elsewhere = `${link.source.loginServer}x/myapp`;
const gone: CleanUpPurpose = {
  ...{ kind: 'cleanUp', ruleId: ruleOf().id, target: 'myapp', chosen: [], kept: [] },
  ...{ link, principalId },
};
const fails = (client: string, method: string, error: Error): State => ({
  with: () => ({ [client]: { [method]: () => Promise.reject(error) } }),
});

function linesOf({ steps }: Plan): string[] {
  return steps.map(({ requirement, inspection, isLeftOut, because }) => {
    const id = requirement.id.replace(/:.*\//, ':').replace(permissionOf(principalId).name, 'its');
    const what = id.replace(permissionOf(otherPrincipal).name, 'other’s');
    return [`${what}: ${shortOf(inspection).replace(', one thing', '')}`, isLeftOut && 'left', because]
      .filter(Boolean)
      .join(', ');
  });
}

/** The same of a rule that is gone. */
function without(purpose: CleanUpPurpose): CleanUpPurpose {
  return Object.fromEntries(Object.entries(purpose).filter(([part]) => part !== 'rule')) as object as CleanUpPurpose;
}

const planned = async (state: State, begun?: CleanUpPurpose) =>
  cleanUpPlan(fakeAzure(state).azure, ruleOf().id, { begun });

const rule = 'deletedRule: missing';
const its = 'withoutAssignment:its: missing, exists';
const identity = 'withoutIdentity: missing, exists';
const repository = 'withoutRepository:myapp: missing, exists';

it.each<[string, State, CleanUpPurpose | undefined, string[]]>([
  ['all of it', whole, undefined, [rule, its, identity, `${repository}, left`]],
  ['nothing but the rule', { ...whole, assignments: [], identity: undefined, content: content() }, undefined, [rule]],
  [
    'a rule that Azure manages',
    { ...whole, rules: [ruleOf({ name: 'aks-managed-mcr', id: ruleOf().id })] },
    undefined,
    ['deletedRule: conflicting'],
  ],
  [
    'a rule without identity',
    { ...whole, rules: [{ ...ruleOf(), identity: undefined } as object as CacheRule] },
    undefined,
    [rule, `${repository}, left`],
  ],
  [
    'a rule that does not tell its identity',
    {
      ...whole,
      rules: [{ ...ruleOf({ identityUnknown: true }), identity: undefined } as object as CacheRule],
    },
    undefined,
    [`${rule}, left, lastTrace`, `${repository}, left`],
  ],
  [
    'an upstream that nobody sees',
    { ...whole, rules: [ruleOf({ sourceRepository: elsewhere })] },
    undefined,
    [`${rule}, left, lastTrace`, 'withoutIdentity: unknown, notKnown', `${repository}, left`],
  ],
  [
    'an upstream that is not of Azure',
    { ...whole, rules: [ruleOf({ sourceRepository: 'docker.io/library/node' })] },
    undefined,
    [rule, 'withoutIdentity: unknown, notKnown', `${repository}, left`],
  ],
  [
    'an identity that cannot be read',
    { ...whole, ...fails('identities', 'get', failure('Busy')) },
    undefined,
    [rule, 'withoutIdentity: unknown, notKnown', `${repository}, left`],
  ],
  [
    'an identity that was made again',
    {
      ...whole,
      assignments: [permissionOf(principalId), permissionOf(otherPrincipal)],
      identity: { ...identityNow, principalId: otherPrincipal },
    },
    undefined,
    [
      rule,
      'withoutAssignment:other’s: missing, exists, left, madeAgain',
      its,
      `${identity}, left, madeAgain`,
      `${repository}, left`,
    ],
  ],
  [
    'an identity that was made again and is federated',
    { ...whole, credentials: ['github'], identity: { ...identityNow, principalId: otherPrincipal } },
    undefined,
    [rule, its, 'withoutIdentity: conflicting, inUse, madeAgain', `${repository}, left`],
  ],
  [
    'an identity in other letters',
    {
      ...whole,
      rules: [ruleOf({ identity: { id: identityNow.id, principalId: 'abc' } })],
      identity: { ...identityNow, principalId: 'ABC' },
    },
    undefined,
    [rule, identity, `${repository}, left`],
  ],
  [
    'a rule that tells no principal',
    { ...whole, rules: [ruleOf({ identity: { id: identityNow.id } })] },
    undefined,
    [rule, its, identity, `${repository}, left`],
  ],
  ['an identity that is gone', { ...whole, identity: undefined }, undefined, [rule, its, `${repository}, left`]],
  ['a rule that is gone', { ...whole, rules: [] }, gone, [its, identity, `${repository}, left`]],
  [
    'a rule that is gone, and no link known',
    { ...whole, rules: [] },
    { ...gone, link: undefined } as object as CleanUpPurpose,
    [`${repository}, left`],
  ],
  [
    'a rule that is gone, and its identity made again',
    { ...whole, rules: [], identity: { ...identityNow, principalId: otherPrincipal } },
    gone,
    [its, `${identity}, left, madeAgain`, `${repository}, left`],
  ],
  [
    'what was chosen before',
    { ...whole, rules: [] },
    { ...gone, chosen: ['withoutRepository:myapp', 'withoutIdentity'] },
    [its, identity, `${repository}, chosenBefore`],
  ],
  [
    'what was kept before',
    { ...whole, rules: [] },
    { ...gone, kept: ['withoutIdentity'] },
    [its, `${identity}, left, keptBefore`, `${repository}, left`],
  ],
])('a clean-up of %s', async (_, state, begun, expected) => {
  const plan = await planned(state, begun);
  expect(linesOf(plan)).toEqual(expected);
  expect(plan.canApply).toBe(true);
  const ids = plan.steps.map(({ requirement }) => requirement.id);
  for (const [index, { requirement }] of plan.steps.entries()) expect(requirement.needs).toEqual(ids.slice(0, index));
});

it.each<[string, State, CleanUpPurpose | undefined, object]>([
  ['a rule that is gone, of which nothing is known', { rules: [] }, undefined, { kind: 'notFound' }],
  ['a rule that cannot be read', fails('cacheRules', 'get', failure('Busy')), gone, { code: 'Busy' }],
  [
    'a cancel',
    { ...whole, ...fails('identities', 'get', failure('X', 'cancelled')) },
    undefined,
    { kind: 'cancelled' },
  ],
  ['a mistake', { ...whole, ...fails('identities', 'get', new TypeError('x')) }, undefined, { name: 'TypeError' }],
])('%s ends the dry run', async (_, state, begun, error) => {
  await expect(planned(state, begun)).rejects.toMatchObject(error);
});

it('what is remembered: the rule as it is, its link, its principal, and what is chosen of what is offered', async () => {
  const plan = await planned(whole);
  expect(plan.purpose).toMatchObject({ kind: 'cleanUp', ruleId: ruleOf().id, target: 'myapp', principalId });
  expect(plan.purpose.link).toMatchObject({ source: link.source, mappings: link.mappings });
  expect(plan.purpose.kept).toEqual(['withoutRepository:myapp']);
  expect(plan.purpose.chosen.map((id) => id.split(':')[0])).toEqual([
    'deletedRule',
    'withoutAssignment',
    'withoutIdentity',
  ]);
  const { creationDate, sourceRepository, targetRepository } = ruleOf();
  expect(plan.purpose.rule).toEqual({
    ...{ creationDate, sourceRepository, targetRepository, principalId },
    ...{ identityId: identityNow.id, credentialSetId: '' },
  });
  const bare = await planned({
    rules: [{ ...ruleOf(), identity: undefined, creationDate: undefined } as object as CacheRule],
  });
  expect(bare.purpose.rule).toMatchObject({ creationDate: '', identityId: '', principalId: '' });
  expect(['link' in bare.purpose, 'principalId' in bare.purpose]).toEqual([false, false]);
  expect('rule' in (await planned({ ...whole, rules: [] }, gone)).purpose).toBe(false);
});

it.each<[string, object, boolean]>([
  ['the same', {}, true],
  ['one in other letters', { sourceRepository: ruleOf().sourceRepository.toUpperCase() }, true],
  ['one made anew', { creationDate: '2026-02-01T00:00:00Z' }, false],
  ['one of other paths', { targetRepository: 'x' }, false],
])('what was chosen of a rule counts for %s', async (_, change, counts) => {
  const { rule } = (await planned(whole)).purpose;
  const begun = { ...gone, rule: { ...rule, ...change }, chosen: ['withoutRepository:myapp'] };
  expect(linesOf(await planned(whole, begun)).at(-1)).toBe(`${repository}, ${counts ? 'chosenBefore' : 'left'}`);
  expect(linesOf(await planned(whole, without(begun))).at(-1)).toBe(`${repository}, left`);
});

it('a choice is one of what is offered; any other plan only takes it over', async () => {
  const { purpose, ...plan } = await planned({ ...whole, ...fails('identities', 'get', failure('Busy')) });
  const all = new Set(['deletedRule', 'withoutIdentity', 'withoutRepository:myapp']);
  expect(withChoice({ ...plan, purpose }, all).purpose).toMatchObject({
    chosen: ['deletedRule', 'withoutRepository:myapp'],
    kept: [],
  });
  const other = withChoice({ ...plan, purpose: { kind: 'setUp', link } }, new Set<string>());
  expect(other.steps.map(({ isLeftOut }) => isLeftOut)).toEqual([true, false, true]);
  expect(other.purpose).toEqual({ kind: 'setUp', link });
});

it.each<[Inspection['verdict'], Record<string, StepState>, boolean]>([
  ['missing', {}, true],
  ['missing', { deletedRule: 'done', withoutIdentity: 'done' }, true],
  ['missing', { deletedRule: 'done', withoutIdentity: 'kept' }, false],
  ['unknown', { deletedRule: 'done', withoutIdentity: 'kept' }, false],
  ['unknown', { deletedRule: 'alreadyDone', withoutIdentity: 'kept' }, false],
  ['unknown', { deletedRule: 'failed', withoutIdentity: 'kept' }, true],
  ['conflicting', { deletedRule: 'done', withoutIdentity: 'kept' }, true],
])('after a clean-up of an identity that was %s and %o nothing is left: %s', async (verdict, states, isFinished) => {
  const { purpose, ...plan } = await planned({ ...whole, assignments: [], content: content() });
  const steps = plan.steps.map((step) =>
    step.requirement.id === 'withoutIdentity' ? { ...step, inspection: { ...step.inspection, verdict } } : step,
  );
  const ended = Object.entries(states).map(([requirementId, state]): StepProgress => ({
    ...{ requirementId, state, message: '' },
  }));
  const of = (of: CleanUpPurpose, ids: readonly string[]) =>
    withChoice({ ...plan, purpose: of, steps }, new Set(ids)).isFinished?.(ended);
  expect(of(purpose, ['deletedRule', 'withoutIdentity'])).toBe(isFinished);
  expect(of(purpose, ['deletedRule'])).toBe(isFinished || verdict === 'missing');
  expect(of(without(purpose), ['withoutIdentity'])).toBe(
    verdict === 'missing' ? isFinished : verdict === 'conflicting',
  );
});

it('nothing is left of a rule whose upstream nobody sees: not even the journal would lead to its identity', async () => {
  const plan = await planned({ ...whole, rules: [ruleOf({ sourceRepository: elsewhere })] });
  const alone = withChoice(plan, new Set(['deletedRule']));
  const states: [string, StepState][] = [
    ['deletedRule', 'done'],
    ['withoutIdentity', 'kept'],
    ['withoutRepository:myapp', 'kept'],
  ];
  expect(alone.isFinished?.(states.map(([requirementId, state]) => ({ requirementId, state, message: '' })))).toBe(
    true,
  );
});

it('what a clean-up that was cut off has left: what was chosen and is not gone', () => {
  const purpose: CleanUpPurpose = { ...gone, rule: { a: 'b' }, chosen: ['deletedRule', 'x', 'y', 'z'], kept: ['k'] };
  const after = (...ended: [string, StepState][]) =>
    begunCleanUp({ purpose, steps: ended.map(([requirementId, state]) => ({ requirementId, state, message: '' })) });
  expect(after()).toEqual(purpose);
  expect(after(['x', 'done'], ['y', 'alreadyDone'], ['z', 'failed'])).toEqual({
    ...purpose,
    chosen: ['deletedRule', 'z'],
  });
  expect(after(['deletedRule', 'done'])).toEqual({ ...without(purpose), chosen: ['x', 'y', 'z'] });
  expect(begunCleanUp({ purpose: { kind: 'setUp', link }, steps: [] })).toBeUndefined();
});
