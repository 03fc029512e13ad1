import { expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roleById, roles } from '../../../../src/domain/roles.ts';
import type { RoleAssignment } from '../../../../src/domain/types.ts';
import { abacSwitchPlan } from '../../../../src/provisioning/changes/abacSwitch.ts';
import { findingTitle } from '../../../../src/provisioning/checks/findingTitles.ts';
import { readReplacementOffers, whoLoses } from '../../../../src/provisioning/changes/replacementOffers.ts';
import { pattern } from '../../../samples.ts';
import { assignmentOf, failure, fakeAzure, link, type State } from '../requirements/fakeAzure.ts';

const upstream = link.source.id;
const forApp = generateCondition([pattern('myapp')])!;
const of = (principalId: string, role: { readonly id: string }, change: Partial<RoleAssignment> = {}): RoleAssignment =>
  assignmentOf(role.id, { principalId, name: `${principalId}-${role.id}`, ...change });
const { acrPull, acrPush, owner, repositoryReader, catalogLister } = roles;
const puller = of('puller', acrPull);

interface Known {
  readonly temporary?: readonly object[] | Error;
  readonly self?: object | undefined | Error;
  readonly mode?: string;
}

/** An upstream with these assignments: who asks, and what is temporary. */
function state(assignments: RoleAssignment[] | Error, { temporary = [], self, mode }: Known = {}): State {
  const answer = (value: unknown) => () => (value instanceof Error ? Promise.reject(value) : Promise.resolve(value));
  return {
    assignments,
    registry: { roleAssignmentMode: mode ?? 'LegacyRegistryPermissions' } as object,
    with: () => ({ roles: { listTemporary: answer(temporary), signedIn: answer(self) } }),
  };
}

/** Who is offered what, and what else is told, one line each. */
async function told(given: State): Promise<string[]> {
  const { azure } = fakeAzure(given);
  const found = await readReplacementOffers(azure, await azure.registries.get(upstream));
  const short = (id: string): string => roleById(id)?.name.split(' ').at(-1) ?? id;
  return [
    ...found.offers.map((one) =>
      [
        one.principalId,
        ...one.roleIds.map(short),
        ...(one.isSelf ? ['self'] : []),
        ...(one.isPreselected ? ['chosen'] : []),
      ].join(' '),
    ),
    ...found.temporary.map(
      (one) => `temporary ${one.assignment.principalId}${one.endsAt === undefined ? '' : ` ${one.endsAt}`}`,
    ),
    ...found.left.map((one) => `left ${one.principalId}`),
    ...found.conditioned.map((one) => `conditioned ${one.principalId} ${short(one.role.id)}`),
    ...found.unknown.map(() => 'unknown'),
  ];
}

const self = { principalId: 'Me', principalType: 'User' };
const byRole = { roleId: acrPull.id.toUpperCase(), principalId: 'PULLER', scope: upstream.toUpperCase() };

it.each<[string, RoleAssignment[], Known, string[]]>([
  [
    'who asks, then workloads, then people',
    [of('person', acrPush, { principalType: 'User' }), puller],
    { self },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen', 'person Writer Lister'],
  ],
  [
    'a workload that asks',
    [of('ME', acrPush)],
    { self: { ...self, principalType: 'ServicePrincipal' } },
    ['Me Reader Lister self chosen'],
  ],
  ['nobody known', [], {}, ['unknown']],
  [
    'an owner of a registry in ABAC mode',
    [of('a', owner), puller],
    { self, mode: 'AbacRepositoryPermissions' },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'by its id',
    [puller],
    { self, temporary: [{ ...byRole, roleId: '', assignmentId: puller.id.toUpperCase(), endsAt: 'then' }] },
    ['Me Reader Lister self chosen', 'temporary puller then'],
  ],
  [
    'by role, principal and scope',
    [puller],
    { self, temporary: [byRole] },
    ['Me Reader Lister self chosen', 'temporary puller'],
  ],
  [
    'of another role',
    [puller],
    { self, temporary: [{ ...byRole, roleId: acrPush.id }] },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'of another principal',
    [puller],
    { self, temporary: [{ ...byRole, principalId: 'x' }] },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'at another scope',
    [puller],
    { self, temporary: [{ ...byRole, scope: '/', assignmentId: '/x' }] },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'temporary, of a role that is not lost',
    [of('puller', catalogLister)],
    { self, temporary: [{ ...byRole, roleId: catalogLister.id }] },
    ['Me Reader Lister self chosen'],
  ],
  [
    'temporary, of no type',
    [of('puller', acrPull, { principalType: 'Device' })],
    { self, temporary: [byRole] },
    ['Me Reader Lister self chosen', 'temporary puller'],
  ],
  [
    'of a type that Azure takes no role for',
    [of('a', acrPull, { principalType: 'ForeignGroup' })],
    { self },
    ['Me Reader Lister self chosen', 'left a'],
  ],
  [
    'who has a role already',
    [puller, of('Puller', repositoryReader)],
    { self },
    ['Me Reader Lister self chosen', 'puller Lister chosen'],
  ],
  [
    'who has all of them',
    [puller, of('puller', repositoryReader), of('puller', catalogLister)],
    { self },
    ['Me Reader Lister self chosen'],
  ],
  [
    'who has a role for a while',
    [puller, of('puller', repositoryReader)],
    { self, temporary: [{ ...byRole, roleId: repositoryReader.id }] },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'who has a role with a condition',
    [puller, of('puller', repositoryReader, { condition: forApp })],
    { self },
    ['Me Reader Lister self chosen', 'puller Lister chosen', 'conditioned puller Reader'],
  ],
  [
    'who has a role with a condition above',
    [puller, of('puller', repositoryReader, { condition: forApp, scope: '/' })],
    { self },
    ['Me Reader Lister self chosen', 'puller Reader Lister chosen'],
  ],
  [
    'who has a role with a condition, and without above',
    [
      puller,
      of('puller', repositoryReader, { condition: forApp }),
      of('puller', repositoryReader, { scope: '/', name: 'above' }),
    ],
    { self },
    ['Me Reader Lister self chosen', 'puller Lister chosen'],
  ],
  ['nothing temporary readable', [], { self, temporary: failure('Busy') }, ['Me Reader Lister self chosen', 'unknown']],
  ['oneself not readable', [puller], { self: failure('Busy') }, ['puller Reader Lister chosen', 'unknown']],
])('who is offered roles: %s', async (_, assignments, known, expected) => {
  expect(await told(state(assignments, known))).toEqual(expected);
});

