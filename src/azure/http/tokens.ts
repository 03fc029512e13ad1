import * as l10n from '@vscode/l10n';
import type { AccessToken, TokenCredential } from '@azure/core-auth';
import { AzureError, isAzureError, isCancelled } from '../errors.ts';
import { parsedJson } from '../../common/json.ts';
import { safeMessage } from '../../common/secrets.ts';
import { cancelledError } from './errors.ts';
import { leaveOnAbort } from './wait.ts';

/** Tokens of one account in one tenant, kept in memory until shortly before they expire. */
export interface TokenSource {
  /** A token for `scope` (`…/.default`). Calls at the same time share one request to the credential. */
  get(scope: string, signal?: AbortSignal): Promise<string>;
  /**
   * A token other than `rejected`, which the service refused. `claims`: JSON of a claims challenge, passed on to the
   * credential. Undefined when the credential has no other token.
   */
  renew(scope: string, rejected: string, claims: string | undefined, signal?: AbortSignal): Promise<string | undefined>;
}

/** A token is replaced this long before it expires. Milliseconds. */
const renewBefore = 120_000;

/**
 * @throws AzureError `unauthenticated` from every method when the credential gives no token: the session ended, consent
 * was refused, or the account may not sign in to the tenant.
 */
export function createTokenSource(credential: TokenCredential, tenantId: string): TokenSource {
  const kept = new Map<string, AccessToken>();
  const pending = new Map<string, Promise<AccessToken>>();

  function ask(scope: string, claims?: string): Promise<AccessToken> {
    const key = `${scope} ${claims ?? ''}`;
    const running = pending.get(key);
    if (running) return running;
    const asked = fetchToken(scope, claims).finally(() => pending.delete(key));
    pending.set(key, asked);
    return asked;
  }

  async function fetchToken(scope: string, claims?: string): Promise<AccessToken> {
    let token: AccessToken | null;
    try {
      token = await credential.getToken(scope, { tenantId, claims, enableCae: true });
    } catch (failure) {
      throw signInError(failure);
    }
    if (!token) throw signInError(undefined);
    kept.set(scope, token);
    return token;
  }

  return {
    async get(scope, signal) {
      const token = kept.get(scope);
      if (token && token.expiresOnTimestamp - renewBefore > Date.now()) return token.token;
      return (await leaveOnAbort(ask(scope), signal)).token;
    },
    async renew(scope, rejected, claims, signal) {
      const token = kept.get(scope);
      if (token && token.token !== rejected) {
        // Another request met the same challenge a moment ago.
        return token.token;
      }
      kept.delete(scope);
      const renewed = (await leaveOnAbort(ask(scope, claims), signal)).token;
      return renewed === rejected ? undefined : renewed;
    },
  };
}

/**
 * Entra's codes for "no token for this audience": it is no valid resource, it is not in the tenant, nobody consented. Source: "Microsoft
 * Entra authentication and authorization error codes"; the first is what clouds without the audience answer (azure-cli#33674).
 */
const audienceCodes: ReadonlySet<string> = new Set(['AADSTS50001', 'AADSTS500011', 'AADSTS65001']);

/** Whether a failure of `TokenSource` says that Entra issues no token for the audience, whoever signs in. */
export function isAudienceUnavailable(error: unknown): boolean {
  return isAzureError(error, 'unauthenticated') && audienceCodes.has(error.code);
}

/**
 * Entra's code in what VS Code or the Azure CLI says of a sign-in, such as `AADSTS65001`: both hand on Entra's words, and nothing else
 * of its answer. Undefined if there is none, or more than one: which of them is the reason is not known then.
 */
export function entraCodeOf(words: string): string | undefined {
  const codes = new Set(words.match(/\bAADSTS\d{4,8}\b/g));
  return codes.size === 1 ? [...codes][0] : undefined;
}

function signInError(failure: unknown): AzureError {
  if (isAzureError(failure)) return failure;
  if (isCancelled(failure)) return cancelledError();
  const words = failure instanceof Error ? failure.message : '';
  const reason = words ? safeMessage(words) : undefined;
  return new AzureError(
    reason
      ? l10n.t(
          'Signing in to Azure failed: {0} Sign in again, then retry.',
          /[.!?]$/.test(reason) ? reason : `${reason}.`,
        )
      : l10n.t('You are not signed in to Azure, or your session has expired. Sign in again, then retry.'),
    {
      kind: 'unauthenticated',
      code:
        entraCodeOf(words) ?? (failure instanceof Error && failure.name !== 'Error' ? failure.name : 'SignInFailed'),
    },
  );
}

/**
 * The claims JSON of a 401's `WWW-Authenticate: Bearer … error="insufficient_claims", claims="<base64>"`, or undefined.
 * Source: Entra's claims challenge, learn.microsoft.com/entra/identity-platform/claims-challenge.
 */
export function claimsChallenge(header: string | undefined): string | undefined {
  const encoded = /\bclaims="([\w+/=-]+)"/.exec(header ?? '')?.[1];
  if (!encoded || !/\bBearer\b/i.test(header ?? '')) return undefined;
  const claims = Buffer.from(encoded, 'base64').toString('utf8');
  return parsedJson(claims) === undefined ? undefined : claims;
}
