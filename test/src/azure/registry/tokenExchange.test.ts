import { randomUUID } from 'node:crypto';
import type { TokenCredential } from '@azure/core-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AzureError } from '../../../../src/azure/errors.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure();
});
afterAll(() => under.close());

const upstream = () => under.id('upstreamregistry');
const paths = (requests: readonly { method: string; url: string }[]): string[] =>
  requests.map(({ method, url }) => `${method} ${url.replace(/^[^/]+/, '').replace(/\?.*/, '')}`);

/** Container Registry Repository Reader for the user. */
function reader() {
  const dev = [...under.sandbox.state.principals.values()].find(({ name }) => name === 'dev');
  return {
    roleId: 'b93aa761-3e63-49ed-ac28-beffa264f7ac',
    principalId: dev?.objectId ?? '',
    principalType: 'User' as const,
  };
}

describe('the token exchange', () => {
  it('goes challenge, exchange, token, request; then keeps what it has', async () => {
    const azure = under.as('dev');
    const content = azure.registry(await azure.registries.get(upstream()));
    under.tokenRequests.length = 0;
    const first = await under.requestsOf(() => Promise.all([content.tags('myapp'), content.tags('myapp')]));
    expect(paths(first.requests)).toEqual([
      'GET /v2/',
      'POST /oauth2/exchange',
      'POST /oauth2/token',
      'GET /acr/v1/myapp/_tags',
      'GET /acr/v1/myapp/_tags',
    ]);
    expect(under.tokenRequests.map(({ scope }) => scope)).toEqual([`${under.cloud.registryAudience}.default`]);
    const second = await under.requestsOf(() => content.tags('myapp'));
    expect(paths(second.requests)).toEqual(['GET /acr/v1/myapp/_tags']);
    const third = await under.requestsOf(() => content.repositories());
    expect(paths(third.requests)).toEqual(['POST /oauth2/token', 'GET /acr/v1/_catalog']);
  });

  it('is shared by all who open the registry, through however many objects', async () => {
    const azure = under.as('dev');
    await azure.registry(await azure.registries.get(upstream())).tags('myapp');
    const again = azure.registry(await azure.registries.get(upstream()));
    const { requests } = await under.requestsOf(() => again.tags('myapp'));
    expect(requests).toHaveLength(1);
  });

  it('asks once where the user lacks the permission, and again when it was given', async () => {
    const azure = under.as('dev');
    await azure.registries.setRoleAssignmentMode(upstream(), 'AbacRepositoryPermissions');
    try {
      const content = azure.registry(await azure.registries.get(upstream()));
      const refused = await under.requestsOf(() => failureOf(content.tags('myapp')));
      expect(refused.result).toMatchObject({ kind: 'forbidden' });
      expect(paths(refused.requests)).toEqual([
        'GET /v2/',
        'POST /oauth2/exchange',
        'POST /oauth2/token',
        'GET /acr/v1/myapp/_tags',
      ]);
      await azure.roles.put(upstream(), randomUUID(), reader());
      expect(await content.tags('myapp')).toHaveLength(3);
    } finally {
      await azure.registries.setRoleAssignmentMode(upstream(), 'LegacyRegistryPermissions');
    }
  });

  it('replaces credentials that a switch of the permission mode made void', async () => {
    const azure = under.as('dev');
    await azure.roles.put(upstream(), randomUUID(), reader());
    const content = azure.registry(await azure.registries.get(upstream()));
    await content.headManifest('myapp', 'latest');
    await azure.registries.setRoleAssignmentMode(upstream(), 'AbacRepositoryPermissions');
    try {
      const { result, requests } = await under.requestsOf(() => content.headManifest('myapp', 'latest'));
      expect(result.digest).toMatch(/^sha256:/);
      expect(requests[0]?.status).toBe(401);
      expect(requests.at(-1)?.status).toBe(200);
    } finally {
      await azure.registries.setRoleAssignmentMode(upstream(), 'LegacyRegistryPermissions');
    }
  });

  it('replaces credentials that have expired by the clock of the registry', async () => {
    const azure = under.as('dev');
    const content = azure.registry(await azure.registries.get(upstream()));
    await content.tags('myapp');
    await under.sandbox.advance(4 * 3_600_000);
    expect(await content.tags('myapp')).toHaveLength(3);
  });

  /** A credential that has no token for some audience, as without consent. */
  function without(audience: string, failure: Error = new Error('AADSTS65001: consent is missing.')): TokenCredential {
    return {
      getToken(scope) {
        if (String(scope).startsWith(audience)) {
          return Promise.reject(failure);
        }
        const token = under.sandbox.token('dev', String(scope).replace(/\.default$/, ''));
        return Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
      },
    };
  }

  it('uses the ARM audience where the registry audience gives no token, and remembers that', async () => {
    const asked: string[] = [];
    const inner = without(under.cloud.registryAudience);
    const credential: TokenCredential = {
      getToken(scope, options) {
        asked.push(String(scope));
        return inner.getToken(scope, options);
      },
    };
    const azure = under.as('dev', { credential });
    await azure.registry(await azure.registries.get(upstream())).tags('myapp');
    const afterFirst = asked.length;
    await azure.registry(await azure.registries.get(under.id('myregistry'))).repositories();
    expect(asked.filter((scope) => scope.startsWith(under.cloud.registryAudience))).toHaveLength(1);
    expect(asked.length).toBe(afterFirst);
  });

  /** As VS Code's provider and the Azure CLI word them. */
  it.each([
    'AADSTS50001: The resource https://containerregistry.azure.net/ is disabled or was not found in this tenant.',
    'invalid_resource: 500011 - [2026-11-30 14:00:00Z]: AADSTS500011: The resource principal was not found.',
    'ERROR: AADSTS65001: The user or administrator has not consented. Trace ID: 1\naz login --scope x',
  ])('uses the ARM audience where Entra says: %s', async (words) => {
    const azure = under.as('dev', { credential: without(under.cloud.registryAudience, new Error(words)) });
    expect(await azure.registry(await azure.registries.get(upstream())).tags('myapp')).toHaveLength(3);
  });

  it.each([
    ['another step of signing in is needed', new Error('AADSTS50076: you must use multi-factor authentication.')],
    ['another code that begins alike', new Error('AADSTS650011: something else.')],
    ['a code that is a part of another', new Error('AADSTS5000111: something else.')],
    ['two reasons', new Error('AADSTS65001: no consent. AADSTS50076: multi-factor authentication.')],
    ['no session', new AzureError('No session.', { kind: 'unauthenticated', code: 'NoSession' })],
    ['no connection', new Error('getaddrinfo ENOTFOUND login.microsoftonline.com')],
    ['no words', new Error('')],
  ])('sends no ARM token for %s', async (_, failure) => {
    const azure = under.as('dev', { credential: without(under.cloud.registryAudience, failure) });
    const registry = await azure.registries.get(upstream());
    const { result, requests } = await under.requestsOf(() => failureOf(azure.registry(registry).tags('myapp')));
    expect(result).toMatchObject({ kind: 'unauthenticated' });
    expect(paths(requests)).toEqual(['GET /v2/']);
  });

  it('sends no ARM token where the user has named another audience', async () => {
    const cloud = { ...under.cloud, registryAudience: 'https://registries.example/' };
    const azure = under.as('dev', { cloud, credential: without(cloud.registryAudience) });
    const registry = await azure.registries.get(upstream());
    const { result, requests } = await under.requestsOf(() => failureOf(azure.registry(registry).tags('myapp')));
    expect(result).toMatchObject({ kind: 'unauthenticated', code: 'AADSTS65001' });
    expect(paths(requests)).toEqual(['GET /v2/']);
  });

  it('does not send an ARM token to a registry whose policy refuses them', async () => {
    const resource = under.sandbox.state.resources.get(upstream().toLowerCase());
    const policies = resource?.properties['policies'];
    if (resource) {
      resource.properties['policies'] = {
        ...Object(policies),
        azureADAuthenticationAsArmPolicy: { status: 'disabled' },
      };
    }
    const azure = under.as('dev', { credential: without(under.cloud.registryAudience) });
    const registry = await azure.registries.get(upstream());
    expect(registry.acceptsArmTokens).toBe(false);
    const { result, requests } = await under.requestsOf(() => failureOf(azure.registry(registry).tags('myapp')));
    expect(result).toMatchObject({ kind: 'unauthenticated', message: expect.stringContaining('AADSTS65001') });
    expect(paths(requests)).toEqual(['GET /v2/']);
    if (resource) {
      resource.properties['policies'] = policies;
    }
  });

  it('can use another audience for registries, by configuration', async () => {
    const cloud = { ...under.cloud, registryAudience: under.cloud.armAudience };
    under.tokenRequests.length = 0;
    const azure = under.as('dev', { cloud });
    await azure.registry(await azure.registries.get(upstream())).tags('myapp');
    expect(new Set(under.tokenRequests.map(({ scope }) => scope))).toEqual(
      new Set([`${under.cloud.armAudience}.default`]),
    );
  });

  it('leaves no one without an answer when another caller cancels', async () => {
    const azure = under.as('dev');
    const content = azure.registry(await azure.registries.get(upstream()));
    const abort = new AbortController();
    const [leaving, staying] = await under.withFaults([{ match: 'POST .*/oauth2/exchange', delayMs: 300 }], () => {
      setTimeout(() => abort.abort(), 50);
      return Promise.all([failureOf(content.tags('myapp', { signal: abort.signal })), content.tags('myapp')]);
    });
    expect(leaving).toMatchObject({ kind: 'cancelled' });
    expect(staying).toHaveLength(3);
  });

  it('gives docker a password that logs in, made now', async () => {
    const azure = under.as('dev');
    const content = azure.registry(await azure.registries.get(upstream()));
    await content.tags('myapp');
    const { result, requests } = await under.requestsOf(() => content.loginCredentials());
    expect(paths(requests)).toEqual(['POST /oauth2/exchange']);
    expect(result.username).toBe('00000000-0000-0000-0000-000000000000');
    const basic = Buffer.from(`${result.username}:${result.password}`).toString('base64');
    const answer = await fetch(
      `https://${content.loginServer}/oauth2/token?service=${content.loginServer}&scope=repository:myapp:pull`,
      { headers: { Authorization: `Basic ${basic}` } },
    );
    expect(answer.status).toBe(200);
    expect(under.lines.join('\n')).not.toContain(result.password);
  });
});
