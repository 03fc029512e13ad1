import { describe, expect, it } from 'vitest';
import { chinaCloud, publicCloud } from '../../../../src/azure/clouds.ts';
import type { Azure } from '../../../../src/azure/azure.ts';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { factsOfRule } from '../../../../src/provisioning/checks/facts.ts';
import { ruleChecks } from '../../../../src/provisioning/checks/index.ts';
import { runCheck } from '../../../../src/provisioning/diagnosis/runCheck.ts';
import { pattern } from '../links.ts';
import {
  assignmentOf,
  failure,
  fakeAzure,
  identityId,
  identityNow,
  link,
  otherPrincipal,
  ruleOf,
  type State,
} from '../requirements/fakeAzure.ts';

type Case = readonly [check: string, what: string, state: State, more?: object];

/** Verdict and code of one check of the rule, and the repair that it offers. */
async function foundBy([id, what, state, more = {}]: Case): Promise<string> {
  const { azure } = fakeAzure(state);
  const cacheRules = { ...azure.cacheRules, serviceVersions: () => ['v'] };
  const facts = factsOfRule({ ...azure, cacheRules, ...more } as object as Azure, ruleOf().id);
  const check = ruleChecks.find((one) => one.id === id);
  if (!check) throw new Error(`There is no check ${id}.`);
  const { verdict, code, repair, evidence } = await runCheck(check, facts);
  const steps = repair && [...repair.once(repair.link), ...(repair.each?.(repair.link) ?? [])].map((one) => one.id);
  const parts = [`${id}, ${what}: ${verdict} ${code}`, evidence.length > 0 && `evidence ${evidence.length}`];
  return [
    ...parts,
    repair && `${repair.id}: ${repair.link.access}, ${repair.confirmation ? 'asks, ' : ''}${steps?.join(' ')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const rule = (...changes: Partial<CacheRule>[]): State => ({ rules: changes.map(ruleOf) });
const without = (part: keyof CacheRule, change: Partial<CacheRule> = {}): State => ({
  rules: [{ ...ruleOf(change), [part]: undefined }],
});
const registry = (change: object): State => ({ rules: [ruleOf()], registry: change });
const fails = (client: string, method: string, error: Error): State => ({
  rules: [ruleOf()],
  with: () => ({ [client]: { [method]: () => Promise.reject(error) } }),
});
const gone = failure('ResourceNotFound', 'notFound');
const busy = failure('Busy');
const from = (host: string): Partial<CacheRule> => ({ sourceRepository: `${host}/myapp` });
const legacy = { roleAssignmentMode: 'LegacyRegistryPermissions' } as const;
const reader = roles.repositoryReader.id;
const conditionOf = (...names: string[]) => ({ condition: generateCondition(names.map(pattern))! });
const app = conditionOf('myapp');
const strange = { condition: '@Environment[isPrivateLink] BoolEquals true' };
const below = { scope: `${link.source.id}/repositories/myapp` };
const holds = (...assignments: ReturnType<typeof assignmentOf>[]): State => ({ assignments, rules: [ruleOf()] });
const wide = {
  condition: app.condition.replaceAll("StringEqualsIgnoreCase 'myapp'", "StringStartsWithIgnoreCase 'my'"),
};
const china = { cloud: { ...chinaCloud } };
const all: State = { rules: [ruleOf({ sourceRepository: `${link.source.loginServer}/*`, targetRepository: 'x/*' })] };

const ofRule: Case[] = [
  ['registryReady', 'there', rule({})],
  ['registryReady', 'without a state', registry({ provisioningState: undefined })],
  ...['Succeeded', 'Failed', 'Canceled', 'Deleting', 'Updating', 'Creating'].map((provisioningState): Case => [
    'registryReady',
    provisioningState,
    registry({ provisioningState }),
  ]),
  ['registryReady', 'of another tier', registry({ sku: 'Classic' })],
  ['registryReady', 'gone', fails('registries', 'get', gone)],
  ['registryReady', 'not readable', fails('registries', 'get', busy)],
  ['ruleState', 'there', rule({})],
  ['ruleState', 'without a state', without('provisioningState')],
  ...['Failed', 'Canceled', 'Creating'].map((state): Case => ['ruleState', state, rule({ provisioningState: state })]),
  ['ruleState', 'failed without identity', without('identity', { provisioningState: 'Failed' })],
  ['ruleState', 'gone', {}],
  ['ruleState', 'not readable', fails('cacheRules', 'list', busy)],
  ['sourceRecognised', 'there', rule({})],
  ['sourceRecognised', 'of no path', rule({ sourceRepository: '?' })],
  ['sourceRecognised', 'known', rule(from('docker.io'))],
  ['sourceRecognised', 'of this cloud', rule(from(`x${publicCloud.registrySuffix}`)), { cloud: publicCloud }],
  ['sourceRecognised', 'of another cloud', rule(from(`x${publicCloud.registrySuffix}`)), china],
  ['sourceRecognised', 'of a custom cloud', rule(from('x.example')), { cloud: { ...chinaCloud, isCustom: true } }],
  ['sourceRecognised', 'of nobody', rule(from('x.example'))],
  ['paths', 'two', rule({})],
  ['paths', 'of wildcards', all],
  ['paths', 'with no source', rule({ sourceRepository: '?' })],
  ['paths', 'with no target', rule({ targetRepository: '?' })],
  ['paths', 'mixed', rule({ targetRepository: 'x/*' })],
  ['overlaps', 'none', rule({})],
  ['overlaps', 'with no path', rule({ targetRepository: '?' })],
  ['overlaps', 'of the same target', rule({}, { name: 'Other' })],
  ['overlaps', 'beside', rule({}, { name: 'Other', targetRepository: 'x' })],
  ['overlaps', 'inside, from elsewhere', { rules: [...all.rules!, ruleOf({ name: 'In', targetRepository: 'x/a' })] }],
  [
    'overlaps',
    'inside, the same',
    {
      rules: [
        ...all.rules!,
        ruleOf({ name: 'In', sourceRepository: `${link.source.loginServer}/a`, targetRepository: 'x/a' }),
      ],
    },
  ],
  [
    'overlaps',
    'inside, of another registry',
    { rules: [...all.rules!, ruleOf({ name: 'In', sourceRepository: 'other.example/a', targetRepository: 'x/a' })] },
  ],
  [
    'overlaps',
    'inside, a wildcard',
    {
      rules: [
        ...all.rules!,
        ruleOf({ name: 'In', sourceRepository: `${link.source.loginServer}/a/*`, targetRepository: 'x/a/*' }),
      ],
    },
  ],
  ['ruleCount', 'few', rule({})],
  ['ruleCount', '999', { rules: Array.from({ length: 999 }, () => ruleOf()) }],
  ['ruleCount', '1000', { rules: Array.from({ length: 1000 }, () => ruleOf()) }],
  ['authentication', 'as an identity', rule({})],
  ['authentication', 'of no path', rule({ sourceRepository: '?' })],
  ['authentication', 'twice', rule({ credentialSetId: '/c' })],
  ['authentication', 'by credentials', without('identity', { credentialSetId: '/c' })],
  ['authentication', 'none', without('identity')],
  ['authentication', 'not told', without('identity', { identityUnknown: true })],
  ['authentication', 'by identity elsewhere', rule(from('docker.io'))],
  ['authentication', 'none where it is needed', without('identity', from('docker.io'))],
  ['authentication', 'where it is needed', without('identity', { ...from('docker.io'), credentialSetId: '/c' })],
  [
    'authentication',
    'where there is none',
    without('identity', { ...from('mcr.microsoft.com'), credentialSetId: '/c' }),
  ],
  ['authentication', 'none where there is none', without('identity', from('mcr.microsoft.com'))],
  ['authentication', 'where either is taken', without('identity', { ...from('quay.io'), credentialSetId: '/c' })],
  ['authentication', 'none where either is taken', without('identity', from('quay.io'))],
];

const none = without('identity');
const lost: State = { ...rule({}), identity: undefined };
const anew: State = { ...rule({}), identity: { ...identityNow, principalId: otherPrincipal } };
const ofIdentity: Case[] = [
  ...[
    'identityExists',
    'identityTenant',
    'identityPrincipal',
    'permissionMode',
    'sourceReadable',
    'leastAccess',
  ].flatMap((id): Case[] => [
    [id, 'there', holds(assignmentOf(reader, app))],
    [id, 'none', none],
    [id, 'gone', lost],
    [id, 'gone with its group', fails('identities', 'get', failure('ResourceGroupNotFound', 'notFound'))],
    [id, 'not told', without('identity', { identityUnknown: true })],
    [id, 'elsewhere', rule(from('x.example'))],
    [id, 'not of Azure', rule(from('docker.io'))],
    [id, 'not readable', fails('identities', 'get', busy)],
    [id, 'of an upstream that is not readable', fails('registries', 'findByLoginServer', busy)],
  ]),
  ['identityExists', 'gone, in RBAC mode', { ...lost, registry: legacy }],
  ['identityPrincipal', 'made again', anew],
  ['identityPrincipal', 'made again, elsewhere', { ...anew, ...rule(from('x.example')) }],
  ['identityPrincipal', 'not told', rule({ identity: { id: identityId } })],
  [
    'identityPrincipal',
    'in other letters',
    { ...rule({ identity: { id: identityId, principalId: 'abc' } }), identity: { ...identityNow, principalId: 'ABC' } },
  ],
  ['identityTenant', 'another', { ...rule({}), identity: { ...identityNow, tenantId: 'other' } }],
  ['identityTenant', 'not known', rule(from(`x${publicCloud.registrySuffix}`))],
  [
    'identityTenant',
    'not known in a custom cloud',
    rule(from('x.example')),
    { cloud: { ...chinaCloud, isCustom: true } },
  ],
  ['permissionMode', 'RBAC', { ...holds(), registry: legacy }],
  ['permissionMode', 'RBAC with AcrPull', { ...holds(assignmentOf(roles.acrPull.id)), registry: legacy }],
  ['sourceReadable', 'none', holds()],
  ['sourceReadable', 'of others', holds(assignmentOf(reader, conditionOf('other')))],
  ['sourceReadable', 'not understood', holds(assignmentOf(reader, strange))],
  ['sourceReadable', 'below', holds(assignmentOf(reader, below))],
  ['sourceReadable', 'AcrPull', holds(assignmentOf(roles.acrPull.id))],
  ['sourceReadable', 'AcrPush', holds(assignmentOf(roles.acrPush.id))],
  ['sourceReadable', 'to the client id', holds(assignmentOf(reader, { principalId: identityNow.clientId }))],
  ['sourceReadable', 'RBAC, none', { ...holds(), registry: legacy }],
  ['sourceReadable', 'RBAC, AcrPull', { ...holds(assignmentOf(roles.acrPull.id)), registry: legacy }],
  ['sourceReadable', 'RBAC, the right role', { ...holds(assignmentOf(reader, app)), registry: legacy }],
  ['leastAccess', 'RBAC', { ...holds(), registry: legacy }],
  ['leastAccess', 'of everything', { ...all, assignments: [assignmentOf(reader)] }],
  ['leastAccess', 'whole', holds(assignmentOf(reader))],
  ['leastAccess', 'whole, above', holds(assignmentOf(reader, { scope: '/' }))],
  ['leastAccess', 'whole, a writer', holds(assignmentOf(roles.repositoryWriter.id))],
  ['leastAccess', 'a wider start', holds(assignmentOf(reader, wide))],
  ['leastAccess', 'others', holds(assignmentOf(reader, conditionOf('myapp', 'other')))],
  ['leastAccess', 'others below a path', holds(assignmentOf(reader, conditionOf('myapp', 'other/*')))],
  ['leastAccess', 'below besides', holds(assignmentOf(reader, app), assignmentOf(reader, below))],
  ['leastAccess', 'below alone', holds(assignmentOf(reader, below))],
  ['leastAccess', 'not understood', holds(assignmentOf(reader, strange))],
  ['leastAccess', 'not for images', holds(assignmentOf(roles.owner.id))],
];

const credential = (set: object | Error, change: Partial<CacheRule> = {}): Case => [
  'credentialSet',
  set instanceof Error ? set.message : JSON.stringify(set),
  rule({ credentialSetId: '/c', ...change }),
  {
    credentialSets: {
      get: () =>
        set instanceof Error
          ? Promise.reject(set)
          : Promise.resolve({ id: '/c', loginServer: link.source.loginServer, ...set }),
    },
  },
];
const network = (change: object): State => registry({ networkDefaultAction: 'Deny', ...change });
const failed = { provisioningState: 'Failed' };
const ofSettings: Case[] = [
  ...['trustedServices', 'upstreamNetwork'].flatMap((id): Case[] => [
    [id, 'open', rule({})],
    [id, 'allowed', registry({ networkDefaultAction: 'Allow' })],
    [id, 'denied, let through', network({ networkRuleBypassOptions: 'AzureServices' })],
    [id, 'denied, shut out', network({ networkRuleBypassOptions: 'None' })],
    [id, 'denied, not told', network({})],
    [id, 'not public', registry({ publicNetworkAccess: 'Disabled', networkRuleBypassOptions: 'None' })],
    [id, 'in a perimeter', registry({ publicNetworkAccess: 'SecuredByPerimeter', networkRuleBypassOptions: 'None' })],
    [
      id,
      'shut out, without identity',
      { ...none, ...network({ networkRuleBypassOptions: 'None' }), rules: none.rules! },
    ],
  ]),
  ['upstreamNetwork', 'not visible', rule(from('x.example'))],
  ['virtualNetworks', 'open', rule({})],
  ['virtualNetworks', 'not told', network({})],
  ['virtualNetworks', 'none', network({ virtualNetworkRules: 0 })],
  ['virtualNetworks', 'one', network({ virtualNetworkRules: 1 })],
  ['softDelete', 'not told', rule({})],
  ['softDelete', 'off', registry({ softDelete: false })],
  ['softDelete', 'on', registry({ softDelete: true })],
  ['credentialSet', 'none', rule({})],
  credential(gone),
  credential(busy),
  credential({ health: [] }),
  credential({ health: [{ status: 'Healthy' }] }),
  credential({ health: [{ status: 'Healthy' }, { status: 'Odd' }] }),
  credential({ health: [{ status: 'Unhealthy', errorCode: 'X' }] }),
  credential({ health: [], loginServer: 'docker.io' }),
  credential({ health: [], loginServer: 'x' }, { sourceRepository: '?' }),
  ['featureFlag', 'none', none],
  ['featureFlag', 'in place', rule({})],
  ...['Registered', 'NotFound', 'Pending', 'Registering', 'NotRegistered'].map((feature): Case => [
    'featureFlag',
    `failed, ${feature}`,
    { ...rule(failed), feature },
  ]),
  ['featureFlag', 'cancelled', { ...rule({ provisioningState: 'Canceled' }), feature: 'NotRegistered' }],
  ['featureFlag', 'failed, elsewhere', { ...rule({ ...failed, ...from('x.example') }), feature: 'NotRegistered' }],
];

describe('what checks find', () => {
  const found = (cases: readonly Case[]) => Promise.all(cases.map(foundBy));
  it('of the rule and its registry', async () =>
    expect(await found(ofRule)).toMatchInlineSnapshot(`
      [
        "registryReady, there: ok registryReady, evidence 1",
        "registryReady, without a state: ok registryReady, evidence 1",
        "registryReady, Succeeded: ok registryReady, evidence 1",
        "registryReady, Failed: warning registryState, evidence 1",
        "registryReady, Canceled: warning registryState, evidence 1",
        "registryReady, Deleting: problem registryState, evidence 1",
        "registryReady, Updating: warning registryState, evidence 1",
        "registryReady, Creating: problem registryState, evidence 1",
        "registryReady, of another tier: problem registryTier, evidence 1",
        "registryReady, gone: problem registryGone",
        "registryReady, not readable: unknown notChecked, evidence 1",
        "ruleState, there: ok ruleInPlace, evidence 2",
        "ruleState, without a state: ok ruleInPlace, evidence 2",
        "ruleState, Failed: problem ruleFailed, evidence 2, writeRuleAgain: condition, cacheRule:MyRule",
        "ruleState, Canceled: problem ruleFailed, evidence 2, writeRuleAgain: condition, cacheRule:MyRule",
        "ruleState, Creating: warning ruleChanging, evidence 2",
        "ruleState, failed without identity: problem ruleFailed, evidence 2",
        "ruleState, gone: problem ruleGone",
        "ruleState, not readable: unknown notChecked, evidence 1",
        "sourceRecognised, there: ok upstreamFound, evidence 1",
        "sourceRecognised, of no path: notApplicable sourceUnreadable",
        "sourceRecognised, known: ok upstreamKnown",
        "sourceRecognised, of this cloud: unknown upstreamNotVisible",
        "sourceRecognised, of another cloud: problem upstreamOtherCloud",
        "sourceRecognised, of a custom cloud: unknown upstreamNotVisible",
        "sourceRecognised, of nobody: problem upstreamUnsupported",
        "paths, two: ok pathsValid, evidence 1",
        "paths, of wildcards: ok pathsValid, evidence 1",
        "paths, with no source: problem sourceNotPath, evidence 1",
        "paths, with no target: problem targetNotPath, evidence 1",
        "paths, mixed: problem wildcardMixed, evidence 1",
        "overlaps, none: ok targetAlone",
        "overlaps, with no path: notApplicable pathsUnreadable",
        "overlaps, of the same target: problem targetTwice, evidence 1",
        "overlaps, beside: ok targetAlone",
        "overlaps, inside, from elsewhere: warning targetDiverted, evidence 1",
        "overlaps, inside, the same: ok targetAlone, evidence 1",
        "overlaps, inside, of another registry: warning targetDiverted, evidence 1",
        "overlaps, inside, a wildcard: problem targetTwice, evidence 1",
        "ruleCount, few: ok rulesFit",
        "ruleCount, 999: ok rulesFit",
        "ruleCount, 1000: warning ruleLimit",
        "authentication, as an identity: ok authenticatesAsIdentity, evidence 1",
        "authentication, of no path: notApplicable sourceUnreadable",
        "authentication, twice: warning authenticationTwice, evidence 1",
        "authentication, by credentials: ok authenticatesByCredentials, evidence 1",
        "authentication, none: problem authenticationNone, evidence 1",
        "authentication, not told: unknown notChecked, evidence 1",
        "authentication, by identity elsewhere: warning identityNotAccepted, evidence 1",
        "authentication, none where it is needed: problem credentialsMissing, evidence 1",
        "authentication, where it is needed: ok authenticationAccepted, evidence 1",
        "authentication, where there is none: problem credentialsNotAccepted, evidence 1",
        "authentication, none where there is none: ok authenticationAccepted, evidence 1",
        "authentication, where either is taken: ok authenticationAccepted, evidence 1",
        "authentication, none where either is taken: ok authenticationAccepted, evidence 1",
      ]
    `));
  it('of its identity', async () =>
    expect(await found(ofIdentity)).toMatchInlineSnapshot(`
      [
        "identityExists, there: ok identityExists, evidence 1",
        "identityExists, none: notApplicable identityNone",
        "identityExists, gone: problem identityGone, evidence 1, makeIdentityAgain: condition, identity roleAssignment ruleIdentity:MyRule",
        "identityExists, gone with its group: problem identityGone, evidence 1, makeIdentityAgain: condition, identity roleAssignment ruleIdentity:MyRule",
        "identityExists, not told: unknown notChecked, evidence 1",
        "identityExists, elsewhere: ok identityExists, evidence 1",
        "identityExists, not of Azure: ok identityExists, evidence 1",
        "identityExists, not readable: unknown notChecked, evidence 1",
        "identityExists, of an upstream that is not readable: ok identityExists, evidence 1",
        "identityTenant, there: ok tenantSame, evidence 3",
        "identityTenant, none: notApplicable identityNone",
        "identityTenant, gone: notApplicable identityGone",
        "identityTenant, gone with its group: notApplicable identityGone",
        "identityTenant, not told: unknown notChecked, evidence 1",
        "identityTenant, elsewhere: ok tenantSame, evidence 2",
        "identityTenant, not of Azure: ok tenantSame, evidence 2",
        "identityTenant, not readable: unknown notChecked, evidence 1",
        "identityTenant, of an upstream that is not readable: unknown notChecked, evidence 1",
        "identityPrincipal, there: ok principalSame, evidence 2",
        "identityPrincipal, none: notApplicable identityNone",
        "identityPrincipal, gone: notApplicable identityGone",
        "identityPrincipal, gone with its group: notApplicable identityGone",
        "identityPrincipal, not told: unknown notChecked, evidence 1",
        "identityPrincipal, elsewhere: ok principalSame, evidence 2",
        "identityPrincipal, not of Azure: ok principalSame, evidence 2",
        "identityPrincipal, not readable: unknown notChecked, evidence 1",
        "identityPrincipal, of an upstream that is not readable: ok principalSame, evidence 2",
        "permissionMode, there: ok modeAbac, evidence 1",
        "permissionMode, none: notApplicable identityNone",
        "permissionMode, gone: notApplicable identityGone",
        "permissionMode, gone with its group: notApplicable identityGone",
        "permissionMode, not told: unknown notChecked, evidence 1",
        "permissionMode, elsewhere: unknown linkUnknown",
        "permissionMode, not of Azure: notApplicable upstreamNotAcr",
        "permissionMode, not readable: unknown notChecked, evidence 1",
        "permissionMode, of an upstream that is not readable: unknown notChecked, evidence 1",
        "sourceReadable, there: ok readable, evidence 1",
        "sourceReadable, none: notApplicable identityNone",
        "sourceReadable, gone: notApplicable identityGone",
        "sourceReadable, gone with its group: notApplicable identityGone",
        "sourceReadable, not told: unknown notChecked, evidence 1",
        "sourceReadable, elsewhere: unknown linkUnknown",
        "sourceReadable, not of Azure: notApplicable upstreamNotAcr",
        "sourceReadable, not readable: unknown notChecked, evidence 1",
        "sourceReadable, of an upstream that is not readable: unknown notChecked, evidence 1",
        "leastAccess, there: ok accessLeast, evidence 1",
        "leastAccess, none: notApplicable identityNone",
        "leastAccess, gone: notApplicable identityGone",
        "leastAccess, gone with its group: notApplicable identityGone",
        "leastAccess, not told: unknown notChecked, evidence 1",
        "leastAccess, elsewhere: unknown linkUnknown",
        "leastAccess, not of Azure: notApplicable upstreamNotAcr",
        "leastAccess, not readable: unknown notChecked, evidence 1",
        "leastAccess, of an upstream that is not readable: unknown notChecked, evidence 1",
        "identityExists, gone, in RBAC mode: problem identityGone, evidence 1, makeIdentityAgain: acrPull, identity roleAssignment ruleIdentity:MyRule",
        "identityPrincipal, made again: problem principalOther, evidence 2, writeIdentityAgain: condition, roleAssignment ruleIdentity:MyRule",
        "identityPrincipal, made again, elsewhere: problem principalOther, evidence 2",
        "identityPrincipal, not told: unknown principalUnknown, evidence 2",
        "identityPrincipal, in other letters: ok principalSame, evidence 2",
        "identityTenant, another: problem identityTenant, evidence 3",
        "identityTenant, not known: unknown tenantUnknown, evidence 2",
        "identityTenant, not known in a custom cloud: unknown tenantUnknown, evidence 2",
        "permissionMode, RBAC: problem modeLegacy, evidence 1, switchToAbac: condition, asks, abacMode roleAssignment",
        "permissionMode, RBAC with AcrPull: warning modeLegacyPull, evidence 1, switchToAbac: condition, asks, abacMode roleAssignment",
        "sourceReadable, none: problem roleNone, grantRead: condition, roleAssignment",
        "sourceReadable, of others: problem otherRepositories, evidence 1, grantRead: condition, roleAssignment",
        "sourceReadable, not understood: unknown conditionUnclear, evidence 1",
        "sourceReadable, below: problem onlyArticleScope, evidence 1, replaceArticleScope: condition, roleAssignment withoutArticleScope",
        "sourceReadable, AcrPull: problem roleIgnored, evidence 1, grantRead: condition, roleAssignment",
        "sourceReadable, AcrPush: problem roleIgnored, evidence 1, grantRead: condition, roleAssignment",
        "sourceReadable, to the client id: problem roleNone, evidence 1, grantRead: condition, roleAssignment withoutClientIdGrants:33333333-3333-4333-8333-333333333333",
        "sourceReadable, RBAC, none: problem roleNoneLegacy, switchToAbac: condition, asks, abacMode roleAssignment",
        "sourceReadable, RBAC, AcrPull: ok readableLegacy, evidence 1",
        "sourceReadable, RBAC, the right role: notApplicable waitsForAbac",
        "leastAccess, RBAC: notApplicable modeLegacy",
        "leastAccess, of everything: ok sourceIsAll",
        "leastAccess, whole: warning accessTooWide, evidence 1, narrowCondition: condition, asks, narrowedCondition",
        "leastAccess, whole, above: warning accessTooWide, evidence 1",
        "leastAccess, whole, a writer: warning accessTooWide, evidence 1",
        "leastAccess, a wider start: warning accessTooWide, evidence 1, narrowCondition: condition, asks, narrowedCondition",
        "leastAccess, others: ok accessLeast, evidence 1",
        "leastAccess, others below a path: ok accessLeast, evidence 1",
        "leastAccess, below besides: warning articleScopeLeft, evidence 1, removeArticleScope: condition, withoutArticleScope",
        "leastAccess, below alone: ok accessLeast, evidence 1",
        "leastAccess, not understood: unknown conditionUnclear, evidence 1",
        "leastAccess, not for images: ok accessLeast",
      ]
    `));
  it('of settings', async () =>
    expect(await found(ofSettings)).toMatchInlineSnapshot(`
      [
        "trustedServices, open: ok networkOpen, evidence 1",
        "trustedServices, allowed: ok networkOpen, evidence 1",
        "trustedServices, denied, let through: ok trustedServicesPass, evidence 1",
        "trustedServices, denied, shut out: problem downstreamNetwork, evidence 1, allowTrustedServices: condition, trustedServices:MyRegistry",
        "trustedServices, denied, not told: unknown trustedServicesUnknown, evidence 1",
        "trustedServices, not public: problem downstreamNetwork, evidence 1, allowTrustedServices: condition, trustedServices:MyRegistry",
        "trustedServices, in a perimeter: problem downstreamNetwork, evidence 1, allowTrustedServices: condition, trustedServices:MyRegistry",
        "trustedServices, shut out, without identity: problem downstreamNetwork, evidence 1",
        "upstreamNetwork, open: ok networkOpen, evidence 1",
        "upstreamNetwork, allowed: ok networkOpen, evidence 1",
        "upstreamNetwork, denied, let through: ok upstreamNetwork, evidence 1",
        "upstreamNetwork, denied, shut out: warning upstreamNetwork, evidence 1, allowTrustedServicesUpstream: condition, trustedServices:UpstreamRegistry",
        "upstreamNetwork, denied, not told: unknown upstreamNetwork, evidence 1",
        "upstreamNetwork, not public: warning upstreamNetwork, evidence 1, allowTrustedServicesUpstream: condition, trustedServices:UpstreamRegistry",
        "upstreamNetwork, in a perimeter: warning upstreamNetwork, evidence 1, allowTrustedServicesUpstream: condition, trustedServices:UpstreamRegistry",
        "upstreamNetwork, shut out, without identity: warning upstreamNetwork, evidence 1",
        "upstreamNetwork, not visible: notApplicable upstreamNotVisible",
        "virtualNetworks, open: notApplicable networkOpen",
        "virtualNetworks, not told: unknown virtualNetworksUnknown",
        "virtualNetworks, none: ok virtualNetworksNone, evidence 1",
        "virtualNetworks, one: problem virtualNetworks, evidence 1",
        "softDelete, not told: unknown softDeleteUnknown",
        "softDelete, off: ok softDeleteOff, evidence 1",
        "softDelete, on: problem softDelete, evidence 1, softDeleteOff: condition, softDeleteOff:MyRegistry",
        "credentialSet, none: notApplicable credentialSetNone",
        "credentialSet, Azure: ResourceNotFound: problem credentialSetGone",
        "credentialSet, Azure: Busy: unknown notChecked, evidence 1",
        "credentialSet, {"health":[]}: unknown credentialSetUnknown",
        "credentialSet, {"health":[{"status":"Healthy"}]}: ok credentialSetHealthy, evidence 1",
        "credentialSet, {"health":[{"status":"Healthy"},{"status":"Odd"}]}: unknown credentialSetUnknown, evidence 2",
        "credentialSet, {"health":[{"status":"Unhealthy","errorCode":"X"}]}: problem credentialSetUnhealthy, evidence 1",
        "credentialSet, {"health":[],"loginServer":"docker.io"}: problem credentialSetOfOther",
        "credentialSet, {"health":[],"loginServer":"x"}: unknown credentialSetUnknown",
        "featureFlag, none: notApplicable identityNone",
        "featureFlag, in place: ok featureNotNeeded",
        "featureFlag, failed, Registered: ok featureRegistered, evidence 1",
        "featureFlag, failed, NotFound: ok featureAbsent, evidence 1",
        "featureFlag, failed, Pending: warning featureRegistering, evidence 1",
        "featureFlag, failed, Registering: warning featureRegistering, evidence 1",
        "featureFlag, failed, NotRegistered: problem featureFlag, evidence 1, registerFeature: condition, asks, featureFlag cacheRule:MyRule",
        "featureFlag, cancelled: problem featureFlag, evidence 1, registerFeature: condition, asks, featureFlag cacheRule:MyRule",
        "featureFlag, failed, elsewhere: problem featureFlag, evidence 1",
      ]
    `));
});

it('a cancel ends the check', async () => {
  const cancelled = fails('registries', 'get', failure('Cancelled', 'cancelled'));
  await expect(foundBy(['registryReady', 'cancelled', cancelled])).rejects.toMatchObject({ kind: 'cancelled' });
});
