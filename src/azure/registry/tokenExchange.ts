import * as l10n from '@vscode/l10n';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { parsedJson, record } from '../../common/json.ts';
import type { Registry } from '../../domain/types.ts';
import { type Cloud, usualRegistryAudience } from '../clouds.ts';
import { AzureError, isAzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import { errorFromResponse } from '../http/errors.ts';
import { isAudienceUnavailable, type TokenSource } from '../http/tokens.ts';
import { leaveOnAbort } from '../http/wait.ts';
import { sendRaw } from './http.ts';
import { lifetimeOf, tokenGrants } from './registryToken.ts';

/** Registry tokens of the signed-in user for one registry. Source: Azure/acr docs/AAD-OAuth.md. */
export interface TokenExchange {
  /** A token for one scope, such as `repository:team/app:pull`. It may grant less than the scope asks. */
  accessToken(scope: string, signal?: AbortSignal): Promise<string>;
  /** The token that `accessToken` would give without asking the registry, if there is one. */
  keptAccessToken(scope: string): string | undefined;
  /** Forgets tokens the registry refused (a switch to ABAC permissions invalidates all of them). */
  drop(scope: string, accessToken: string): void;
  /** A refresh token made just now; docker's password. */
  freshRefreshToken(signal?: AbortSignal): Promise<string>;
}

/** Tenants of one cloud in which Entra issues no token for the registry audience; shared by all registries. */
export type TenantsWithoutAudience = Set<string>;

interface KeptToken {
  readonly token: string;
  /** Local clock, ms since epoch. */
  readonly useUntil: number;
}

interface Challenge {
  readonly tokenUrl: string;
  readonly service: string;
}

export function createTokenExchange(
  registry: Registry,
  cloud: Cloud,
  tenantId: string,
  tokens: TokenSource,
  pipeline: Pipeline,
  withoutAudience: TenantsWithoutAudience,
): TokenExchange {
  const origin = `https://${registry.loginServer}`;
  const accessTokens = new Map<string, KeptToken>();
  const pending = new Map<string, Promise<KeptToken>>();
  let refreshToken: KeptToken | undefined;
  let challenge: Promise<Challenge> | undefined;

  /** Callers at the same time share one request; none of them can cancel it for the others. */
  function once(key: string, make: () => Promise<KeptToken>): Promise<KeptToken> {
    const running = pending.get(key);
    if (running) return running;
    const made = make().finally(() => pending.delete(key));
    pending.set(key, made);
    return made;
  }

  function findChallenge(): Promise<Challenge> {
    if (!challenge) {
      challenge = readChallenge(pipeline, registry.loginServer);
      challenge.catch(() => (challenge = undefined));
    }
    return challenge;
  }

  async function refresh(): Promise<KeptToken> {
    return usable(refreshToken) ? refreshToken : once('refresh', exchange);
  }

  async function exchange(): Promise<KeptToken> {
    const { service } = await findChallenge();
    const { scope, token } = await entraToken();
    try {
      refreshToken = await exchangeToken(service, token);
    } catch (error) {
      const renewed = isAzureError(error, 'unauthenticated') && (await tokens.renew(scope, token, undefined));
      if (!renewed) throw error;
      refreshToken = await exchangeToken(service, renewed);
    }
    return refreshToken;
  }

  /**
   * A token for the registry audience; for ARM's only where Entra itself issues none for the usual registry audience, and the
   * registry's policy, as ARM tells it, takes ARM's. What the registry answers must not decide this: it would choose the stronger
   * credential.
   */
  async function entraToken(): Promise<{ scope: string; token: string }> {
    const scope = `${cloud.registryAudience}.default`;
    const armScope = `${cloud.armAudience}.default`;
    // An audience that the user has named in the settings is meant, and no other.
    const mayUseArm = registry.acceptsArmTokens && cloud.registryAudience === usualRegistryAudience;
    if (!mayUseArm || !withoutAudience.has(tenantId)) {
      try {
        return { scope, token: await tokens.get(scope) };
      } catch (error) {
        if (!mayUseArm || !isAudienceUnavailable(error)) throw error;
        withoutAudience.add(tenantId);
      }
    }
    return { scope: armScope, token: await tokens.get(armScope) };
  }

  async function exchangeToken(service: string, token: string): Promise<KeptToken> {
    const answer = await postForm(pipeline, `${origin}/oauth2/exchange`, {
      grant_type: 'access_token',
      service,
      tenant: tenantId,
      access_token: token,
    });
    return keep(answer['refresh_token'], 300_000, origin);
  }

  async function access(scope: string): Promise<KeptToken> {
    const { service, tokenUrl } = await findChallenge();
    const before = await refresh();
    let answer: Record<string, unknown>;
    try {
      answer = await requestAccess(tokenUrl, service, scope, before.token);
    } catch (error) {
      if (!isAzureError(error, 'unauthenticated')) throw error;
      // The refresh token was made before a switch of the permission mode, or has expired by the registry's clock.
      if (refreshToken === before) refreshToken = undefined;
      answer = await requestAccess(tokenUrl, service, scope, (await refresh()).token);
    }
    const kept = keep(answer['access_token'], 60_000, origin);
    accessTokens.set(scope, kept);
    return kept;
  }

  function keptAccessToken(scope: string): string | undefined {
    const kept = accessTokens.get(scope);
    return usable(kept) ? kept.token : undefined;
  }

  function requestAccess(url: string, service: string, scope: string, token: string): Promise<Record<string, unknown>> {
    return postForm(pipeline, url, { grant_type: 'refresh_token', service, scope, refresh_token: token });
  }

  return {
    async accessToken(scope, signal) {
      const kept = keptAccessToken(scope);
      if (kept !== undefined) return kept;
      const asked = once(scope, () => access(scope));
      return (await leaveOnAbort(asked, signal)).token;
    },
    keptAccessToken,
    drop(scope, accessToken) {
      if (accessTokens.get(scope)?.token !== accessToken) return;
      accessTokens.delete(scope);
      // Refused although it grants the action: the credentials of its time are void, the refresh token too.
      if (tokenGrants(accessToken, scope) !== false) refreshToken = undefined;
    },
    async freshRefreshToken(signal) {
      refreshToken = undefined;
      return (await leaveOnAbort(once('refresh', exchange), signal)).token;
    },
  };
}

/**
 * The realm must be on the very host that ARM named: credentials are sent there.
 * @throws AzureError `forbidden` when a firewall answers, `invalid` when the host is no Azure registry.
 */
async function readChallenge(pipeline: Pipeline, loginServer: string): Promise<Challenge> {
  const url = `https://${loginServer}/v2/`;
  const response = await sendRaw(pipeline, { url });
  if (response.status === 403) {
    throw new AzureError(
      l10n.t(
        '{0} refused the connection: its network rules do not allow this machine. Check its public access and firewall.',
        loginServer,
      ),
      { kind: 'forbidden', code: 'RegistryFirewall', status: 403, request: `GET ${url}` },
    );
  }
  if (response.status !== 401 && response.status >= 400) throw errorFromResponse(response);
  const header = response.headers.get('www-authenticate');
  const realm = URL.parse(parameter(header, 'realm') ?? '');
  const service = parameter(header, 'service');
  if (realm?.protocol !== 'https:' || realm.host !== new URL(url).host || !service) {
    throw invalid(
      'UnexpectedChallenge',
      l10n.t(
        '{0} does not ask for sign-in as an Azure container registry does; no credentials were sent.',
        loginServer,
      ),
      { status: response.status, request: `GET ${url}` },
    );
  }
  return { tokenUrl: `${realm.origin}${realm.pathname}`, service };
}

/** One parameter of `WWW-Authenticate: Bearer realm="…",service="…"`. */
function parameter(header: string | undefined, name: string): string | undefined {
  if (!/^\s*Bearer\b/i.test(header ?? '')) return undefined;
  for (const [, found = '', value] of (header ?? '').matchAll(/\b(\w+)="([^"]+)"/g)) {
    if (found.toLowerCase() === name) return value;
  }
  return undefined;
}

async function postForm(
  pipeline: Pipeline,
  url: string,
  form: Record<string, string>,
): Promise<Record<string, unknown>> {
  const response = await sendRaw(pipeline, { method: 'POST', url, form });
  if (response.status !== 200) throw errorFromResponse(response);
  return record(parsedJson(response.bodyAsText ?? '')) ?? {};
}

function keep(token: unknown, margin: number, origin: string): KeptToken {
  if (typeof token !== 'string' || token === '' || token.length > 65_536) {
    throw new AzureError(l10n.t('{0} answered the sign-in without a token.', origin), {
      kind: 'unavailable',
      code: 'NoRegistryToken',
    });
  }
  // A token that does not tell its lifetime is used for this one moment only.
  return { token, useUntil: Date.now() + (lifetimeOf(token) ?? 0) - margin };
}

function usable(kept: KeptToken | undefined): kept is KeptToken {
  return kept !== undefined && kept.useUntil > Date.now();
}
