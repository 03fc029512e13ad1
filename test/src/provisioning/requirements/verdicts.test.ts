import { describe, expect, it } from 'vitest';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { abacMode } from '../../../../src/provisioning/requirements/abacMode.ts';
import { identity } from '../../../../src/provisioning/requirements/identity.ts';
import { narrowedCondition } from '../../../../src/provisioning/requirements/narrowedCondition.ts';
import { requirementsOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import { roleAssignment } from '../../../../src/provisioning/requirements/roleAssignment.ts';
import { ruleIdentity } from '../../../../src/provisioning/requirements/ruleIdentity.ts';
import { deletedRule, withoutRule } from '../../../../src/provisioning/requirements/absence/withoutRule.ts';
import { withoutIdentity } from '../../../../src/provisioning/requirements/absence/withoutIdentity.ts';
import type { Requirement } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';
import { pattern } from '../../../samples.ts';
import { samples } from './samples.ts';
import * as fake from './fakeAzure.ts';
import {
  assignmentOf,
  clientId,
  failure,
  fakeAzure,
  identityNow,
  link,
  otherPrincipal,
  ruleOf,
  type State,
} from './fakeAzure.ts';

const mine = link.mappings[0]!;
const upstream = link.source.id;
const reader = roles.repositoryReader.id;
const noCreation = { authentication: { ...link.authentication, create: undefined } } as object;
const elsewhere = { id: `${fake.identityId}Other`, principalId: otherPrincipal };
const forApp = generateCondition([pattern('myapp')])!;
const notUnderstood = '@Environment[isPrivateLink] BoolEquals true';
const article = `${upstream}/repositories/myapp`;
const bare = { ...ruleOf(), identity: undefined } as object as CacheRule;
const stateless = { ...ruleOf(), provisioningState: undefined } as object as CacheRule;

type Case = readonly [what: string, requirement: Requirement, state: State, verdict: string];
const rules = (...changes: Partial<CacheRule>[]): State => ({ rules: changes.map(ruleOf) });
const holds = (...assignments: ReturnType<typeof assignmentOf>[]): State => ({ assignments, rules: [ruleOf()] });
const below = { scope: article };

const ofRules: Case[] = [
  ['no rule', samples.cacheRule, {}, 'missing'],
  ['it', samples.cacheRule, rules({}), 'satisfied'],
  ['it in other letters', samples.cacheRule, rules({ name: 'MYRULE', targetRepository: 'MyApp' }), 'satisfied'],
  ['without a state', samples.cacheRule, { rules: [stateless] }, 'satisfied'],
  ['failed', samples.cacheRule, rules({ provisioningState: 'Failed' }), 'missing'],
  ['cancelled', samples.cacheRule, rules({ provisioningState: 'Canceled' }), 'missing'],
  ['on its way out', samples.cacheRule, rules({ provisioningState: 'Deleting' }), 'conflicting'],
  ['on its way in', samples.cacheRule, rules({ provisioningState: 'Creating' }), 'missing, in progress'],
  ['failed, other name', samples.cacheRule, rules({ name: 'Other', provisioningState: 'Failed' }), 'conflicting'],
  ['cancelled, other name', samples.cacheRule, rules({ name: 'Other', provisioningState: 'Canceled' }), 'conflicting'],
  ['other name', samples.cacheRule, rules({ name: 'Other' }), 'satisfied'],
  ['own before other name', samples.cacheRule, rules({ name: 'Other', provisioningState: 'Failed' }, {}), 'satisfied'],
  ['earlier identity', samples.cacheRule, rules({ identity: { ...elsewhere, id: fake.identityId } }), 'missing'],
  [
    'earlier identity, other name',
    samples.cacheRule,
    rules({ name: 'Other', identity: { ...elsewhere, id: fake.identityId } }),
    'conflicting',
  ],
  ['principal not told', samples.cacheRule, rules({ identity: { id: fake.identityId } }), 'satisfied'],
  ['identity is gone', samples.cacheRule, { ...rules({}), identity: undefined }, 'missing'],
  ['other identity', samples.cacheRule, rules({ identity: elsewhere }), 'conflicting'],
  ['no identity', samples.cacheRule, { rules: [bare] }, 'conflicting'],
  ['identity not told', samples.cacheRule, { rules: [{ ...bare, identityUnknown: true }] }, 'unknown'],
  ['several identities', samples.cacheRule, rules({ identityUnknown: true }), 'unknown'],
  ['not told, other paths', samples.cacheRule, rules({ identityUnknown: true, targetRepository: 'x' }), 'conflicting'],
  ['other source', samples.cacheRule, rules({ sourceRepository: `${link.source.loginServer}/x` }), 'conflicting'],
  ['other registry', samples.cacheRule, rules({ sourceRepository: 'elsewhere.example/myapp' }), 'conflicting'],
  ['name free, target taken', samples.cacheRule, rules({ name: 'Other', identity: elsewhere }), 'conflicting'],
  ['name free, target free', samples.cacheRule, rules({ name: 'Other', targetRepository: 'x' }), 'missing'],
  ['no rule', samples.ruleIdentity, {}, 'conflicting'],
  ['it', samples.ruleIdentity, rules({}), 'satisfied'],
  [
    'earlier principal',
    samples.ruleIdentity,
    rules({ identity: { ...elsewhere, id: fake.identityId } }),
    'missing, one thing',
  ],
  ['principal not told', samples.ruleIdentity, rules({ identity: { id: fake.identityId } }), 'missing, one thing'],
  ['made anew', samples.ruleIdentity, rules({ creationDate: '2026-02-01T00:00:00Z' }), 'conflicting'],
  [
    'not told',
    ruleIdentity(link, mine, undefined),
    { rules: [{ ...bare, identityUnknown: true }] },
    'missing, one thing',
  ],
  ['none', ruleIdentity(link, mine, undefined), { rules: [bare] }, 'missing, one thing'],
  ['other', ruleIdentity(link, mine, undefined), rules({ identity: elsewhere }), 'missing, one thing'],
  ['identity is gone', samples.ruleIdentity, { ...rules({}), identity: undefined }, 'missing, one thing'],
  [
    'identity is gone for good',
    ruleIdentity({ ...link, ...noCreation }, mine, ruleOf()),
    { ...rules({}), identity: undefined },
    'conflicting, one thing',
  ],
  ['gone', samples.withoutRule, {}, 'satisfied'],
  ['there', samples.withoutRule, rules({}), 'missing, one thing'],
  ['another', samples.withoutRule, rules({ targetRepository: 'x' }), 'satisfied, other'],
  ['gone', samples.deletedRule, {}, 'satisfied'],
  ['there', samples.deletedRule, rules({}), 'missing, one thing'],
  ['another', samples.deletedRule, rules({ targetRepository: 'x' }), 'conflicting, other'],
];

const managed = ruleOf({ name: 'AKS-managed-mcr' });
ofRules.push(
  ['several identities', ruleIdentity(link, mine, undefined), rules({ identityUnknown: true }), 'missing, one thing'],
  ['managed', withoutRule(managed), { rules: [managed] }, 'conflicting'],
  ['managed', deletedRule(managed), { rules: [managed] }, 'conflicting'],
  ['managed', ruleIdentity(link, { ruleName: managed.name }, managed), { rules: [managed] }, 'conflicting'],
);

const ofThings: Case[] = [
  ['there', samples.identity, {}, 'satisfied'],
  ['absent', samples.identity, { identity: undefined }, 'missing'],
  ['absent, not to be made', identity({ ...link, ...noCreation }), { identity: undefined }, 'conflicting'],
  ['nobody', samples.withoutIdentity, { identity: undefined }, 'satisfied, gone'],
  ['unused', samples.withoutIdentity, {}, 'missing, exists, one thing'],
  ['made again', withoutIdentity(link, '/r', otherPrincipal.toUpperCase()), {}, 'conflicting, madeAgain'],
  ['used by a rule', samples.withoutIdentity, rules({}), 'conflicting, inUse'],
  ['carried', samples.withoutIdentity, { carriers: ['vm'] }, 'conflicting, inUse'],
  ['federated', samples.withoutIdentity, { credentials: ['github'] }, 'conflicting, inUse'],
  ['with a role', samples.withoutIdentity, holds(assignmentOf(reader)), 'conflicting, inUse'],
  [
    'with its own role',
    samples.withoutIdentity,
    { assignments: [assignmentOf(reader, { condition: forApp })] },
    'conflicting, inUse',
  ],
  ['not known', samples.withoutIdentity, { assignments: failure('Busy') }, 'unknown, notKnown'],
  ['on', samples.abacMode, {}, 'satisfied'],
  ['off', samples.abacMode, { registry: { roleAssignmentMode: 'LegacyRegistryPermissions' } }, 'missing, warnings 1'],
  [
    'off, under way',
    samples.abacMode,
    { registry: { roleAssignmentMode: 'LegacyRegistryPermissions', provisioningState: 'Updating' } },
    'missing, in progress, warnings 1',
  ],
  [
    'off, no consent',
    abacMode(upstream, { isAllowed: false }),
    { registry: { roleAssignmentMode: 'LegacyRegistryPermissions' }, assignments: failure('No') },
    'conflicting',
  ],
  ['', samples.featureFlag, { feature: 'Registered' }, 'satisfied'],
  ['', samples.featureFlag, { feature: 'NotFound' }, 'satisfied'],
  ['', samples.featureFlag, { feature: 'NotRegistered' }, 'missing'],
  ['', samples.featureFlag, { feature: 'Registering' }, 'missing, in progress'],
  ['', samples.featureFlag, { feature: 'Pending' }, 'missing, in progress'],
  ['not told', samples.softDeleteOff, {}, 'unknown'],
  ['on', samples.softDeleteOff, { registry: { softDelete: true } }, 'missing'],
  ['off', samples.softDeleteOff, { registry: { softDelete: false } }, 'satisfied'],
  ['not told', samples.trustedServices, {}, 'unknown'],
  ['none', samples.trustedServices, { registry: { networkRuleBypassOptions: 'None' } }, 'missing'],
  ['let in', samples.trustedServices, { registry: { networkRuleBypassOptions: 'AzureServices' } }, 'satisfied'],
];

const app = { condition: forApp };
const strange = { condition: notUnderstood };
const wide = { condition: generateCondition([pattern('myapp'), pattern('other')])! };
const forOthers = { condition: generateCondition([pattern('other')])! };
const client = { principalId: clientId };
const theirs = { principalId: otherPrincipal };
const registry = roleAssignment(articleLink({ access: 'registry' }));
/** More than a condition can hold. */
const many = Array.from({ length: 200 }, (_, index) =>
  mapping(`R${index}`, `a-rather-long-name-of-a-repository/${index}`),
);
const legacy: State = { registry: { roleAssignmentMode: 'LegacyRegistryPermissions' } };
const ofAccess: Case[] = [
  ['nothing', samples.roleAssignment, {}, 'missing'],
  ['no identity', samples.roleAssignment, { identity: undefined }, 'missing'],
  ['enough', samples.roleAssignment, holds(assignmentOf(reader, app)), 'satisfied'],
  ['more than enough', samples.roleAssignment, holds(assignmentOf(reader)), 'satisfied, warnings 1'],
  ['the strongest role', samples.roleAssignment, holds(assignmentOf(roles.repositoryContributor.id, app)), 'satisfied'],
  ['others', samples.roleAssignment, holds(assignmentOf(reader, forOthers)), 'missing'],
  ['not understood', samples.roleAssignment, holds(assignmentOf(reader, strange)), 'conflicting'],
  ['too low', samples.roleAssignment, holds(assignmentOf(reader, below)), 'missing'],
  ['a role that does not count', samples.roleAssignment, holds(assignmentOf(roles.acrPull.id)), 'missing'],
  ['to the client id', samples.roleAssignment, holds(assignmentOf(reader, client)), 'missing, warnings 1'],
  [
    'of everything',
    roleAssignment(articleLink({ mappings: [mapping('All', '*')] })),
    holds(assignmentOf(reader)),
    'satisfied',
  ],
  ['of too much', roleAssignment(articleLink({ mappings: many })), {}, 'conflicting'],
  ['for one', registry, holds(assignmentOf(reader, app)), 'missing'],
  ['for all', registry, holds(assignmentOf(reader)), 'satisfied'],
  ['in ABAC mode', samples.acrPull, holds(assignmentOf(roles.acrPull.id)), 'conflicting'],
  ['in RBAC mode', samples.acrPull, { ...holds(assignmentOf(roles.acrPull.id)), ...legacy }, 'satisfied'],
  ['push is enough', samples.acrPull, { ...holds(assignmentOf(roles.acrPush.id)), ...legacy }, 'satisfied'],
  ['repository role', samples.acrPull, { ...holds(assignmentOf(reader)), ...legacy }, 'missing'],
  ['nothing', samples.repositoryScope, {}, 'missing'],
  ['no identity', samples.repositoryScope, { identity: undefined }, 'missing'],
  ['there', samples.repositoryScope, holds(assignmentOf(reader, below)), 'satisfied, warnings 1'],
  ['other role there', samples.repositoryScope, holds(assignmentOf(roles.acrPull.id, below)), 'missing'],
  ['at the registry', samples.repositoryScope, holds(assignmentOf(reader, app)), 'satisfied'],
  ['not for it', samples.repositoryScope, holds(assignmentOf(reader, { ...below, ...forOthers })), 'conflicting'],
  ['exact', samples.narrowedCondition, holds(assignmentOf(reader, app)), 'satisfied'],
  ['too wide', samples.narrowedCondition, holds(assignmentOf(reader, wide)), 'missing'],
  ['whole', samples.narrowedCondition, holds(assignmentOf(reader)), 'missing'],
  ['of others', samples.narrowedCondition, holds(assignmentOf(reader, forOthers)), 'conflicting'],
  ['not understood', samples.narrowedCondition, holds(assignmentOf(reader, strange)), 'conflicting'],
  ['carried', samples.narrowedCondition, { ...holds(assignmentOf(reader)), carriers: ['vm'] }, 'conflicting'],
  [
    'perhaps used by more',
    samples.narrowedCondition,
    {
      ...holds(assignmentOf(reader)),
      with: () => ({ resources: { usingIdentity: () => Promise.reject(failure('Busy')) } }),
    },
    'conflicting',
  ],
  ['no identity', samples.narrowedCondition, { identity: undefined }, 'conflicting'],
  ['too low', samples.narrowedCondition, holds(assignmentOf(reader, { ...below, ...wide })), 'satisfied'],
  ['other role', samples.narrowedCondition, holds(assignmentOf(roles.acrPull.id)), 'satisfied'],
  [
    'all is read',
    narrowedCondition(articleLink({ mappings: [mapping('All', '*')] })),
    holds(assignmentOf(reader)),
    'satisfied',
  ],
  ['nothing', samples.ownAccess, {}, 'missing'],
  ['enough', samples.ownAccess, holds(assignmentOf(reader, app)), 'satisfied'],
  ['extendable', samples.ownAccess, holds(assignmentOf(reader, forOthers)), 'missing'],
  ['not understood', samples.ownAccess, holds(assignmentOf(reader, strange)), 'conflicting'],
  ['nothing', samples.replacementRole, {}, 'missing'],
  ['of others', samples.replacementRole, holds(assignmentOf(reader)), 'missing'],
  ['other role', samples.replacementRole, holds(assignmentOf(roles.acrPull.id, theirs)), 'missing'],
  ['held', samples.replacementRole, holds(assignmentOf(reader, theirs)), 'satisfied'],
  ['held above', samples.replacementRole, holds(assignmentOf(reader, { ...theirs, scope: '/' })), 'satisfied'],
  ['with a condition', samples.replacementRole, holds(assignmentOf(reader, { ...theirs, ...app })), 'conflicting'],
  [
    'condition above',
    samples.replacementRole,
    holds(assignmentOf(reader, { ...theirs, ...app, scope: '/' })),
    'missing',
  ],
  ['none', samples.withoutArticleScope, holds(assignmentOf(reader)), 'satisfied'],
  ['no identity', samples.withoutArticleScope, { identity: undefined }, 'conflicting'],
  ['alone', samples.withoutArticleScope, holds(assignmentOf(reader, below)), 'conflicting'],
  [
    'replaced',
    samples.withoutArticleScope,
    holds(assignmentOf(reader, below), assignmentOf(reader, app)),
    'missing, one thing',
  ],
  ['AcrPull', samples.withoutArticleScope, holds(assignmentOf(roles.acrPull.id, below)), 'conflicting'],
  ['other role', samples.withoutArticleScope, holds(assignmentOf(roles.acrPush.id, below)), 'satisfied'],
  ['own condition', samples.withoutArticleScope, holds(assignmentOf(reader, { ...below, ...app })), 'conflicting'],
  ['condition of others', samples.withoutArticleScope, holds(assignmentOf(reader, { ...below, ...wide })), 'satisfied'],
  ['none', samples.withoutClientIdGrants, holds(assignmentOf(reader)), 'satisfied'],
  ['here', samples.withoutClientIdGrants, holds(assignmentOf(roles.acrPush.id, client)), 'missing, one thing'],
  ['below', samples.withoutClientIdGrants, holds(assignmentOf(reader, { ...client, ...below })), 'missing, one thing'],
  ['above', samples.withoutClientIdGrants, holds(assignmentOf(reader, { ...client, scope: '/' })), 'satisfied'],
  ['not for images', samples.withoutClientIdGrants, holds(assignmentOf(roles.owner.id, client)), 'satisfied'],
  ['nothing', samples.withoutSource, { rules: [ruleOf()] }, 'satisfied'],
  ['its own', samples.withoutSource, holds(assignmentOf(reader, app)), 'missing'],
  [
    'read by another',
    samples.withoutSource,
    { assignments: [assignmentOf(reader, app)], rules: [ruleOf(), ruleOf({ name: 'Other' })] },
    'satisfied',
  ],
  ['shared', samples.withoutSource, holds(assignmentOf(reader, wide)), 'satisfied, warnings 1'],
  ['for everything', samples.withoutSource, holds(assignmentOf(reader)), 'satisfied'],
  [
    'no right',
    samples.withoutSource,
    { ...holds(assignmentOf(reader, app)), may: { state: 'missing' } },
    'satisfied, warnings 1',
  ],
  ['no identity', samples.withoutSource, { identity: undefined }, 'satisfied'],
  [
    'identity made again',
    samples.withoutSource,
    {
      ...holds(assignmentOf(reader, { ...app, ...theirs })),
      identity: { ...identityNow, principalId: otherPrincipal },
    },
    'satisfied',
  ],
];

describe.each([
  ['rules', ofRules],
  ['things', ofThings],
  ['access', ofAccess],
])('what is found of %s', (__, cases) => {
  it.each(cases.map(([what, one, state, verdict]) => [one.id, what, verdict, one, state] as const))(
    '%s, %s: %s',
    async (id, what, verdict, one, state) => {
      expect(await fake.verdictOf(one, state), `${id}, ${what}`).toBe(verdict);
    },
  );
});

it('a plan takes for gone what is to go, and for given what is to be given', async () => {
  const own = holds(assignmentOf(reader, app));
  expect(await fake.verdictOf(samples.withoutIdentity, own, true)).toBe('missing, exists, one thing');
  expect(await fake.verdictOf(samples.withoutIdentity, rules({ name: 'Other' }), true)).toBe('conflicting, inUse');
  expect(await fake.verdictOf(samples.withoutArticleScope, holds(assignmentOf(reader, below)), true)).toBe(
    'missing, one thing',
  );
});

it('what the switch would end cannot be read: it is told, but a cancel ends the walk', async () => {
  const found = await samples.abacMode.inspect(
    fakeAzure({ ...legacy, assignments: [assignmentOf(roles.acrPull.id), assignmentOf(reader)] }).context,
  );
  expect(found.evidence).toMatchObject([{ resourceId: assignmentOf(roles.acrPull.id).id }]);
  const cancelled = failure('Cancelled', 'cancelled');
  await expect(samples.abacMode.inspect(fakeAzure({ ...legacy, assignments: cancelled }).context)).rejects.toBe(
    cancelled,
  );
});

it.each([
  [undefined, 'conflicting'],
  [true, 'missing, warnings 1'],
] as const)('a set-up switches only with consent (%s): %s', async (allowAbacSwitch, verdict) => {
  const asked = { ...(allowAbacSwitch && { allowAbacSwitch }), keepAccess: undefined } as object;
  const requirements = requirementsOf(articleLink(asked));
  expect(requirements.map(({ kind }) => kind)).toEqual(['identity', 'abacMode', 'roleAssignment', 'cacheRule']);
  expect(await fake.verdictOf(requirements[1]!, legacy)).toBe(verdict);
  const user = { principalId: otherPrincipal, principalType: 'User', roleIds: [reader] } as const;
  const [, first, second] = requirementsOf(articleLink({ ...asked, keepAccess: [user] }));
  expect([first?.id, second?.id].includes('abacMode') && first?.id !== 'abacMode').toBe(allowAbacSwitch === true);
});

it('a permission for everything is told as one, by form of access or by mapping', () => {
  const told = [articleLink({ access: 'registry' }), articleLink({ mappings: [mapping('All', '*')] }), link].map(
    (one) => roleAssignment(one).describe().todo,
  );
  expect(told[0]).toBe(told[1]);
  expect(told[2]).not.toBe(told[0]);
});
