import { expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { RoleAssignment } from '../../../../src/domain/types.ts';
import { accessRevocations, performRevocation } from '../../../../src/provisioning/access/accessRevocations.ts';
import { assessGrants, fingerprintOfGrants, wantedAccess } from '../../../../src/provisioning/access/grants.ts';
import { readIdentityUsage, usersOf } from '../../../../src/provisioning/access/identityUsage.ts';
import { describeGrants } from '../../../../src/provisioning/ruleReport/describeGrants.ts';
import { articleLink, mapping } from '../links.ts';
import { pattern } from '../../../samples.ts';
import { assignmentOf, failure, fakeAzure, identityNow, link, ruleOf, type State } from '../requirements/fakeAzure.ts';

const reader = roles.repositoryReader.id;
const two = articleLink({ mappings: [mapping('A', 'myapp'), mapping('B', 'other')] });
const granting = (...names: string[]): RoleAssignment =>
  assignmentOf(reader, { condition: generateCondition(names.map(pattern)) ?? '' });
const strange = assignmentOf(reader, { condition: '@Environment[isPrivateLink] BoolEquals true' });
const none = { rules: [], resources: [], federatedCredentials: [], unknown: [] };
const fails = (client: string, method: string): State => ({
  with: () => ({ [client]: { [method]: () => Promise.reject(failure('Busy')) } }),
});

it.each<[string, State, number]>([
  ['everything is read', {}, 0],
  ['resources are not', fails('resources', 'usingIdentity'), 1],
  ['credentials are not', fails('identities', 'federatedCredentials'), 1],
  ['assignments are not', { assignments: failure('Busy') }, 1],
  ['rules are not', fails('cacheRules', 'list'), 1],
  ['a rule does not tell its identity', { rules: [ruleOf({ identityUnknown: true })] }, 1],
])('an identity’s use when %s', async (_, state, unknown) => {
  const { context } = fakeAzure(state);
  expect((await readIdentityUsage(context, identityNow, link.downstream.id)).unknown).toHaveLength(unknown);
});

it.each(['usingIdentity', 'list'])('a cancel of %s ends the reading', async (method) => {
  const cancelled = () => Promise.reject(failure('Cancelled', 'cancelled'));
  const client = method === 'list' ? 'cacheRules' : 'resources';
  const { context } = fakeAzure({ with: () => ({ [client]: { [method]: cancelled } }) });
  await expect(readIdentityUsage(context, identityNow, link.downstream.id)).rejects.toMatchObject({
    kind: 'cancelled',
  });
});

it('an identity’s use: only its own rules, each assignment once, and only its tenant’s subscriptions', async () => {
  const elsewhere = ruleOf({ name: 'Other', identity: { id: `${identityNow.id}2` } });
  const { azure, context } = fakeAzure({
    rules: [ruleOf(), elsewhere],
    assignments: [granting('myapp')],
    carriers: ['vm'],
  });
  const [own] = azure.subscriptions;
  const second = { ...own!, id: '99999999-9999-4999-8999-999999999999' };
  const foreign = { ...second, id: '88888888-8888-4888-8888-888888888888', tenantId: 'foreign' };
  const asked: string[] = [];
  const listForPrincipal: Azure['roles']['listForPrincipal'] = (scope, ...more) => {
    asked.push(scope);
    return azure.roles.listForPrincipal(scope, ...more);
  };
  const wider: Azure = {
    ...{ ...azure, roles: { ...azure.roles, listForPrincipal } },
    subscriptions: [foreign, own!, second],
    unselected: [
      { name: 'x', tenantId: 'tenant' },
      { name: 'y', tenantId: 'foreign' },
    ],
  };
  const usage = await readIdentityUsage({ ...context, azure: wider }, identityNow, link.downstream.id);
  expect(usage.rules.map(({ name }) => name)).toEqual(['MyRule']);
  expect(usage.assignments).toHaveLength(1);
  expect(asked).toEqual([own!.id, second.id].map((id) => `/subscriptions/${id}`));
  expect(usage.unknown).toEqual([expect.stringMatching(/: x\./)]);
  expect(usersOf(usage)).toHaveLength(3);
});

it.each<[string, RoleAssignment[], string]>([
  ['nothing', [], 'myapp, other'],
  ['one', [granting('myapp')], 'other, extendable'],
  ['both', [granting('myapp', 'other')], ', extendable'],
  ['everything', [assignmentOf(reader)], ', extendable, warnings 1'],
  ['by two', [granting('myapp'), { ...granting('other'), id: '/2' }], ', extendable'],
  ['not understood', [strange], 'myapp, other, unwritable'],
  ['below', [assignmentOf(reader, { scope: `${link.source.id}/repositories/myapp` })], 'myapp, other'],
  ['above', [assignmentOf(reader, { scope: '/subscriptions/x' })], ', warnings 1'],
  ['above, not understood', [{ ...strange, scope: '/subscriptions/x' }], 'myapp, other'],
  ['a writer', [assignmentOf(roles.repositoryWriter.id)], ', warnings 1'],
  ['AcrPull', [assignmentOf(roles.acrPull.id)], 'myapp, other'],
])('what assignments give: %s', (_, assignments, expected) => {
  const report = assessGrants(wantedAccess(two), assignments);
  const missing = report.missing.map((one) => (one.kind === 'repository' ? one.repository : one.kind)).join(', ');
  const rest = [report.extendable && 'extendable', report.unwritable && 'unwritable'];
  const warnings = report.warnings.length > 0 && `warnings ${report.warnings.length}`;
  expect([missing, ...rest, warnings].filter((part) => typeof part === 'string').join(', ')).toBe(expected);
  expect(report.evidence).toHaveLength(assignments.length);
});

it('each assignment is compared with what the rule needs', () => {
  const grants = [[granting('x')], [granting('myapp')], [granting('myapp', 'other')], [assignmentOf(reader)]].map(
    (assignments) => describeGrants(two, assignments)[0]!,
  );
  expect(new Set(grants.map(({ compared }) => compared)).size).toBe(4);
  expect(grants.map(({ condition }) => condition !== undefined)).toEqual([true, true, true, false]);
  const [a, b] = [granting('myapp'), granting('other')];
  expect(fingerprintOfGrants([a, b])).toEqual(fingerprintOfGrants([b, a]));
  expect(fingerprintOfGrants([a])).not.toEqual(fingerprintOfGrants([b]));
});

const shared = granting('myapp', 'other');
const madeHere = (one: RoleAssignment): RoleAssignment => ({
  ...one,
  name: roleAssignmentName(one.scope, one.principalId, one.roleId),
});
const owned = granting('myapp');
const below = { scope: `${link.source.id}/repositories/myapp` };
/** What starts as `start`, and one more repository. */
const around = (start: string, more: string): RoleAssignment => ({
  ...owned,
  condition: granting('my/*', more).condition!.replaceAll("'my/'", start),
});
const other = ruleOf({ name: 'Other', sourceRepository: `${link.source.loginServer}/other` });

it.each<[string, RoleAssignment, RoleAssignment[], string[]]>([
  ['as it was', owned, [owned], [`delete ${owned.name}`]],
  ['gone', owned, [], []],
  ['of another role', owned, [{ ...owned, roleId: roles.acrPull.id }], ['changed']],
  ['at another scope', owned, [{ ...owned, scope: '/x' }], ['changed']],
  ['under another condition', owned, [{ ...owned, condition: shared.condition! }], ['changed']],
])('deletes an assignment that is %s', async (_, assignment, present, expected) => {
  const [revocation] = accessRevocations(link, { ...none, assignments: [assignment] });
  const { context, writes } = fakeAzure({ assignments: present });
  await performRevocation(context, revocation!).catch(() => writes.push('changed'));
  expect(writes).toEqual(expected);
});

it.each<[string, RoleAssignment[], string[]]>([
  ['as it was', [{ ...granting('myapp', 'other', 'third') }], ['put ServicePrincipal condition']],
  ['gone', [], []],
  ['narrow already', [granting('other')], []],
  ['of another role', [{ ...shared, roleId: roles.acrPull.id }], ['changed']],
  ['without a condition', [assignmentOf(reader)], ['changed']],
  ['not understood', [strange], ['changed']],
  ['of nothing else', [granting('myapp')], ['changed']],
])('narrows an assignment that is %s', async (_, present, expected) => {
  const narrow = accessRevocations(link, { ...none, rules: [other], assignments: [madeHere(shared)] })[0]!;
  expect(narrow.action.kind).toBe('narrow');
  const { context, writes } = fakeAzure({ assignments: present.map((one) => ({ ...one, id: narrow.assignment.id })) });
  await performRevocation(context, narrow).catch(() => writes.push('changed'));
  expect(writes.slice(0, 1)).toEqual(expected);
});

it.each<[string, RoleAssignment, object, string]>([
  ['own', owned, {}, 'delete'],
  ['whole', assignmentOf(reader), {}, 'delete'],
  ['whole, read by another', assignmentOf(reader), { rules: [other] }, 'none, 1 users'],
  [
    'a wider start',
    madeHere({ ...owned, condition: granting('my/*').condition!.replace("'my/'", "'my'") }),
    {},
    'delete',
  ],
  ['carried', owned, { federatedCredentials: ['x'] }, 'none, unknown'],
  ['not known', owned, { unknown: ['x'] }, 'none, unknown'],
  ['of others', madeHere(granting('other')), {}, 'none, unknown, for others'],
  ['of a stranger, with more', shared, {}, 'none, unknown'],
  ['not understood', strange, {}, 'none, unknown'],
  ['of a wider start, and more', madeHere(around("'my'", 'third')), {}, 'none, unknown, for others'],
  ['of a wider start, and another repository', madeHere(around("'my'", 'm')), {}, 'none, unknown, for others'],
  [
    'read by one that is not understood',
    assignmentOf(reader),
    { rules: [ruleOf({ sourceRepository: '?' })] },
    'none, 1 users',
  ],
  ['the article’s', assignmentOf(reader, below), {}, 'delete'],
  ['the article’s, read by another', assignmentOf(reader, below), { rules: [ruleOf({ name: 'X' })] }, 'none, 1 users'],
  ['the article’s, with its condition', madeHere({ ...owned, ...below }), {}, 'delete'],
  ['the article’s, with more', { ...shared, ...below }, {}, 'none, unknown'],
  ['the article’s, of another', assignmentOf(reader, { scope: `${link.source.id}/repositories/other` }), {}, ''],
  ['the article’s, of no repository', assignmentOf(reader, { scope: `${link.source.id}/repositories/%zz` }), {}, ''],
  ['of another registry', assignmentOf(reader, { scope: `${link.source.id}2` }), {}, ''],
  ['of a role that rules are not given', assignmentOf(roles.acrPush.id), {}, ''],
])('what taking it away means: %s', (_, assignment, usage, expected) => {
  const [found] = accessRevocations(link, { ...none, ...usage, assignments: [assignment] });
  const users = found?.inUseBy.length ? `${found.inUseBy.length} users` : '';
  const words = [found?.action.kind, users, found?.unknown && 'unknown', found?.isForOthers && 'for others'];
  expect(words.filter(Boolean).join(', ')).toBe(expected);
});

it('subscriptions that are not looked at are named, five at most; who reads everything is no warning', async () => {
  const named = async (count: number) => {
    const { azure, context } = fakeAzure();
    const unselected = Array.from({ length: count }, (_, index) => ({ name: `s${index}`, tenantId: 'tenant' }));
    const usage = await readIdentityUsage(
      { ...context, azure: { ...azure, unselected } },
      identityNow,
      link.downstream.id,
    );
    return usage.unknown.join();
  };
  expect([(await named(5)).includes('…'), (await named(6)).includes('…'), await named(0)]).toEqual([false, true, '']);
  const everything = wantedAccess(articleLink({ mappings: [mapping('All', '*')] }));
  expect(assessGrants(everything, [assignmentOf(reader)])).toMatchObject({ missing: [], warnings: [] });
});
