import { getSessionFromVSCode } from '@microsoft/vscode-azext-azureauth';
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { AzureError } from '../../azure/errors.ts';
import { isQuiet } from '../shared/quietly.ts';
import { expiryOf } from './tokenExpiry.ts';

/** Assumed lifetime of a token whose expiry cannot be read, in milliseconds. Short, since VS Code hands out cached sessions anyway. */
const assumedLifetime = 5 * 60_000;

/** How long a request waits for the user to answer that the session has ended, in milliseconds. */
const promptPatience = 120_000;

export interface CredentialOptions {
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly tenantId: string;
  /** Scope of ARM tokens, which every sign-in brings; those of registries may need one of their own. */
  readonly armScope: string;
  readonly registryScope: string;
  readonly reauthenticate: Reauthenticate;
}

/** A sign-in that is needed. */
export interface NeededSignIn {
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly tenantId: string;
  /** Of registry tokens; absent: of ARM, whose session has ended. */
  readonly registryScope?: string;
}

/**
 * Asks once whether to sign in; resolves whether there is a session again.
 * @throws Error if signing in failed, with Entra's words: unlike the silent way, which says nothing of why there is no session
 */
export type Reauthenticate = (needed: NeededSignIn) => Promise<boolean>;

/**
 * VS Code's sessions of one account and tenant as an Azure credential.
 * Honours `tenantId` and `claims` (a claims challenge is interactive: VS Code asks to step up). Asks nothing inside
 * `quietly`, and nothing for a scope of neither ARM nor registries: what that gives is done without.
 * @throws AzureError `unauthenticated` if there is no session, `cancelled` if `abortSignal` is aborted; Error if signing in failed
 */
export function createCredential(options: CredentialOptions): TokenCredential {
  const { account, armScope, reauthenticate } = options;
  return {
    async getToken(scopes: string | string[], asked: GetTokenOptions = {}): Promise<AccessToken> {
      const scopeList = typeof scopes === 'string' ? [scopes] : scopes;
      const registryScope = scopeList.find((scope) => scope !== armScope);
      const needed = { account, tenantId: asked.tenantId ?? options.tenantId, registryScope };
      const mayAsk = !isQuiet() && (registryScope ?? options.registryScope) === options.registryScope;
      if (asked.claims) {
        if (!mayAsk) throw noSession(needed);
        return accessToken(await stepUp(scopeList, needed, asked.claims));
      }

      const silently = () => getSessionFromVSCode(scopeList, needed.tenantId, { silent: true, account });
      let session = await silently();
      if (!session && mayAsk && (await answered(reauthenticate(needed), asked.abortSignal))) {
        session = await silently();
      }
      if (!session) throw noSession(needed);
      return accessToken(session);
    },
  };

  async function stepUp(scopes: string[], needed: NeededSignIn, claims: string): Promise<vscode.AuthenticationSession> {
    // VS Code's provider reads the claims from the challenge's header, base64 as Entra sends them.
    const encoded = Buffer.from(claims, 'utf8').toString('base64');
    const session = await getSessionFromVSCode(
      { wwwAuthenticate: `Bearer claims="${encoded}"`, fallbackScopes: scopes },
      needed.tenantId,
      { createIfNone: true, account },
    ).catch((error: unknown) => {
      throw noSession(needed, error);
    });
    if (!session) throw noSession(needed);
    return session;
  }
}

function noSession({ account, tenantId, registryScope }: NeededSignIn, cause?: unknown): AzureError {
  const message = registryScope
    ? vscode.l10n.t(
        'Microsoft Entra issued no registry token to {0} in tenant {1}. Sign in again, then retry. If the tenant issues no such tokens, set an audience in the setting "{2}".',
        account.label,
        tenantId,
        'acrCache.registryAudience',
      )
    : vscode.l10n.t(
        'There is no valid session for {0} in tenant {1}. Sign in again, then retry.',
        account.label,
        tenantId,
      );
  return new AzureError(message, { kind: 'unauthenticated', code: 'NoSession', cause });
}

function accessToken(session: vscode.AuthenticationSession): AccessToken {
  return {
    token: session.accessToken,
    expiresOnTimestamp: expiryOf(session.accessToken) ?? Date.now() + assumedLifetime,
  };
}

/** The answer, or false after the patience ran out; rejects when the caller gives up. */
function answered(answer: Promise<boolean>, signal: GetTokenOptions['abortSignal']): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => resolve(false)), promptPatience);
    const onAbort = () =>
      settle(() => reject(new AzureError(vscode.l10n.t('Cancelled.'), { kind: 'cancelled', code: 'AbortError' })));
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort);
    answer.then(
      (again) => settle(() => resolve(again)),
      (error: unknown) => settle(() => reject(asError(error))),
    );
  });
}
