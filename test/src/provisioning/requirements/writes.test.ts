import { expect, it } from 'vitest';
import type { Azure, RoleAssignmentInput } from '../../../../src/azure/azure.ts';
import { generateCondition, sameCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { aboutAssignments } from '../../../../src/provisioning/access/assignRole.ts';
import { abacMode } from '../../../../src/provisioning/requirements/abacMode.ts';
import { identity } from '../../../../src/provisioning/requirements/identity.ts';
import { replacementRole } from '../../../../src/provisioning/requirements/replacementRoles.ts';
import { roleAssignment } from '../../../../src/provisioning/requirements/roleAssignment.ts';
import { withoutIdentity } from '../../../../src/provisioning/requirements/absence/withoutIdentity.ts';
import type { Requirement } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';
import { pattern } from '../../../samples.ts';
import {
  assignmentOf,
  clientId,
  failure,
  fakeAzure,
  identityId,
  identityNow,
  link,
  otherPrincipal,
  ruleOf,
  writesOf,
  type State,
} from './fakeAzure.ts';
import { samples } from './samples.ts';

const reader = roles.repositoryReader.id;
const conditionOf = (...names: string[]): { condition: string } => ({
  condition: generateCondition(names.map(pattern)) ?? '',
});
const app = conditionOf('myapp');
const strange = { condition: '@Environment[isPrivateLink] BoolEquals true' };
/** A condition of nearly as many characters as Azure takes. */
const full = conditionOf(...Array.from({ length: 66 }, (_, index) => `a-rather-long-name/${index}`));
const all = articleLink({ mappings: [mapping('All', '*')] });
const below = { scope: `${link.source.id}/repositories/myapp` };
const client = { principalId: clientId };
const bare: CacheRule = { ...ruleOf(), identity: undefined } as object as CacheRule;
const stale = ruleOf({ identity: { id: identityId, principalId: otherPrincipal } });
const holds = (...assignments: ReturnType<typeof assignmentOf>[]): State => ({ assignments, rules: [ruleOf()] });

/** Azure makes a rule without the identity, and `left` is what is found then. */
function dropped(left: CacheRule | undefined, deletes?: Error, before?: CacheRule): State {
  let isWritten = false;
  const create = () => {
    isWritten = true;
    return Promise.reject(failure('CacheRuleIdentityDropped', 'operationFailed'));
  };
  const get = () => {
    const found = isWritten ? left : before;
    return found ? Promise.resolve(found) : Promise.reject(failure('ResourceNotFound', 'notFound'));
  };
  const refuses = deletes && { delete: () => Promise.reject(deletes) };
  return { with: () => ({ cacheRules: { create, get, ...refuses } }) };
}

const answers = (client: keyof Azure, method: string, answer: unknown): State => ({
  with: () => ({ [client]: { [method]: () => Promise.resolve(answer) } }),
});
const still = (state: State, client: keyof Azure, method: string): State => ({
  ...state,
  ...answers(client, method, true),
});

it.each<[string, Requirement, State, string[]]>([
  ['there is none', samples.cacheRule, {}, ['create MyRule']],
  ['it is there', samples.cacheRule, { rules: [ruleOf()] }, []],
  ['it failed', samples.cacheRule, { rules: [ruleOf({ provisioningState: 'Failed' })] }, ['create MyRule']],
  ['of an earlier identity', samples.cacheRule, { rules: [stale] }, ['create MyRule']],
  ['another has the name', samples.cacheRule, { rules: [ruleOf({ targetRepository: 'x' })] }, ['refused']],
  ['written without', samples.cacheRule, answers('cacheRules', 'create', bare), ['invalid CacheRuleIdentityNotTaken']],
  [
    'written with an earlier one',
    samples.cacheRule,
    answers('cacheRules', 'create', stale),
    ['invalid CacheRuleIdentityNotTaken'],
  ],
  ['dropped', samples.cacheRule, dropped(bare), ['delete rule MyRule', 'invalid CacheRuleIdentityDropped']],
  ['dropped and gone', samples.cacheRule, dropped(undefined), ['invalid CacheRuleIdentityDropped']],
  ['dropped, by now with one', samples.cacheRule, dropped(ruleOf()), ['operationFailed CacheRuleIdentityDropped']],
  [
    'dropped, by now with credentials',
    samples.cacheRule,
    dropped({ ...bare, credentialSetId: '/c' }),
    ['operationFailed CacheRuleIdentityDropped'],
  ],
  [
    'dropped, by now of other paths',
    samples.cacheRule,
    dropped({ ...bare, targetRepository: 'x' }),
    ['operationFailed CacheRuleIdentityDropped'],
  ],
  [
    'dropped, not to be deleted',
    samples.cacheRule,
    dropped(bare, failure('AuthorizationFailed', 'forbidden')),
    ['operationFailed CacheRuleIdentityDropped'],
  ],
  [
    'dropped of one that was there',
    samples.cacheRule,
    dropped(bare, undefined, ruleOf({ provisioningState: 'Failed' })),
    ['operationFailed CacheRuleIdentityDropped'],
  ],
  ['', samples.ruleIdentity, {}, ['update MyRule MyACRCacheIdentity']],
  ['', samples.identity, {}, ['create identity chinanorth3']],
  ['not to be made', identity({ ...link, authentication: { kind: 'identity', identityId } }), {}, ['refused']],
  ['', samples.abacMode, {}, ['mode AbacRepositoryPermissions']],
  [
    'not switched',
    abacMode(link.source.id, { isAllowed: true }),
    answers('registries', 'setRoleAssignmentMode', { roleAssignmentMode: 'LegacyRegistryPermissions' }),
    ['invalid RoleAssignmentModeNotSwitched'],
  ],
  ['', samples.featureFlag, { feature: 'Registered' }, ['register']],
  ['', samples.featureFlag, { feature: 'Registering' }, ['register', 'refused']],
  ['', samples.softDeleteOff, {}, ['settings {"softDelete":false}']],
  ['', samples.trustedServices, {}, ['settings {"trustedServices":true}']],
  ['nothing is held', samples.roleAssignment, {}, ['put ServicePrincipal condition']],
  ['enough is held', samples.roleAssignment, holds(assignmentOf(reader, app)), []],
  ['no identity', samples.roleAssignment, { identity: undefined }, ['refused']],
  ['not understood', samples.roleAssignment, holds(assignmentOf(reader, strange)), ['refused']],
  ['of everything', roleAssignment(articleLink({ access: 'registry' })), {}, ['put ServicePrincipal whole']],
  ['of every repository', roleAssignment(all), {}, ['put ServicePrincipal whole']],
  ['AcrPull', samples.acrPull, {}, ['put ServicePrincipal whole']],
  ['', samples.repositoryScope, {}, ['put ServicePrincipal whole']],
  ['no identity', samples.repositoryScope, { identity: undefined }, ['refused']],
  ['whole', samples.narrowedCondition, holds(assignmentOf(reader)), ['put ServicePrincipal condition']],
  ['exact', samples.narrowedCondition, holds(assignmentOf(reader, app)), []],
  ['not understood', samples.narrowedCondition, holds(assignmentOf(reader, strange)), ['refused']],
  ['nothing is held', samples.ownAccess, {}, ['put User condition']],
  ['enough is held', samples.ownAccess, holds(assignmentOf(reader, app)), []],
  ['others are held', samples.ownAccess, holds(assignmentOf(reader, conditionOf('x'))), ['put User condition']],
  ['as much as fits is held', samples.ownAccess, holds(assignmentOf(reader, full)), ['refused']],
  ['not understood', samples.ownAccess, holds(assignmentOf(reader, strange)), ['refused']],
  ['', samples.replacementRole, {}, ['put User whole']],
  [
    'there with a condition',
    samples.replacementRole,
    holds(assignmentOf(reader, { ...app, principalId: otherPrincipal })),
    ['refused'],
  ],
  [
    'the principal is gone',
    samples.replacementRole,
    { with: () => ({ roles: { put: () => Promise.reject(failure('PrincipalNotFound')) } }) },
    [],
  ],
  [
    'it may not be given',
    samples.replacementRole,
    { with: () => ({ roles: { put: () => Promise.reject(failure('No', 'forbidden')) } }) },
    ['forbidden No'],
  ],
  ['one with a condition is there', samples.replacementRole, answers('roles', 'put', app), ['refused']],
  ['', samples.withoutRule, { rules: [ruleOf()] }, ['delete rule MyRule']],
  [
    'still there',
    samples.withoutRule,
    still({ rules: [ruleOf()] }, 'cacheRules', 'delete'),
    ['operationFailed StillThere'],
  ],
  ['', samples.withoutIdentity, {}, ['delete identity']],
  ['still there', samples.withoutIdentity, still({}, 'identities', 'delete'), ['operationFailed StillThere']],
  ['', samples.withoutArticleScope, holds(assignmentOf(reader, below)), [`delete n-${reader}`]],
  ['', samples.withoutArticleScope, holds(assignmentOf(reader)), []],
  ['no identity', samples.withoutArticleScope, { identity: undefined }, []],
  ['', samples.withoutClientIdGrants, holds(assignmentOf(reader, client)), [`delete n-${reader}`]],
  ['above', samples.withoutClientIdGrants, holds(assignmentOf(reader, { ...client, scope: '/' })), []],
  ['its own', samples.withoutSource, holds(assignmentOf(reader, app)), [`delete n-${reader}`]],
  ['everything', samples.withoutSource, holds(assignmentOf(reader)), []],
])('%s, of %o: writes only what is needed', async (_, requirement, state, writes) => {
  expect(await writesOf(requirement, state)).toEqual(writes);
});

it('a rule that is being written is waited for, within a bound', async () => {
  let [looks, ends] = [0, 3];
  const get = () =>
    Promise.resolve(
      ruleOf({ provisioningState: ++looks < ends ? (looks % 2 ? 'Updating' : 'Creating') : 'Succeeded' }),
    );
  const state: State = { rules: [ruleOf({ provisioningState: 'Creating' })], with: () => ({ cacheRules: { get } }) };
  expect(await writesOf(samples.cacheRule, state)).toEqual([]);
  expect(looks).toBe(3);
  [looks, ends] = [0, 1000];
  expect(await writesOf(samples.cacheRule, state)).toEqual(['create MyRule']);
  expect(looks).toBe(61);
});

it.each([
  ['FailedIdentityOperation', 6],
  ['AuthorizationFailed', 1],
])('a rule whose write fails with %s is written %i times', async (code, times) => {
  let tries = 0;
  const create = () => {
    tries += 1;
    return Promise.reject(failure(code, 'forbidden'));
  };
  const state: State = { with: () => ({ cacheRules: { create } }) };
  expect(await writesOf(samples.cacheRule, state)).toEqual([`forbidden ${code}`]);
  expect(tries).toBe(times);
});

it('what was made in a walk needs no reading', async () => {
  const state: State = { with: () => ({ roles: { listForPrincipal: () => Promise.reject(failure('Read')) } }) };
  const { azure, context, writes } = fakeAzure(state);
  const known = new Map<string, unknown>();
  const remember = ({ kind, part }: { kind: string; part?: string }, value: unknown): void =>
    void known.set(`${kind} ${part ?? ''}`, value);
  await samples.identity.satisfy({ ...context, azure, remember });
  expect(Object.fromEntries(known)).toEqual({
    'identity ': identityNow,
    'newPrincipal ': true,
    [`assignments ${identityNow.principalId}`]: [],
  });
  await samples.identity.satisfy(context);
  await samples.roleAssignment.satisfy(context);
  expect(writes.at(-1)).toBe('put ServicePrincipal condition');
});

it('an assignment that is put back is extended again, within a bound', async () => {
  const inputs: RoleAssignmentInput[] = [];
  const theirs = assignmentOf(reader, { ...conditionOf('other'), description: 'Theirs.' });
  const put = (scope: string, name: string, input: RoleAssignmentInput) => {
    inputs.push(input);
    return Promise.resolve({ ...theirs, ...input, scope, name });
  };
  expect(await writesOf(samples.roleAssignment, { ...holds(theirs), with: () => ({ roles: { put } }) })).toEqual([
    'refused',
  ]);
  expect(inputs).toHaveLength(4);
  expect(inputs[0]).toMatchObject({ description: 'Theirs.', roleId: reader, principalType: 'ServicePrincipal' });
  expect(sameCondition(inputs[0]?.condition, conditionOf('other', 'myapp').condition)).toBe(true);
});

it('an identity is told to be gone only when a second look finds none either', async () => {
  let looks = 0;
  const get = () =>
    ++looks === 1 ? Promise.reject(failure('ResourceNotFound', 'notFound')) : Promise.resolve(identityNow);
  const { context } = fakeAzure({ with: () => ({ identities: { get } }) });
  const requirement = withoutIdentity(link, ruleOf().id, identityNow.principalId.toUpperCase());
  expect(await requirement.inspect(context)).toMatchObject({ verdict: 'missing' });
});

it('a condition that is not understood, and one that grants nothing needed, are told apart', async () => {
  const reasons = [strange, conditionOf('other')].map(async (condition) => {
    const { context } = fakeAzure(holds(assignmentOf(reader, condition)));
    return (await samples.narrowedCondition.inspect(context)).reason;
  });
  const [notUnderstood = '', ofOthers] = await Promise.all(reasons);
  expect(notUnderstood).toContain(strange.condition);
  const withoutText = [notUnderstood, ofOthers].map((reason) => reason?.replace(/ Its text: .*/s, ''));
  expect(withoutText[0]).not.toBe(withoutText[1]);
});

it.each(['condition', 'acrPull'] as const)('only AcrPull is said to be undocumented (%s)', async (access) => {
  const requirement = roleAssignment(articleLink({ access }));
  const { context } = fakeAzure({ identity: undefined, registry: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
  expect((await requirement.inspect(context)).evidence).toHaveLength(access === 'acrPull' ? 1 : 0);
});

it('a switch that Azure took without effect was accepted', async () => {
  const switched = { roleAssignmentMode: 'LegacyRegistryPermissions' };
  const { context } = fakeAzure(answers('registries', 'setRoleAssignmentMode', switched));
  await expect(samples.abacMode.satisfy(context)).rejects.toMatchObject({ writeAccepted: true });
  const { context: other } = fakeAzure(answers('cacheRules', 'create', bare));
  await expect(samples.cacheRule.satisfy(other)).rejects.toMatchObject({ writeAccepted: true });
});

it('an assignment that lasts at the last look is no failure', async () => {
  let puts = 0;
  const put = (scope: string, name: string, input: RoleAssignmentInput) => {
    puts += 1;
    return Promise.resolve({ ...assignmentOf(reader), ...input, scope, name });
  };
  const listForPrincipal = () => Promise.resolve(puts < 4 ? [] : [assignmentOf(reader, app)]);
  const state: State = { with: () => ({ roles: { put, listForPrincipal } }) };
  expect(await writesOf(samples.roleAssignment, state)).toEqual([]);
  expect(puts).toBe(4);
});

it('a description stays when a condition is narrowed', async () => {
  const inputs: RoleAssignmentInput[] = [];
  const put = (_: string, __: string, input: RoleAssignmentInput) => Promise.resolve(inputs.push(input));
  for (const described of [{}, { description: 'Theirs.' }]) {
    await writesOf(samples.narrowedCondition, {
      ...holds(assignmentOf(reader, described)),
      with: () => ({ roles: { put } }),
    });
  }
  expect(inputs.map(({ description }) => description)).toEqual([undefined, 'Theirs.']);
});

it('who is given a role again is no new principal, and one that is gone is told', async () => {
  const options: object[] = [];
  const done: string[] = [];
  for (const error of [undefined, failure('PrincipalNotFound')]) {
    const requirement = replacementRole(
      link.source.id,
      { principalId: 'p', principalType: 'User', roleIds: [] },
      roles.acrPull,
    );
    const put = (...given: [string, string, object, object]) => {
      options.push(given[3]);
      return error ? Promise.reject(error) : Promise.resolve({});
    };
    done.push(requirement.describe().done);
    await requirement.satisfy(fakeAzure({ with: () => ({ roles: { put } }) }).context);
    done.push(requirement.describe().done);
  }
  expect(options).toMatchObject([{ isOldPrincipal: true }, { isOldPrincipal: true }]);
  expect(done.map((one) => one === done[0])).toEqual([true, true, true, false]);
});

it.each(['PrincipalNotFound', 'RoleAssignmentLimitExceeded', 'Other'])('%s has its own advice, or none', (code) => {
  const { adviceFor } = aboutAssignments(link.source.id);
  const advice = [code, 'PrincipalNotFound', 'RoleAssignmentLimitExceeded'].map((one) => adviceFor?.(failure(one)));
  expect(advice.map((one) => one === advice[0])).toEqual([
    true,
    code === 'PrincipalNotFound',
    code === 'RoleAssignmentLimitExceeded',
  ]);
  expect(advice[0] === undefined).toBe(code === 'Other');
});

it('a deletion whose end nobody can look at was accepted', async () => {
  const looks = failure('Busy');
  const get = () => Promise.reject(looks);
  const { context } = fakeAzure({ rules: [ruleOf()], with: () => ({ cacheRules: { get } }) });
  await expect(samples.withoutRule.satisfy(context)).rejects.toMatchObject({ code: 'Busy', writeAccepted: true });
});
