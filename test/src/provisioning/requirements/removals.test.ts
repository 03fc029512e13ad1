import { expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleAssignmentName } from '../../../../src/domain/guid.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule, RoleAssignment } from '../../../../src/domain/types.ts';
import { accessRevocations } from '../../../../src/provisioning/access/accessRevocations.ts';
import { keptThing } from '../../../../src/provisioning/requirements/absence/absence.ts';
import { inspectAsIfDeleted, replacedRule } from '../../../../src/provisioning/requirements/absence/replacedRule.ts';
import { replacementsFor } from '../../../../src/provisioning/requirements/replacementRoles.ts';
import { withoutAssignment } from '../../../../src/provisioning/requirements/absence/withoutAssignment.ts';
import { withoutRepository } from '../../../../src/provisioning/requirements/absence/withoutRepository.ts';
import { mapping } from '../links.ts';
import { pattern } from '../../../samples.ts';
import {
  assignmentOf,
  failure,
  fakeAzure,
  identityId,
  identityNow,
  link,
  otherPrincipal,
  principalId,
  ruleOf,
  shortOf,
  verdictOf,
  writesOf,
  type State,
} from './fakeAzure.ts';

const reader = roles.repositoryReader.id;
const name = roleAssignmentName(link.source.id, principalId, reader);
const granting = (...names: string[]): RoleAssignment =>
  assignmentOf(reader, { name, condition: generateCondition(names.map(pattern)) ?? '' });
const [own, shared, others] = [granting('myapp'), granting('myapp', 'other'), granting('other')];
const other = ruleOf({
  name: 'Other',
  sourceRepository: `${link.source.loginServer}/other`,
  targetRepository: 'other',
});
const ownRule = ruleOf().id;

/** The step that takes the link's part out of the assignment. */
function taking(assignment: RoleAssignment, rules: CacheRule[] = []) {
  const usage = { rules, resources: [], federatedCredentials: [], assignments: [assignment], unknown: [] };
  const [revocation] = accessRevocations(link, usage);
  if (!revocation) throw new Error('no revocation');
  return withoutAssignment(link, ownRule, revocation);
}
const deletes = taking(own);
const narrows = taking(shared, [other]);
const changed = { ...own, roleId: roles.acrPull.id };

it.each<[string, typeof deletes, State, string, string[]]>([
  ['gone', deletes, {}, 'satisfied, gone', []],
  ['there', deletes, { assignments: [own] }, 'missing, exists, one thing', [`delete ${name}`]],
  [
    'of an identity that is gone',
    deletes,
    { assignments: [own], identity: undefined },
    'missing, exists, one thing',
    [`delete ${name}`],
  ],
  [
    'of an identity made again',
    deletes,
    { assignments: [own], identity: { ...identityNow, principalId: otherPrincipal } },
    'missing, exists, one thing',
    [`delete ${name}`],
  ],
  [
    'read by a rule',
    deletes,
    { assignments: [own], rules: [ruleOf({ name: 'Mine2' })] },
    'conflicting, inUse',
    ['operationFailed StillThere'],
  ],
  [
    'federated',
    deletes,
    { assignments: [own], credentials: ['github'] },
    'unknown, notKnown',
    ['operationFailed StillThere'],
  ],
  [
    'of an identity that is gone, with what was federated',
    deletes,
    { assignments: [own], identity: undefined, credentials: ['github'] },
    'missing, exists, one thing',
    [`delete ${name}`],
  ],
  ['carried', deletes, { assignments: [own], carriers: ['vm'] }, 'unknown, notKnown', ['operationFailed StillThere']],
  ['for others', deletes, { assignments: [others] }, 'unknown, notKnown', ['operationFailed StillThere']],
  [
    'of another role',
    deletes,
    { assignments: [{ ...changed, roleId: roles.acrPush.id }] },
    'unknown, notKnown',
    ['operationFailed StillThere'],
  ],
  [
    'shared',
    narrows,
    { assignments: [shared], rules: [other] },
    'missing, exists, one thing',
    ['put ServicePrincipal condition'],
  ],
  ['shared, narrowed', narrows, { assignments: [others], rules: [other] }, 'satisfied, gone', []],
])('an assignment that is %s', async (_, requirement, state, verdict, writes) => {
  expect(await verdictOf(requirement, state)).toBe(verdict);
  expect(await writesOf(requirement, state)).toEqual(writes);
});

