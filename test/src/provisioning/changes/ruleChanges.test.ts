import { expect, it } from 'vitest';
import type { Permission } from '../../../../src/azure/azure.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import {
  changeIdentityPlan,
  identityChangeOf,
  readChangedRule,
  replacementOf,
  replaceRulePlan,
  resumeReplacePlan,
  type ReplacePurpose,
} from '../../../../src/provisioning/changes/changeRule.ts';
import { fingerprintOf } from '../../../../src/provisioning/engine/sameRule.ts';
import type { CacheLink, Plan, RepositoryMapping } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';
import {
  assignmentOf,
  failure,
  fakeAzure,
  identityId,
  link,
  otherPrincipal,
  ruleOf,
  type State,
} from '../requirements/fakeAzure.ts';

const { kind } = link.authentication;
const authentication = { kind, identityId };
const [mine] = link.mappings as [RepositoryMapping];
const purposeOf = (mapped: RepositoryMapping, more: Partial<ReplacePurpose> = {}): ReplacePurpose => ({
  ...{ kind: 'replace', link: articleLink({ mappings: [mapped] }), replaces: mine },
  ...more,
});
const elsewhere = mapping('NewRule', 'other', 'elsewhere');
const kindsOf = ({ steps }: Plan): string[] => steps.map(({ requirement }) => requirement.kind);
const content = (exists: () => Promise<boolean>): object => ({
  repositoryExists: exists,
  repositories: () => exists().then((is) => (is ? ['elsewhere'] : [])),
});
const nothing = content(() => Promise.resolve(false));
const unreadable = content(() => Promise.reject(failure('Busy')));

it.each<[RepositoryMapping, boolean]>([
  [elsewhere, false],
  [mapping('MYRULE', 'other', 'elsewhere'), true],
  [mapping('NewRule', 'other', 'myapp'), true],
  [mapping('NewRule', 'other', 'MyApp'.toLowerCase()), true],
])('a replacement by %o: the old rule goes first where it is in the way: %s', (mapped, isInTheWay) => {
  const found = replacementOf(purposeOf(mapped));
  const { requirements, creation, deletion } = found;
  expect(found.isInTheWay).toBe(isInTheWay);
  const last = requirements.slice(-3).map(({ id }) => id);
  expect(last.slice(0, 2)).toEqual(isInTheWay ? [deletion.id, creation.id] : [creation.id, deletion.id]);
  expect([creation.needs.includes(deletion.id), deletion.needs.includes(creation.id)]).toEqual([
    isInTheWay,
    !isInTheWay,
  ]);
  expect(requirements.filter(({ kind }) => kind === 'cacheRule')).toEqual([creation]);
  expect(requirements.at(-1)?.needs).toEqual(expect.arrayContaining([creation.id, deletion.id]));
});

it('a replacement that is read from a file neither makes an identity nor switches a registry', () => {
  const wide = articleLink({ mappings: [elsewhere], allowAbacSwitch: true, allowFeatureRegistration: true });
  const { link: done, requirements } = replacementOf(purposeOf(elsewhere, { link: wide }));
  expect(done).toEqual({ ...articleLink({ mappings: [elsewhere] }), authentication });
  expect(requirements.map(({ kind }) => kind)).not.toContain('featureFlag');
  expect(() => replacementOf(purposeOf(elsewhere, { link: articleLink({ mappings: [] }) }))).toThrow(
    expect.objectContaining({ name: 'Error' }),
  );
});

it.each<[string, CacheRule, CacheLink]>([
  ['a rule that Azure manages', ruleOf({ name: 'aks-managed-mcr' }), link],
  ['a setup that maps nothing', ruleOf(), articleLink({ mappings: [] })],
])('the identity of %s is not changed', async (_, rule, wanted) => {
  const { azure } = fakeAzure({ rules: [rule] });
  await expect(changeIdentityPlan(azure, rule, wanted)).rejects.toMatchObject({ name: 'Error' });
});

