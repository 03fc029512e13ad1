import { afterEach, describe, expect, it } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../../src/domain/armId.ts';
import type { CacheRuleInput } from '../../../src/azure/azure.ts';
import type { Identity } from '../../../src/domain/types.ts';
import type { LogEntry } from '../../sandbox/src/types.ts';
import type { SandboxOptions } from '../../sandbox/src/options.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

// A cloud each: what was seen of its api-versions is remembered.
let under: AzureUnderTest;
afterEach(() => under.close());

interface Rules {
  readonly id: string;
  readonly other: string;
  readonly input: CacheRuleInput;
  readonly identity: Identity;
}

async function cloudWith(options: SandboxOptions): Promise<Rules> {
  under = await startAzure({ retryAfterSeconds: 0, ...options });
  const identity = await under.azure.identities.create(
    identityArmId(under.subscriptionId, 'MyResourceGroup', 'CacheIdentity'),
    'eastus',
  );
  const { loginServer } = await under.registry('upstreamregistry');
  return {
    id: cacheRuleArmId(under.id('myregistry'), 'one-rule'),
    other: cacheRuleArmId(under.id('myregistry'), 'other-rule'),
    input: { sourceRepository: `${loginServer}/myapp`, targetRepository: 'cache/one', identityId: identity.id },
    identity,
  };
}

/** Method and api-version of the requests for rules, without polls. */
function sent(requests: readonly LogEntry[], method: string): string[] {
  return requests.flatMap((one) =>
    one.method === method && /\/cacheRules(\/[^/?]+)?\?/.test(one.url)
      ? (/api-version=([\w-]+)/.exec(one.url)?.[1] ?? [])
      : [],
  );
}

const drops = ['2026-11-01', '2025-11-01'];

describe('an api-version that is not known to carry a rule’s identity', () => {
  it('is not used where a known one is offered', async () => {
    const { id, input, identity } = await cloudWith({ ruleVersions: [...drops, '2026-03-01-preview'] });
    const { result, requests } = await under.requestsOf(() => under.azure.cacheRules.create(id, input));
    expect(result.identity?.id).toBe(identity.id);
    expect(sent(requests, 'PUT')).toEqual(['2026-03-01-preview']);
  });

  it('is given up for a known one that the provider does not list, once and for all', async () => {
    const { id, other, input, identity } = await cloudWith({
      ruleVersions: [...drops, '2026-01-01-preview'],
      unlistedRuleVersions: ['2026-01-01-preview'],
    });
    const first = await under.requestsOf(() => under.azure.cacheRules.create(id, input));
    expect(first.result.identity?.id).toBe(identity.id);
    expect(sent(first.requests, 'PUT')).toEqual(['2026-11-01', '2026-01-01-preview']);
    // By another session of the same cloud, too.
    const azure = under.as('dev');
    const second = await under.requestsOf(() =>
      azure.cacheRules.create(other, { ...input, targetRepository: 'cache/other' }),
    );
    expect(second.result.identity?.id).toBe(identity.id);
    expect(sent(second.requests, 'PUT')).toEqual(['2026-01-01-preview']);
  });

  it('carries it when the rule is read back with it', async () => {
    const { id, other, input, identity } = await cloudWith({
      ruleVersions: drops,
      ruleIdentityVersions: ['2026-11-01'],
    });
    expect((await under.azure.cacheRules.create(id, input)).identity?.id).toBe(identity.id);
    await under.azure.cacheRules.create(other, { ...input, identityId: undefined, targetRepository: 'cache/other' });
    const rules = await under.azure.cacheRules.list(under.id('myregistry'));
    expect(rules.map(({ identityUnknown }) => identityUnknown)).toEqual([undefined, undefined]);
  });

  it('ends in an error, not in a rule that is called done, where there is no other', async () => {
    const { id, input } = await cloudWith({ ruleVersions: drops });
    const error = await failureOf(under.azure.cacheRules.create(id, input));
    expect(error).toMatchObject({ code: 'CacheRuleIdentityDropped', kind: 'operationFailed' });
    expect(under.sandbox.state.resources.get(id.toLowerCase())?.identity).toBeUndefined();
  });

  it('is said to be so, too, where the known one is there and refuses the rule', async () => {
    const { id, input } = await cloudWith({
      ruleVersions: [...drops, '2026-01-01-preview'],
      unlistedRuleVersions: ['2026-01-01-preview'],
    });
    const faults = [{ match: 'PUT .*api-version=2026-01-01-preview', status: 403 }];
    const error = await under.withFaults(faults, () => failureOf(under.azure.cacheRules.create(id, input)));
    expect(error).toMatchObject({ code: 'CacheRuleIdentityDropped', cause: { kind: 'forbidden' } });
  });

  it('says nothing by a rule without an identity', async () => {
    const { id, other, input, identity } = await cloudWith({ ruleVersions: [...drops, '2026-01-01-preview'] });
    await under.azure.cacheRules.create(id, input);
    under.sandbox.setOptions({ ruleVersions: drops });
    const azure = under.as('dev');
    expect(await azure.cacheRules.get(id)).toMatchObject({ identityUnknown: true });
    expect(await azure.cacheRules.list(under.id('myregistry'))).toMatchObject([{ identityUnknown: true }]);
    // With the version that a rule shows its identity in, one without it has none.
    under.sandbox.setOptions({ ruleIdentityVersions: ['2026-11-01'] });
    await azure.cacheRules.create(other, { ...input, identityId: undefined, targetRepository: 'cache/other' });
    const [first, second] = await azure.cacheRules.list(under.id('myregistry'));
    expect([first?.identity?.id, second?.identityUnknown]).toEqual([identity.id, undefined]);
  });

  it('is not even tried where nothing is written: versions known to drop it', async () => {
    const { id, input } = await cloudWith({ ruleVersions: ['2025-11-01', '2023-07-01'] });
    const error = await failureOf(under.azure.cacheRules.create(id, input));
    expect(error).toMatchObject({ code: 'CacheRuleIdentityNotOffered' });
    expect(under.sandbox.state.resources.has(id.toLowerCase())).toBe(false);
    expect(await under.azure.cacheRules.list(under.id('myregistry'))).toEqual([]);
  });

  it('is left for the next one where the region does not know it, although the provider lists it', async () => {
    const { id, input, identity } = await cloudWith({});
    const faults = [{ match: 'api-version=2026-09-01-preview', status: 400, code: 'NoRegisteredProviderFound' }];
    const { result, requests } = await under.withFaults(faults, () =>
      under.requestsOf(() => under.azure.cacheRules.create(id, input)),
    );
    expect(result.identity?.id).toBe(identity.id);
    expect(sent(requests, 'PUT')).toEqual(['2026-09-01-preview', '2026-03-01-preview']);
    expect(await under.azure.cacheRules.list(under.id('myregistry'))).toHaveLength(1);
  });
});

