import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TokenCredential } from '@azure/core-auth';
import type { Azure } from '../../../src/azure/azure.ts';
import { chinaCloud, publicCloud, usGovernmentCloud } from '../../../src/azure/clouds.ts';
import { defaultOptions, type LiveOptions } from '../../sandbox/src/options.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

let under: AzureUnderTest;
let upstream: string;

beforeAll(async () => {
  under = await startAzure();
  upstream = under.id('upstreamregistry');
  const group = `/subscriptions/${under.subscriptionId}/resourceGroups/MyResourceGroup`;
  await under.azure.identities.create(
    `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-shop`,
    'eastus',
  );
  await under.sandbox.advance(defaultOptions.principalReplicationMs);
});
afterAll(() => under.close());
beforeEach(() => under.sandbox.setOptions({ graph: 'answer' }));

const idOf = (name: string): string => {
  const found = [...under.sandbox.state.principals.values()].find((one) => one.name === name);
  if (!found) throw new Error(`no principal ${name}`);
  return found.objectId;
};

/** Who is named, by the names of the sandbox's principals; a new account each time, since names are remembered. */
async function named(names: readonly string[], azure: Azure = under.as('dev')): Promise<Record<string, string>> {
  const found = await azure.principals.names(
    upstream,
    names.map((name) => idOf(name).toUpperCase()),
  );
  return Object.fromEntries(
    names.flatMap((name) => {
      const one = found.get(idOf(name));
      return one === undefined ? [] : [[name, one]];
    }),
  );
}

const everyone = ['olivia', 'aks-shop-kubelet', 'id-shop'];
const identitiesOnly = { 'id-shop': 'id-shop' };

describe('names of principals', () => {
  it('are those of Microsoft Graph, which ARM names, with a token for it alone', async () => {
    const before = under.tokenRequests.length;
    const { result, requests } = await under.requestsOf(() => named(everyone));
    expect(result).toEqual({
      olivia: 'olivia',
      'aks-shop-kubelet': 'aks-shop-kubelet',
      'id-shop': 'id-shop',
    });
    const { pathname } = new URL(`${under.sandbox.info.arm}graph/v1.0/directoryObjects/getByIds`);
    expect(requests.map(({ method, url }) => `${method} ${new URL(`https://${url}`).pathname}`)).toEqual([
      'GET /metadata/endpoints',
      `POST ${pathname}`,
    ]);
    expect(under.tokenRequests.slice(before).map(({ scope }) => scope)).toContain(
      `${under.sandbox.info.arm}graph/.default`,
    );
  });

  it.each<[LiveOptions['graph'], Record<string, string>]>([
    ['limited', identitiesOnly],
    ['forbidden', identitiesOnly],
    ['absent', identitiesOnly],
  ])('are those of managed identities where Graph is %s', async (graph, expected) => {
    under.sandbox.setOptions({ graph });
    expect(await named(everyone)).toEqual(expected);
  });

  it('are those of managed identities where there is no token for Graph, which is asked for once', async () => {
    const asked: string[] = [];
    const credential: TokenCredential = {
      getToken(scope) {
        asked.push(String(scope));
        if (String(scope).includes('/graph/')) throw new Error('AADSTS65001: nobody consented');
        return Promise.resolve({
          token: under.sandbox.token('dev', String(scope).replace(/\.default$/, '')),
          expiresOnTimestamp: Date.now() + 3_600_000,
        });
      },
    };
    const azure = under.as('dev', { credential });
    expect(await named(['olivia', 'id-shop'], azure)).toEqual(identitiesOnly);
    expect(await named(everyone, azure)).toEqual(identitiesOnly);
    expect(asked.filter((scope) => scope.includes('/graph/'))).toHaveLength(1);
  });

  it('are done without where Graph asks for a stronger sign-in: that would open a dialog', async () => {
    const before = under.tokenRequests.length;
    const faults = [{ match: 'POST .*getByIds', status: 401, claims: '{"access_token":{}}' }];
    expect(await under.withFaults(faults, () => named(everyone))).toEqual(identitiesOnly);
    const asked = under.tokenRequests.slice(before).filter(({ scope }) => scope.includes('/graph/'));
    expect(asked.map(({ claims }) => claims)).toEqual([undefined]);
  });

  it('are asked for again, after a while, where Graph did not answer', async () => {
    const azure = under.as('dev');
    const faults = [{ match: 'POST .*getByIds', status: 503 }];
    expect(await under.withFaults(faults, () => named(everyone, azure))).toEqual(identitiesOnly);
    const { requests } = await under.requestsOf(() => named(everyone, azure));
    expect(requests).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(Object.keys(await named(everyone, azure))).toEqual(everyone);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are asked for once, also of who has none', async () => {
    const azure = under.as('dev');
    under.sandbox.setOptions({ graph: 'limited' });
    await named(everyone, azure);
    const { requests } = await under.requestsOf(() => named(everyone, azure));
    expect(requests).toEqual([]);
  });

  it('are asked for in parts that Graph takes', async () => {
    const ids = Array.from(
      { length: 1001 },
      (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    );
    const { requests } = await under.requestsOf(() => under.as('dev').principals.names(upstream, [...ids, 'no id']));
    expect(requests.filter(({ url }) => url.includes('getByIds'))).toHaveLength(2);
  });

  it('a cancel ends the reading', async () => {
    const signal = AbortSignal.abort();
    const reading = under.as('dev').principals.names(upstream, [idOf('olivia')], { signal });
    expect(await failureOf(reading)).toMatchObject({ kind: 'cancelled' });
  });
});

it('each known cloud has a Graph of its own', () => {
  const hosts = [publicCloud, chinaCloud, usGovernmentCloud].map(({ graph }) => new URL(graph ?? '').origin);
  expect(new Set(hosts).size).toBe(3);
});