const bare = { ...ruleOf(), identity: undefined } as object as CacheRule;
const notTold = { ...bare, identityUnknown: true } as object as CacheRule;
it.each<[string, CacheRule, RepositoryMapping]>([
  ['a rule that Azure manages', ruleOf({ name: 'aks-managed-mcr' }), elsewhere],
  ['what is so already', ruleOf(), mine],
  ['what is so already, in other letters', ruleOf(), mapping('MYRULE', 'myapp')],
  ['a rule without identity', bare, elsewhere],
  ['a rule that does not tell its identity', notTold, elsewhere],
])('%s is not replaced', async (_, rule, mapped) => {
  const { azure } = fakeAzure({ rules: [rule], content: nothing });
  const name = rule === notTold ? 'AzureError' : 'Error';
  await expect(replaceRulePlan(azure, rule, mapped)).rejects.toMatchObject({ name });
});

it('what kept the rule from being understood is the error', async () => {
  const { azure } = fakeAzure({
    rules: [ruleOf()],
    with: () => ({ registries: { get: () => Promise.reject(failure('Busy')) } }),
  });
  await expect(replaceRulePlan(azure, ruleOf(), elsewhere)).rejects.toMatchObject({ code: 'Busy' });
});

it.each<[string, RepositoryMapping, State, boolean]>([
  ['not in the way', elsewhere, { rules: [ruleOf()], content: nothing }, true],
  ['not in the way, target not known', elsewhere, { rules: [ruleOf()], content: unreadable }, true],
  ['in the way', mapping('MyRule', 'other', 'elsewhere'), { rules: [ruleOf()], content: nothing }, true],
  [
    'in the way, target not known',
    mapping('MyRule', 'other', 'elsewhere'),
    { rules: [ruleOf()], content: unreadable },
    false,
  ],
  ['gone, target not known', mapping('MyRule', 'other', 'elsewhere'), { rules: [], content: unreadable }, true],
])(
  'a replacement of a rule that is %s: what is uncertain blocks while the old one can be lost',
  async (what, mapped, state, canApply) => {
    const { azure } = fakeAzure(state);
    const plan = what.startsWith('gone')
      ? await resumeReplacePlan(azure, purposeOf(mapped, { rule: fingerprintOf(ruleOf()) }))
      : await replaceRulePlan(azure, ruleOf(), mapped);
    expect(plan.purpose).toMatchObject({ kind: 'replace', replaces: mine, rule: fingerprintOf(ruleOf()) });
    const isUncertain = state.content === unreadable;
    const severities = plan.findings.filter(({ code }) => code === 'targetUnknown').map(({ severity }) => severity);
    expect(severities).toEqual(isUncertain ? [canApply ? 'warning' : 'blocking'] : []);
    const others = plan.findings.filter(({ code }) => code !== 'targetUnknown');
    expect(others.filter(({ severity }) => severity === 'blocking')).toEqual([]);
    expect(plan.canApply).toBe(canApply);
  },
);

const attaching = (state: Permission) => () =>
  Promise.resolve((action: string): Permission => (action.endsWith('/assign/action') ? state : { state: 'allowed' }));
it.each<[string, () => Promise<(action: string) => Permission>]>([
  ['right', attaching({ state: 'missing' })],
  ['rightDenied', attaching({ state: 'denied', deniedBy: 'Of a stack' })],
  ['denialUnknown', attaching({ state: 'unknown', deniedBy: 'Perhaps' })],
  ['rightUnknown', () => Promise.reject(failure('Busy'))],
])('%s to attach the identity: blocks only where the old rule is deleted first', async (code, permissions) => {
  const { azure } = fakeAzure({ rules: [ruleOf()], content: nothing, with: () => ({ roles: { permissions } }) });
  const severities = async (name: string) => {
    const { findings, canApply } = await replaceRulePlan(azure, ruleOf(), mapping(name, 'other', 'elsewhere'));
    const found = findings.filter((one) => one.code === code).map(({ severity }) => severity);
    return { canApply, found: [...new Set(found)] };
  };
  expect(await severities('MyRule')).toEqual({ canApply: false, found: ['blocking'] });
  expect(await severities('NewRule')).toEqual({ canApply: true, found: ['warning'] });
});