it('an assignment is bound to whom it gives what; what is deleted, to its condition too', async () => {
  const fingerprintOf = async (requirement: typeof deletes, state: State) =>
    (await requirement.inspect(fakeAzure(state).context)).fingerprint;
  const first = await fingerprintOf(deletes, { assignments: [own] });
  expect(first).toMatchObject({ action: 'delete', condition: own.condition });
  expect(await fingerprintOf(narrows, { assignments: [shared], rules: [other] })).toEqual({
    holder: first?.['holder'],
    action: 'narrow',
  });
});

it('while it is planned, the rule counts as gone', async () => {
  const state = { assignments: [own], rules: [ruleOf()] };
  expect(await verdictOf(deletes, state, true)).toBe('missing, exists, one thing');
  expect(await verdictOf(deletes, state)).toBe('conflicting, inUse');
  const isOptional = [deletes, keptThing({ id: 'a', kind: 'b', subject: 'c' }, 'd')].map((one) => one.isOptional);
  expect(isOptional).toEqual([true, true]);
});

/** The data plane, which has the repository until it is deleted. */
function repositories(isThere: boolean, stays = false): { state: State; writes: string[] } {
  const writes: string[] = [];
  let has = isThere;
  const content = {
    repositoryExists: () => Promise.resolve(has),
    repositorySize: () => Promise.resolve(7),
    deleteRepository: (repository: string) => {
      writes.push(repository);
      has = stays;
      return Promise.resolve();
    },
    repositories: () => Promise.resolve(has ? ['myapp'] : []),
  };
  return { writes, state: { content, rules: [ruleOf()] } };
}

it.each<[string, CacheRule | undefined, CacheRule[], boolean, string]>([
  ['none', ruleOf(), [ruleOf()], false, 'satisfied, gone'],
  ['its rule’s', ruleOf(), [ruleOf()], true, 'missing, exists, one thing'],
  ['filled by another', ruleOf(), [ruleOf({ name: 'Other' })], true, 'conflicting, inUse'],
  ['filled by one made anew', ruleOf(), [ruleOf({ creationDate: '2026-02-01T00:00:00Z' })], true, 'conflicting, inUse'],
  ['of a rule that is gone', undefined, [], true, 'missing, exists, one thing'],
  ['of a rule that was gone', undefined, [ruleOf()], true, 'conflicting, inUse'],
])('a repository: %s', async (_, rule, rules, isThere, verdict) => {
  const requirement = withoutRepository(link.downstream.id, 'myapp', rule);
  const { state } = repositories(isThere);
  const { context } = fakeAzure({ ...state, rules });
  expect(shortOf(await requirement.inspect(context))).toBe(verdict);
  expect(await requirement.inspect({ ...context, assumesNeeds: true })).toMatchObject(isThere ? { size: 7 } : {});
  expect((await requirement.inspect(context)).size).toBeUndefined();
  expect(requirement).toMatchObject({ isOptional: true, id: 'withoutRepository:myapp', rights: [] });
});

it.each([false, true])('a repository is deleted, and looked for again (stays: %s)', async (stays) => {
  const { state, writes } = repositories(true, stays);
  const result = await writesOf(withoutRepository(link.downstream.id, 'myapp', ruleOf()), state);
  expect(writes).toEqual(['myapp']);
  expect(result).toEqual(stays ? ['operationFailed StillThere'] : []);
});

