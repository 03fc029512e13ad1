import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { describe, expect, it } from 'vitest';
import { lifetimeOf, tokenGrants } from '../../../../src/azure/registry/registryToken.ts';
import { claimsChallenge, createTokenSource } from '../../../../src/azure/http/tokens.ts';

const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
const encoded = Buffer.from(claims).toString('base64');

describe('a claims challenge', () => {
  it.each([
    [`Bearer realm="", authorization_uri="https://x", error="insufficient_claims", claims="${encoded}"`, claims],
    [`Bearer error="insufficient_claims",claims="${Buffer.from(claims).toString('base64url')}"`, claims],
    [`Bearer realm="https://x"`, undefined],
    [`Pop claims="${encoded}"`, undefined],
    ['Bearer claims="bm90IGpzb24="', undefined],
    [`Bearer claims="${'A'.repeat(20_000)}"`, undefined],
    [undefined, undefined],
  ])('in %s', (header, expected) => expect(claimsChallenge(header)).toBe(expected));
});

/** A credential that counts, and answers when told. */
function countingCredential(lifetimeMs: number) {
  const asked: { scope: string; tenantId?: string; claims?: string }[] = [];
  const credential: TokenCredential = {
    getToken(scope, options): Promise<AccessToken> {
      asked.push({ scope: String(scope), tenantId: options?.tenantId, claims: options?.claims });
      return Promise.resolve({ token: `token-${asked.length}`, expiresOnTimestamp: Date.now() + lifetimeMs });
    },
  };
  return { asked, credential };
}

describe('a token source', () => {
  it('asks once for callers at the same time, with the tenant, and keeps the token', async () => {
    const { asked, credential } = countingCredential(3_600_000);
    const source = createTokenSource(credential, 'tenant-1');
    const tokens = await Promise.all([source.get('a/.default'), source.get('a/.default'), source.get('b/.default')]);
    expect(new Set(tokens).size).toBe(2);
    expect(await source.get('a/.default')).toBe(tokens[0]);
    expect(asked).toEqual([
      { scope: 'a/.default', tenantId: 'tenant-1', claims: undefined },
      { scope: 'b/.default', tenantId: 'tenant-1', claims: undefined },
    ]);
  });

  it('does not keep a token that is about to expire', async () => {
    const { asked, credential } = countingCredential(60_000);
    const source = createTokenSource(credential, 't');
    await source.get('a');
    await source.get('a');
    expect(asked).toHaveLength(2);
  });

  it('renews a refused token once, with the claims, for all who were refused', async () => {
    const { asked, credential } = countingCredential(3_600_000);
    const source = createTokenSource(credential, 't');
    const refused = await source.get('a');
    const [one, two] = await Promise.all([source.renew('a', refused, claims), source.renew('a', refused, claims)]);
    expect(one).toBe('token-2');
    expect(two).toBe('token-2');
    expect(asked).toHaveLength(2);
    expect(asked[1]?.claims).toBe(claims);
  });

  it('says when the credential has no other token', async () => {
    const same: TokenCredential = {
      getToken: () => Promise.resolve({ token: 'x', expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    expect(await createTokenSource(same, 't').renew('a', 'x', undefined)).toBeUndefined();
  });

  it('lets one caller leave without taking the token from the other', async () => {
    let answer: (token: AccessToken) => void = () => undefined;
    const credential: TokenCredential = { getToken: () => new Promise((resolve) => (answer = resolve)) };
    const source = createTokenSource(credential, 't');
    const abort = new AbortController();
    const leaving = source.get('a', abort.signal);
    const staying = source.get('a');
    abort.abort();
    await expect(leaving).rejects.toMatchObject({ kind: 'cancelled' });
    answer({ token: 'late', expiresOnTimestamp: Date.now() + 3_600_000 });
    expect(await staying).toBe('late');
  });

  it('turns a refusal to sign in into unauthenticated, without secrets', async () => {
    const credential: TokenCredential = {
      getToken: () => Promise.reject(new Error('no eyJhbGciOiJIUzI1NiJ9.eyJvaWQiOiJhYmMifQ.sig')),
    };
    await expect(createTokenSource(credential, 't').get('a')).rejects.toMatchObject({
      kind: 'unauthenticated',
      message: expect.stringContaining('no [redacted]'),
    });
    const none: TokenCredential = { getToken: () => Promise.resolve(null) };
    await expect(createTokenSource(none, 't').get('a')).rejects.toMatchObject({ kind: 'unauthenticated' });
  });
});

function token(payload: object): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`;
}

describe('registry tokens', () => {
  const access = [{ type: 'repository', name: 'team/app', actions: ['pull', 'metadata_read'] }];

  it.each([
    ['repository:team/app:pull', true],
    ['repository:team/app:push', false],
    ['repository:team/other:pull', false],
    ['registry:catalog:*', false],
  ])('grant %s: %s', (scope, granted) => expect(tokenGrants(token({ access }), scope)).toBe(granted));

  it('without readable claims tell nothing', () => {
    expect(tokenGrants('opaque', 'repository:a:pull')).toBeUndefined();
    expect(tokenGrants(token({}), 'repository:a:pull')).toBeUndefined();
    expect(lifetimeOf('opaque')).toBeUndefined();
  });

  it('last as long as their issuer says, whatever the clock here', () => {
    expect(lifetimeOf(token({ iat: 1000, exp: 4600 }))).toBe(3_600_000);
    expect(lifetimeOf(token({ iat: 10, exp: 5 }))).toBeUndefined();
  });
});
