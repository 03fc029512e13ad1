import { describe, expect, it } from 'vitest';
import { chinaCloud, publicCloud } from '../../../../src/azure/clouds.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { failure, link, ruleOf, type State } from '../requirements/fakeAzure.ts';
import { all, busy, fails, foundBy, from, gone, none, registry, rule, without, type Case } from './foundBy.ts';

const china = { cloud: { ...chinaCloud } };
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
