import { expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule, Registry } from '../../../../src/domain/types.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { requirementsOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import type { CacheLink } from '../../../../src/provisioning/types.ts';
import { articleLink, mapping } from '../links.ts';
import { failure, fakeAzure, identityNow, link, ruleOf, type State } from '../requirements/fakeAzure.ts';

type Case = readonly [what: string, state: State, change?: Partial<CacheLink>];

/** A registry that has these repositories, as the source and the target. */
function content(names: readonly string[] | Error, isCut = false): object {
  const listed = () => (names instanceof Error ? Promise.reject(names) : Promise.resolve(names));
  return {
    repositoryExists: (name: string) => listed().then((all) => all.includes(name)),
    repositories: ({ onCut }: { readonly onCut: () => void }) => {
      if (isCut) onCut();
      return listed();
    },
  };
}
const ready: State = { content: content(['myapp']), feature: 'Registered' };
const cached = [mapping('MyRule', 'myapp', 'cache/myapp')];

/** What is found before the first write of a set-up: code, verdict and severity of each finding. */
async function foundOf([what, state, change]: Case): Promise<string> {
  const wanted = articleLink({ mappings: cached, ...change });
  const { azure } = fakeAzure({ ...ready, ...state });
  const { findings, canApply } = await planOf(azure, { requirements: requirementsOf(wanted), link: wanted });
  const short = findings.map(({ code, verdict, severity }) => `${code} ${verdict} ${severity}`);
  return `${what}: ${[...short, canApply ? 'may be applied' : 'blocked'].join(', ')}`;
}

/** Each registry as it is, but for what `change` says of the downstream (or the upstream). */
const registries = (change: object | Error, id = link.downstream.id): State => ({
  with: (azure: Azure) => ({
    registries: {
      get: async (asked: string): Promise<Registry> => {
        if (asked === id && change instanceof Error) throw change;
        return { ...(await azure.registries.get(asked)), ...(asked === id ? change : {}) };
      },
    },
  }),
});
const back = (change: Partial<CacheRule> = {}): State => ({
  rules: [
    ruleOf({
      ...{ name: 'Back', id: cacheRuleArmId(link.source.id, 'Back'), registryId: link.source.id },
      ...{ sourceRepository: `${link.downstream.loginServer}/cache/myapp`, targetRepository: 'myapp', ...change },
    }),
  ],
});
const others = (count: number): CacheRule[] =>
  Array.from({ length: count }, (_, at) => {
    const name = `Other${at}`;
    return ruleOf({ name, sourceRepository: 'x.example/a', targetRepository: `other/${at}` });
  });
const written = ruleOf({ targetRepository: 'cache/myapp' });
const bare = others(1).map((rule) => ({ ...rule, identity: undefined }) as object as CacheRule);
const team = { mappings: [mapping('MyRule', 'team/*', 'cache/*')] };

const cases: Case[] = [
  ['nothing', {}],
  ['a rule back', back()],
  [
    'a rule back, in other letters',
    back({ sourceRepository: `${link.downstream.loginServer.toUpperCase()}/cache/myapp` }),
  ],
  ['a rule back, of everything', back({ sourceRepository: `${link.downstream.loginServer}/*`, targetRepository: '*' })],
  ['a rule back, to elsewhere', back({ targetRepository: 'elsewhere' })],
  ['a rule back, from elsewhere', back({ sourceRepository: `${link.downstream.loginServer}/elsewhere` })],
  ['a rule from another registry', back({ sourceRepository: 'x.example/cache/myapp' })],
  ['a rule back with no source', back({ sourceRepository: '?' })],
  ['a rule back with no target', back({ targetRepository: '?' })],
  ['no feature', { feature: 'NotRegistered' }],
  ['no feature in this cloud', { feature: 'NotFound' }],
  ['no feature, a rule with an identity', { feature: 'NotRegistered', rules: others(1) }],
  ['no feature, a rule without', { feature: 'NotRegistered', rules: bare }],
  ['no feature, to be registered', { feature: 'NotRegistered' }, { allowFeatureRegistration: true }],
  ['no feature, nothing to write', { feature: 'NotRegistered', rules: [written] }],
  ['feature not told', { with: () => ({ features: { get: () => Promise.reject(failure('Busy')) } }) }],
  ['999 rules', { rules: others(999) }],
  ['1000 rules', { rules: others(1000) }],
  ['1000 rules, nothing to write', { rules: [...others(999), written] }],
  ['another tenant', registries({ tenantId: 'other' })],
  ['an identity of another tenant', { identity: { ...identityNow, tenantId: 'other' } }],
  ['an identity that is to be made', { identity: undefined }],
  ...['Failed', 'Deleting', 'Updating', 'Creating'].map((provisioningState): Case => [
    provisioningState,
    registries({ provisioningState }),
  ]),
  ['another login server', registries({ loginServer: 'other.example' })],
  ['another cloud', registries({ loginServer: 'myregistry.elsewhere' })],
  ['a registry that is gone', registries(failure('ResourceNotFound', 'notFound'))],
  ['a registry that is not readable', registries(failure('Busy'))],
  ['an upstream that is not readable', registries(failure('Busy'), link.source.id)],
  ['a restricted network', registries({ networkDefaultAction: 'Deny', networkRuleBypassOptions: 'None' })],
  ['a network not told', registries({ networkDefaultAction: 'Deny' })],
  [
    'a restricted upstream',
    registries({ networkDefaultAction: 'Deny', networkRuleBypassOptions: 'None' }, link.source.id),
  ],
  ['an upstream not told', registries({ networkDefaultAction: 'Deny' }, link.source.id)],
  ['soft delete', registries({ softDelete: true })],
  ['no source', { content: content([]) }],
  ['no source known, of a wildcard', { content: content([]) }, team],
  ['a source that is not readable', { content: content(failure('Busy')) }],
  ['a source that may not be read', { content: content(failure('Denied', 'forbidden')) }],
  ['a target', { content: content(['myapp', 'cache/myapp']) }],
  ['a target that is written again', { content: content(['myapp', 'cache/myapp']), rules: [written] }],
  [
    'a target of a failed rule',
    { content: content(['myapp', 'cache/myapp']), rules: [{ ...written, provisioningState: 'Failed' }] },
  ],
  ['a target within', { content: content(['cache/x']) }, team],
  ['a target beside', { content: content(['cache2/x']) }, team],
  ['a target beside, not all listed', { content: content(['cache2/x'], true) }, team],
  ['no right', { may: { state: 'missing' } }],
  ['a right denied', { may: { state: 'denied', deniedBy: 'Of a stack' } }],
  ['a right perhaps denied', { may: { state: 'unknown', deniedBy: 'Of a stack' } }],
  ['denials not told', { may: { state: 'unknown' } }],
  ['rights not told', { with: () => ({ roles: { permissions: () => Promise.reject(failure('Busy')) } }) }],
];