describe('PATCH of a rule’s identity', () => {
  /** The api-versions of the PATCHes that ARM received, and the identities that the rule has then. */
  async function patched(options: SandboxOptions): Promise<{ versions: string[]; ids: string[]; newId: string }> {
    const { id, input } = await cloudWith({});
    await under.azure.cacheRules.create(id, input);
    under.sandbox.setOptions(options);
    const other = await under.azure.identities.create(
      identityArmId(under.subscriptionId, 'MyResourceGroup', 'OtherIdentity'),
      'eastus',
    );
    const { result, requests } = await under.requestsOf(() =>
      under.as('dev').cacheRules.update(id, { identityId: other.id }),
    );
    expect(result.identity?.id).toBe(other.id);
    const stored = under.sandbox.state.resources.get(id.toLowerCase())?.identity?.userAssignedIdentities ?? {};
    return { versions: sent(requests, 'PATCH'), ids: Object.keys(stored), newId: other.id };
  }

  it('is sent once where it replaces, as recorded', async () => {
    const { versions, ids, newId } = await patched({});
    expect(versions).toHaveLength(1);
    expect(ids).toEqual([newId]);
  });

  it('takes the old one away where it adds', async () => {
    const { versions, ids, newId } = await patched({ patchAddsIdentity: true });
    expect(versions).toHaveLength(2);
    expect(ids).toEqual([newId]);
  });

  it('is repeated with a known version where the other one drops it', async () => {
    const { versions, ids, newId } = await patched({
      ruleVersions: [...drops, '2026-01-01-preview'],
      unlistedRuleVersions: ['2026-01-01-preview'],
    });
    expect(versions).toEqual(['2026-11-01', '2026-01-01-preview']);
    expect(ids).toEqual([newId]);
  });
});

describe('a rule with several identities', () => {
  it('is not taken for one of a single identity, and has one after it was changed', async () => {
    const { id, input, identity } = await cloudWith({ patchAddsIdentity: true });
    await under.azure.cacheRules.create(id, input);
    const stored = under.sandbox.state.resources.get(id.toLowerCase())?.identity?.userAssignedIdentities;
    if (stored) stored[identity.id.replace(/[^/]+$/, 'Second')] = { principalId: 'p', clientId: 'c' };
    expect(await under.azure.cacheRules.get(id)).toMatchObject({
      identity: { id: identity.id },
      identityUnknown: true,
    });
    const changed = await under.azure.cacheRules.update(id, { identityId: identity.id });
    expect([changed.identity?.id, changed.identityUnknown]).toEqual([identity.id, undefined]);
  });
});

describe('what the registry service says of its versions', () => {
  it('is known after the first answer', async () => {
    await cloudWith({ ruleVersions: ['2026-11-01', '2026-01-01-preview'] });
    const registryId = under.id('myregistry');
    await under.azure.cacheRules.list(registryId);
    expect(under.azure.cacheRules.serviceVersions(registryId.toUpperCase())).toEqual([
      '2026-11-01',
      '2026-01-01-preview',
    ]);
    expect(under.azure.cacheRules.serviceVersions(`${registryId}x`)).toBeUndefined();
  });
});
