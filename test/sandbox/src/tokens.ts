import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock, TokenClaims, Tokens } from './core.ts';
import { isObject } from './json.ts';
import type { Principal } from './types.ts';

/** Azure allows five minutes between clocks. */
const clockSkewSeconds = 300;
/** How many opened tokens are kept: clients send the same one with every request. */
const maxOpened = 500;

/**
 * Entra-like JWTs signed with a key that lives only in this process.
 * @param issuer URL prefix of the authority: `iss` becomes `{issuer}{tenantId}/`.
 */
export function createTokens(clock: Clock, issuer: () => string): Tokens {
  const key = createSecretKey(randomBytes(32));
  const opened = new Map<string, Record<string, unknown>>();
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ typ: 'JWT', alg: 'HS256', kid: 'sandbox' });

  const sign: Tokens['sign'] = (claims) => {
    const text = `${header}.${encode(claims)}`;
    return `${text}.${mac(text).toString('base64url')}`;
  };
  const open: Tokens['open'] = (token) => {
    const known = opened.get(token);
    if (known) return known;
    const parts = token.split('.');
    const [head, payload, signature] = parts;
    if (parts.length !== 3 || head === undefined || payload === undefined || signature === undefined) return undefined;
    const given = Buffer.from(signature, 'base64url');
    const expected = mac(`${head}.${payload}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (!isObject(claims)) return undefined;
    if (opened.size >= maxOpened) opened.clear();
    opened.set(token, claims);
    return claims;
  };

  return {
    sign,
    open,
    issue(principal, audience, lifetimeSeconds = 3600) {
      return sign({ ...claimsOf(principal, audience, lifetimeSeconds, Math.floor(clock.now() / 1000), issuer()) });
    },
    verify(token) {
      const claims = open(token);
      if (!claims || !isTokenClaims(claims)) return undefined;
      const seconds = clock.now() / 1000;
      return claims.exp > seconds && claims.nbf <= seconds + clockSkewSeconds ? claims : undefined;
    },
  };
}

/** Whether an opened token is an Entra-like access token (and not one of a registry). */
export function isTokenClaims(claims: object): claims is TokenClaims {
  const value = claims as Record<string, unknown>;
  return (
    ['oid', 'tid', 'aud', 'idtyp'].every((name) => typeof value[name] === 'string') &&
    ['iat', 'nbf', 'exp'].every((name) => typeof value[name] === 'number')
  );
}

/** `https://x/`, `https://x` and `https://x/.default` are the same resource. */
export function normaliseAudience(audience: string): string {
  return audience.replace(/\/\.default$/, '').replace(/\/+$/, '');
}

function claimsOf(
  principal: Principal,
  audience: string,
  lifetimeSeconds: number,
  now: number,
  issuer: string,
): TokenClaims {
  const common = {
    aud: normaliseAudience(audience),
    iss: `${issuer}${principal.tenantId}/`,
    iat: now,
    nbf: now,
    exp: now + lifetimeSeconds,
    oid: principal.objectId,
    sub: principal.objectId,
    tid: principal.tenantId,
    ver: '1.0',
  };
  return principal.type === 'User'
    ? { ...common, idtyp: 'user', name: principal.name, upn: `${principal.name}@sandbox.test` }
    : { ...common, idtyp: 'app', appid: principal.objectId };
}