it('what stands against a set-up, or is to be known before it', async () => {
  expect(await Promise.all(cases.map(foundOf))).toMatchInlineSnapshot(`
    [
      "nothing: may be applied",
      "a rule back: cycle problem blocking, blocked",
      "a rule back, in other letters: cycle problem blocking, blocked",
      "a rule back, of everything: cycle problem blocking, blocked",
      "a rule back, to elsewhere: may be applied",
      "a rule back, from elsewhere: may be applied",
      "a rule from another registry: may be applied",
      "a rule back with no source: may be applied",
      "a rule back with no target: may be applied",
      "no feature: featureFlag warning warning, may be applied",
      "no feature in this cloud: may be applied",
      "no feature, a rule with an identity: may be applied",
      "no feature, a rule without: featureFlag warning warning, may be applied",
      "no feature, to be registered: may be applied",
      "no feature, nothing to write: may be applied",
      "feature not told: may be applied",
      "999 rules: may be applied",
      "1000 rules: ruleLimit problem blocking, blocked",
      "1000 rules, nothing to write: may be applied",
      "another tenant: tenant problem blocking, blocked",
      "an identity of another tenant: identityTenant problem blocking, blocked",
      "an identity that is to be made: may be applied",
      "Failed: registryState warning warning, may be applied",
      "Deleting: registryState problem blocking, blocked",
      "Updating: registryState warning warning, may be applied",
      "Creating: registryState problem blocking, blocked",
      "another login server: loginServer problem blocking, blocked",
      "another cloud: loginServer problem blocking, cloud warning warning, blocked",
      "a registry that is gone: registryUnreadable problem blocking, targetUnknown unknown warning, blocked",
      "a registry that is not readable: registryUnreadable problem blocking, targetUnknown unknown warning, blocked",
      "an upstream that is not readable: registryUnreadable problem blocking, sourceUnknown unknown warning, blocked",
      "a restricted network: downstreamNetwork problem warning, may be applied",
      "a network not told: may be applied",
      "a restricted upstream: upstreamNetwork warning warning, may be applied",
      "an upstream not told: upstreamNetwork unknown warning, may be applied",
      "soft delete: softDelete problem warning, may be applied",
      "no source: sourceMissing warning warning, may be applied",
      "no source known, of a wildcard: may be applied",
      "a source that is not readable: targetUnknown unknown warning, sourceUnknown unknown warning, may be applied",
      "a source that may not be read: targetUnknown unknown warning, sourceUnknown unknown warning, may be applied",
      "a target: targetExists problem blocking, blocked",
      "a target that is written again: may be applied",
      "a target of a failed rule: may be applied",
      "a target within: targetExists problem blocking, blocked",
      "a target beside: may be applied",
      "a target beside, not all listed: targetUnknown unknown warning, may be applied",
      "no right: right problem blocking, right problem blocking, right warning warning, blocked",
      "a right denied: rightDenied problem blocking, rightDenied problem blocking, rightDenied warning warning, blocked",
      "a right perhaps denied: denialUnknown unknown warning, denialUnknown unknown warning, denialUnknown unknown warning, may be applied",
      "denials not told: denialsUnread unknown warning, may be applied",
      "rights not told: rightUnknown unknown warning, rightUnknown unknown warning, rightUnknown unknown warning, may be applied",
    ]
  `);
});