it('the same mapping under another name is a replacement; the article’s form of access becomes a condition', async () => {
  const below = assignmentOf(roles.repositoryReader.id, { scope: `${link.source.id}/repositories/myapp` });
  const { azure } = fakeAzure({ rules: [ruleOf()], assignments: [below], content: nothing });
  const plan = await replaceRulePlan(azure, ruleOf(), mapping('NewRule', 'myapp', 'elsewhere'));
  expect(plan.purpose).toMatchObject({ link: { access: 'condition' } });
  expect(kindsOf(plan)).toEqual([
    'identity',
    'abacMode',
    'roleAssignment',
    'cacheRule',
    'withoutRule',
    'roleAssignment',
  ]);
});

it('another rule of the name than the one that a replacement was begun for stays', async () => {
  const { azure } = fakeAzure({ rules: [ruleOf()], content: nothing });
  const rule = { ...fingerprintOf(ruleOf()), creationDate: '2026-02-01T00:00:00Z' };
  const codes = async (purpose: ReplacePurpose) =>
    (await resumeReplacePlan(azure, purpose)).steps
      .filter(({ requirement }) => requirement.kind === 'withoutRule')
      .map(({ inspection }) => inspection.code ?? inspection.verdict);
  expect(await codes(purposeOf(elsewhere, { rule }))).toEqual(['other']);
  expect(await codes(purposeOf(elsewhere))).toEqual(['missing']);
});

it('a change of the identity gives it the permission first, and writes no rule', async () => {
  const { azure } = fakeAzure({ rules: [ruleOf()], content: nothing });
  const other = { ...authentication, identityId: `${identityId}2` };
  const plan = await changeIdentityPlan(azure, ruleOf(), articleLink({ authentication: other }));
  expect(kindsOf(plan)).toEqual(['identity', 'abacMode', 'roleAssignment', 'ruleIdentity']);
  expect(plan.purpose).toMatchObject({ kind: 'changeIdentity', rule: fingerprintOf(ruleOf()) });
  expect(identityChangeOf(articleLink({ mappings: [] })).map(({ kind }) => kind)).not.toContain('ruleIdentity');
});

it.each<[string, CacheRule, object | undefined, boolean]>([
  ['as it was', ruleOf(), fingerprintOf(ruleOf()), true],
  ['as it was, of which nothing is known', ruleOf(), undefined, true],
  [
    'changed already',
    ruleOf(),
    { ...fingerprintOf(ruleOf()), identityId: '/other', principalId: otherPrincipal },
    true,
  ],
  ['made anew', ruleOf(), { creationDate: '2026-02-01T00:00:00Z' }, false],
  ['of a third identity', ruleOf({ identity: { id: '/third' } }), fingerprintOf(ruleOf()), false],
  ['of other paths', ruleOf({ targetRepository: 'x' }), undefined, false],
])('the rule of a change that was cut off, %s, is changed again: %s', async (_, now, fingerprint, isChanged) => {
  const { azure } = fakeAzure({ rules: [now] });
  const read = readChangedRule(azure, link, fingerprint as ReturnType<typeof fingerprintOf> | undefined);
  if (isChanged) expect(await read).toEqual(now);
  else await expect(read).rejects.toMatchObject({ name: 'Error' });
  await expect(readChangedRule(azure, articleLink({ mappings: [] }), undefined)).rejects.toMatchObject({
    name: 'Error',
  });
  await expect(readChangedRule(fakeAzure().azure, link, undefined)).rejects.toMatchObject({ kind: 'notFound' });
});
