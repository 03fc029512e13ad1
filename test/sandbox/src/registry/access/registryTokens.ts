import { randomUUID } from 'node:crypto';
import { isRecord } from '../manifestDocument.ts';
import type { Access, Caller } from './permissions.ts';
import type { RegistryContext } from '../context.ts';

/** Lifetimes that ACR gives: a refresh token about three hours, an access token 75 minutes. */
const refreshSeconds = 3 * 3600;
const accessSeconds = 75 * 60;

/** A registry refresh token: what docker stores as the password. */
export function issueRefreshToken(context: RegistryContext, caller: Caller, tenant: string): string {
  return context.core.tokens.sign({
    ...common(context, caller, refreshSeconds),
    grant_type: 'refresh_token',
    tenant,
    permissions: { Actions: ['read', 'write', 'delete'], NotActions: null },
    roles: [],
  });
}

/** A registry access token for what was granted. */
export function issueAccessToken(context: RegistryContext, caller: Caller, access: readonly Access[]): string {
  return context.core.tokens.sign({
    ...common(context, caller, accessSeconds),
    grant_type: 'access_token',
    access,
    roles: [],
  });
}

/** Whose refresh token it is; undefined if it is not one, not of this registry, or no longer valid. */
export function openRefreshToken(context: RegistryContext, token: string): Caller | undefined {
  const claims = openToken(context, token);
  return claims?.grant_type === 'refresh_token' ? callerOf(claims) : undefined;
}

/** What an access token allows. */
export function openAccessToken(
  context: RegistryContext,
  token: string,
): { readonly caller: Caller; readonly access: readonly Access[] } | undefined {
  const claims = openToken(context, token);
  if (claims?.grant_type !== 'access_token' || !Array.isArray(claims.access)) return undefined;
  return { caller: callerOf(claims), access: claims.access.filter(isAccess) };
}

function common(context: RegistryContext, caller: Caller, lifetime: number): Record<string, unknown> {
  const now = context.core.clock.now();
  const seconds = Math.floor(now / 1000);
  return {
    jti: randomUUID(),
    sub: caller.principalId,
    iat: seconds,
    nbf: seconds - 900,
    exp: seconds + lifetime,
    iss: 'Azure Container Registry',
    aud: context.content.loginServer,
    version: '1.0',
    rid: context.registry.id.toLowerCase(),
    // Milliseconds: a registry switched to ABAC refuses what was issued before, and `iat` is too coarse for that.
    issued: now,
    ...(caller.forRule ? { rule: true } : {}),
  };
}

function openToken(context: RegistryContext, token: string): Readonly<Record<string, unknown>> | undefined {
  let claims: Readonly<Record<string, unknown>> | undefined;
  try {
    claims = context.core.tokens.open(token);
  } catch {
    return undefined;
  }
  if (claims?.aud !== context.content.loginServer) return undefined;
  const { exp, issued } = claims;
  if (typeof exp !== 'number' || exp * 1000 <= context.core.clock.now()) return undefined;
  return typeof issued === 'number' && issued >= context.content.credentialsValidFrom ? claims : undefined;
}

function callerOf(claims: Readonly<Record<string, unknown>>): Caller {
  return { principalId: typeof claims.sub === 'string' ? claims.sub : '', forRule: claims.rule === true };
}

function isAccess(value: unknown): value is Access {
  return (
    isRecord(value) && typeof value.type === 'string' && typeof value.name === 'string' && Array.isArray(value.actions)
  );
}