const target = mapping('MyRule', 'other', 'elsewhere');
it.each<[string, State, string]>([
  ['nothing in the way', repositories(false).state, 'missing, one thing'],
  [
    'another rule on the target',
    { rules: [ruleOf(), ruleOf({ name: 'Other', targetRepository: 'elsewhere' })] },
    'conflicting, one thing',
  ],
  ['images in the target', repositories(true).state, 'conflicting, one thing'],
  ['no old rule', { rules: [] }, 'satisfied'],
  ['another rule of the name', { rules: [ruleOf({ targetRepository: 'x' })] }, 'satisfied, other'],
])('the rule to be replaced, with %s', async (what, state, verdict) => {
  const mine = what.startsWith('images') ? mapping('MyRule', 'other', 'myapp') : target;
  const requirement = replacedRule(ruleOf(), link, mine, ['first']);
  expect(await verdictOf(requirement, state)).toBe(verdict);
  const planned = await verdictOf(requirement, state, true);
  expect(planned).toBe(verdict.replace('conflicting', 'missing'));
});

it('the new rule there already, but failed: what it has cached is not in its way', async () => {
  const mine = mapping('New', 'other', 'elsewhere');
  const { sourceRepository } = other;
  const failed = ruleOf({ name: 'New', sourceRepository, targetRepository: 'elsewhere', provisioningState: 'Failed' });
  const requirement = replacedRule(ruleOf(), link, mine, []);
  expect(await verdictOf(requirement, { ...repositories(true).state, rules: [ruleOf(), failed] })).toBe(
    'missing, one thing',
  );
  expect(await verdictOf(requirement, repositories(true).state)).toBe('conflicting, one thing');
});

it.each<[CacheRule[], string]>([
  [[ruleOf()], 'missing'],
  [[ruleOf({ creationDate: '2026-02-01T00:00:00Z' })], 'conflicting'],
  [[ruleOf(), ruleOf({ name: 'Other', targetRepository: 'elsewhere', identity: { id: identityId } })], 'conflicting'],
])('a new mapping is judged as if the old rule were gone', async (rules, verdict) => {
  const { context } = fakeAzure({ rules });
  expect((await inspectAsIfDeleted(context, ruleOf(), link, target)).verdict).toBe(verdict);
});

it('each who loses access gets the strongest role once, and the lister where it could list', () => {
  const of = (role: { id: string }, who: string, principalType?: string): RoleAssignment =>
    assignmentOf(role.id, { principalId: who, name: `${role.id}-${who}`, ...(principalType && { principalType }) });
  const assignments = [
    of(roles.acrPull, 'puller'),
    of(roles.acrPush, 'Pusher', 'User'),
    of(roles.acrPull, 'pusher', 'User'),
    of(roles.reader, 'reads', 'Group'),
    of(roles.repositoryReader, 'keeps'),
    of(roles.acrPull, 'foreign', 'ForeignGroup'),
  ];
  const short = (mode: Parameters<typeof replacementsFor>[1]) => {
    const { replacements, left } = replacementsFor(assignments, mode);
    const given = replacements.map(
      (one) => `${one.principalId} ${one.principalType} ${one.roles.map(nameOf).join(' ')}`,
    );
    return [...given, ...left.map((one) => `left ${one.principalId}`)];
  };
  const nameOf = ({ name: role }: { name: string }): string => role.replace('Container Registry Repository ', '');
  expect(short('LegacyRegistryPermissions')).toMatchInlineSnapshot(`
    [
      "puller ServicePrincipal Reader Catalog Lister",
      "pusher User Writer Catalog Lister",
      "reads Group Reader Catalog Lister",
      "left foreign",
    ]
  `);
  expect(short('AbacRepositoryPermissions')).toMatchInlineSnapshot(`
    [
      "puller ServicePrincipal Reader Catalog Lister",
      "pusher User Writer Catalog Lister",
      "left foreign",
    ]
  `);
});

it('what cannot be read keeps an assignment, and its failure is told', async () => {
  await expect(deletes.inspect(fakeAzure({ assignments: failure('Busy') }).context)).rejects.toMatchObject({
    code: 'Busy',
  });
});