const person = of('person', acrPush, { principalType: 'User' });
const foreign = of('foreign', acrPull, { principalType: 'ForeignGroup' });
it.each<[string, RoleAssignment[], Known, string[], string[]]>([
  ['everyone who is given nothing, once', [puller, of('puller', acrPush), person], { self }, [], ['puller', 'person']],
  ['not who is given roles', [puller, person], { self }, ['PULLER'], ['person']],
  ['who can only be given roles in the portal', [foreign], { self }, [], ['foreign']],
  ['who has access for a while', [puller], { self, temporary: [byRole] }, [], ['puller']],
  [
    'not who has the new roles',
    [puller, of('puller', repositoryReader), of('puller', catalogLister)],
    { self },
    [],
    [],
  ],
  ['who asks, if that had access', [of('me', owner)], { self }, [], ['Me']],
])('who loses access: %s', async (_, assignments, known, kept, expected) => {
  const { azure } = fakeAzure(state(assignments, known));
  const offers = await readReplacementOffers(azure, await azure.registries.get(upstream));
  const losing = whoLoses(
    offers,
    kept.map((principalId) => ({ principalId })),
  );
  expect(losing.map(({ principalId }) => principalId)).toEqual(expected);
});

it.each<[string, Known]>([
  ['a cancel', { temporary: failure('Cancelled', 'cancelled') }],
  ['a cancel', { self: failure('Cancelled', 'cancelled') }],
  ['a mistake', { temporary: new TypeError() }],
  ['a mistake', { self: new TypeError() }],
])('%s ends the reading', async (_, known) => {
  await expect(told(state([puller], known))).rejects.toBe(known.temporary ?? known.self);
});

it.each<[string, State, string[]]>([
  ['left', state([of('a', acrPull, { principalType: 'ForeignGroup' })], { self }), ['replacementLeft warning']],
  [
    'conditioned',
    state([puller, of('puller', repositoryReader, { condition: forApp })], { self }),
    ['replacementLeft warning'],
  ],
  ['temporary', state([puller], { self, temporary: [byRole] }), ['temporaryLeft warning']],
  ['not known', state([], { self, temporary: failure('Busy') }), ['temporaryUnknown unknown']],
  ['not readable', state(failure('Busy')), ['affectedUnknown unknown']],
])('before the switch is told of what is %s', async (_, given, expected) => {
  const { azure } = fakeAzure(given);
  const { findings } = await abacSwitchPlan(azure, upstream, { keepAccess: [] });
  expect(findings.map(({ code, verdict, severity }) => `${code} ${verdict} ${severity}`)).toEqual(
    expected.map((one) => `${one} warning`),
  );
  for (const { code } of findings) expect(findingTitle(code), code).not.toBe(findingTitle('none of ours'));
});

it('the switch comes after the roles of those who keep access, and a cancel ends its plan', async () => {
  const keepAccess = [
    { principalId: 'puller', principalType: 'User', roleIds: [acrPull.id, repositoryReader.id] } as const,
  ];
  const { azure } = fakeAzure(state([], { self }));
  const { steps, canApply } = await abacSwitchPlan(azure, upstream, { keepAccess });
  const [role, mode] = steps.map(({ requirement }) => requirement);
  expect([steps.length, mode?.id, mode?.needs, canApply]).toEqual([2, 'abacMode', [role?.id], true]);
  const cancelled = fakeAzure(state([], { self: failure('Cancelled', 'cancelled') })).azure;
  await expect(abacSwitchPlan(cancelled, upstream, { keepAccess })).rejects.toMatchObject({ kind: 'cancelled' });
});

it('of very many assignments, of which some are temporary, each is not compared with all others', async () => {
  let looks = 0;
  const assignments = Array.from({ length: 600 }, (_, index) => {
    const { principalId, ...rest } = of(`principal${index}`, acrPull);
    return {
      ...rest,
      get principalId() {
        looks++;
        return principalId;
      },
    };
  });
  const temporary = assignments.slice(0, 100).map(({ id, roleId, scope, principalId }) => ({
    ...{ roleId, scope, principalId, assignmentId: id },
  }));
  const { azure } = fakeAzure(state(assignments, { temporary }));
  looks = 0;
  const found = await readReplacementOffers(azure, await azure.registries.get(upstream));
  expect([found.offers.length, found.temporary.length]).toEqual([500, 100]);
  expect(looks).toBeLessThan(20 * assignments.length);
});
