import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAzureError, isCancelled } from '../../../../src/azure/errors.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure();
});
afterAll(() => under.close());

const groups = 'GET /subscriptions/[^/]+/resourcegroups';
const listGroups = () => under.azure.resourceGroups.list(under.subscriptionId);

describe('retries', () => {
  it('waits what Retry-After says when throttled, then succeeds', async () => {
    const start = performance.now();
    const { result, requests } = await under.withFaults([{ match: groups, status: 429, retryAfter: 1, times: 1 }], () =>
      under.requestsOf(listGroups),
    );
    expect(result.length).toBeGreaterThan(0);
    expect(requests.map((request) => request.status)).toEqual([429, 200]);
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  it('gives up on a storm of 429 with a typed error', async () => {
    const { result, requests } = await under.withFaults([{ match: groups, status: 429, retryAfter: 0 }], () =>
      under.requestsOf(() => failureOf(listGroups())),
    );
    expect(result).toMatchObject({ kind: 'throttled', code: 'TooManyRequests', status: 429, retryAfter: 0 });
    expect(requests).toHaveLength(4);
  });

  it('does not wait longer than anyone would', async () => {
    const { result, requests } = await under.withFaults([{ match: groups, status: 429, retryAfter: 3600 }], () =>
      under.requestsOf(() => failureOf(listGroups())),
    );
    expect(result).toMatchObject({ kind: 'throttled', retryAfter: 3600 });
    expect(requests).toHaveLength(1);
  });

  it.each([500, 502, 503, 504])('tries again after %i', async (status) => {
    const { requests } = await under.withFaults([{ match: groups, status, times: 2 }], () =>
      under.requestsOf(listGroups),
    );
    expect(requests.map((request) => request.status)).toEqual([status, status, 200]);
  });

  it('does not try again what will not get better', async () => {
    const { result, requests } = await under.withFaults([{ match: groups, status: 403 }], () =>
      under.requestsOf(() => failureOf(listGroups())),
    );
    expect(result).toMatchObject({ kind: 'forbidden', code: 'AuthorizationFailed', status: 403 });
    expect(requests).toHaveLength(1);
  });

  it('sends a read again after the connection was reset', async () => {
    const { result, requests } = await under.withFaults([{ match: groups, reset: 'before', times: 1 }], () =>
      under.requestsOf(listGroups),
    );
    expect(result.length).toBeGreaterThan(0);
    expect(requests).toHaveLength(2);
  });

  it('says that the network failed when every connection is reset', async () => {
    const error = await under.withFaults([{ match: groups, reset: 'before' }], () => failureOf(listGroups()));
    expect(error).toMatchObject({ kind: 'network', code: 'ECONNRESET' });
  });

  it('says that a host cannot be found, after one more try', async () => {
    const cloud = { ...under.cloud, armEndpoint: 'https://no-such-host.invalid' };
    const error = await failureOf(under.as('dev', { cloud }).resourceGroups.list(under.subscriptionId));
    expect(error).toMatchObject({ kind: 'network' });
    expect(isAzureError(error) && ['ENOTFOUND', 'EAI_AGAIN'].includes(error.code)).toBe(true);
  });
});

describe('cancelling', () => {
  it('before the request sends nothing', async () => {
    const { result, requests } = await under.requestsOf(() =>
      failureOf(under.azure.resourceGroups.list(under.subscriptionId, { signal: AbortSignal.abort() })),
    );
    expect(isCancelled(result)).toBe(true);
    expect(requests).toHaveLength(0);
  });

  it('ends a wait for Retry-After at once', async () => {
    const abort = new AbortController();
    const error = await under.withFaults([{ match: groups, status: 429, retryAfter: 60 }], () => {
      // A little later, so that the answer is there and the wait has begun.
      void under.asked(/resourcegroups/).then(() => setTimeout(() => abort.abort(), 100));
      return failureOf(under.azure.resourceGroups.list(under.subscriptionId, { signal: abort.signal }));
    });
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('ends a slow request at once', async () => {
    const abort = new AbortController();
    const error = await under.withFaults([{ match: groups, delayMs: 600_000 }], () => {
      void under.asked(/resourcegroups/).then(() => abort.abort());
      return failureOf(under.azure.resourceGroups.list(under.subscriptionId, { signal: abort.signal }));
    });
    expect(error).toMatchObject({ kind: 'cancelled' });
  });
});

describe('signing in', () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';

  it('answers a claims challenge with a token that has the claims', async () => {
    under.tokenRequests.length = 0;
    const azure = under.as('dev');
    const groupsFound = await under.withFaults([{ match: groups, status: 401, claims, times: 1 }], () =>
      azure.resourceGroups.list(under.subscriptionId),
    );
    expect(groupsFound.length).toBeGreaterThan(0);
    const [first, second] = under.tokenRequests;
    expect(under.tokenRequests).toHaveLength(2);
    expect(first).toEqual({
      scope: `${under.cloud.armAudience}.default`,
      tenantId: under.sandbox.info.tenantId,
      claims: undefined,
    });
    expect(second?.claims).toBe(claims);
  });

  it('gives up when the challenge comes again', async () => {
    const { result, requests } = await under.withFaults([{ match: groups, status: 401, claims }], () =>
      under.requestsOf(() => failureOf(listGroups())),
    );
    expect(result).toMatchObject({ kind: 'unauthenticated', status: 401 });
    expect(requests).toHaveLength(2);
  });

  it('answers the challenge of an SDK client too', async () => {
    under.tokenRequests.length = 0;
    const azure = under.as('dev');
    await under.withFaults([{ match: 'GET .*/userAssignedIdentities', status: 401, claims, times: 1 }], () =>
      azure.identities.list(under.subscriptionId),
    );
    expect(under.tokenRequests.map((request) => request.claims)).toEqual([undefined, claims]);
  });

  it('replaces a token that has expired by the clock of Azure', async () => {
    let asked = 0;
    const credential: TokenCredential = {
      getToken(scope): Promise<AccessToken> {
        asked++;
        const lifetime = asked === 1 ? -60 : 3600;
        const token = under.sandbox.token('dev', String(scope).replace(/\.default$/, ''), lifetime);
        return Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
      },
    };
    const azure = under.as('dev', { credential });
    expect((await azure.resourceGroups.list(under.subscriptionId)).length).toBeGreaterThan(0);
    expect(asked).toBe(2);
  });

  it('says that the session ended', async () => {
    const credential: TokenCredential = { getToken: () => Promise.resolve(null) };
    const error = await failureOf(under.as('dev', { credential }).resourceGroups.list(under.subscriptionId));
    expect(error).toMatchObject({ kind: 'unauthenticated' });
  });

  it('refuses a subscription that no account sees, without a request', async () => {
    const { result, requests } = await under.requestsOf(() =>
      failureOf(under.azure.resourceGroups.list('00000000-0000-4000-8000-000000000000')),
    );
    expect(result).toMatchObject({ kind: 'invalid', code: 'SubscriptionNotVisible' });
    expect(requests).toHaveLength(0);
  });
});

describe('the log', () => {
  it('has one line per request with the correlation id, and neither query nor token', async () => {
    under.lines.length = 0;
    await listGroups();
    expect(under.lines).toHaveLength(1);
    expect(under.lines[0]).toMatch(
      /^GET https:\/\/localhost:\d+\/subscriptions\/[\w-]+\/resourcegroups 200 \d+ms [0-9a-f-]{36}$/,
    );
    await under.azure.registry(await under.registry('upstreamregistry')).repositories();
    expect(under.lines.join('\n')).not.toMatch(/eyJ|Bearer|api-version|access_token/);
  });

  it('puts the correlation id and the request on errors', async () => {
    const error = await failureOf(under.azure.registries.get(`${under.id('myregistry')}gone`));
    expect(error).toMatchObject({ kind: 'notFound', code: 'ResourceNotFound', status: 404 });
    expect(isAzureError(error) && error.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(isAzureError(error) && error.request).toMatch(/^GET https:\/\/localhost:\d+\/subscriptions\/[^?]+$/);
  });
});
