import { getSessionFromVSCode } from '@microsoft/vscode-azext-azureauth';
import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import * as vscode from 'vscode';
import { AzureError } from '../../azure/errors.ts';
import { isQuiet } from './quietly.ts';
import { expiryOf } from './tokenExpiry.ts';

/** Assumed lifetime of a token whose expiry cannot be read, in milliseconds. Short, since VS Code hands out cached sessions anyway. */
const assumedLifetime = 5 * 60_000;

/** How long a request waits for the user to answer that the session has ended, in milliseconds. */
const promptPatience = 120_000;

export interface CredentialOptions {
  readonly account: vscode.AuthenticationSessionAccountInformation;
  readonly tenantId: string;
  /** Scope of ARM tokens. Only for these is the user asked when there is no session: others have a fallback. */
  readonly armScope: string;
  /** Asks once that the session has ended; resolves whether there is a session again. */
  readonly reauthenticate: (
    account: vscode.AuthenticationSessionAccountInformation,
    tenantId: string,
  ) => Promise<boolean>;
}

/**
 * VS Code's sessions of one account and tenant as an Azure credential.
 * Honours `tenantId` and `claims` (a claims challenge is interactive: VS Code asks to step up). Asks nothing inside `quietly`.
 * @throws AzureError `unauthenticated` if there is no session, `cancelled` if `abortSignal` is aborted
 */
export function createCredential({ account, tenantId, armScope, reauthenticate }: CredentialOptions): TokenCredential {
  return {
    async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
      const scopeList = typeof scopes === 'string' ? [scopes] : scopes;
      const tenant = options?.tenantId ?? tenantId;
      if (options?.claims) {
        if (isQuiet()) throw noSession(tenant);
        return accessToken(await stepUp(scopeList, tenant, options.claims));
      }

      const silently = () => getSessionFromVSCode(scopeList, tenant, { silent: true, account });
      let session = await silently();
      if (!session && scopeList.includes(armScope) && !isQuiet()) {
        if (await answered(reauthenticate(account, tenant), options?.abortSignal)) session = await silently();
      }
      if (!session) throw noSession(tenant);
      return accessToken(session);
    },
  };

  async function stepUp(scopes: string[], tenant: string, claims: string): Promise<vscode.AuthenticationSession> {
    // VS Code's provider reads the claims from the challenge's header, base64 as Entra sends them.
    const encoded = Buffer.from(claims, 'utf8').toString('base64');
    const session = await getSessionFromVSCode(
      { wwwAuthenticate: `Bearer claims="${encoded}"`, fallbackScopes: scopes },
      tenant,
      { createIfNone: true, account },
    ).catch((error: unknown) => {
      throw noSession(tenant, error);
    });
    if (!session) throw noSession(tenant);
    return session;
  }

  function noSession(tenant: string, cause?: unknown): AzureError {
    return new AzureError(
      vscode.l10n.t(
        'There is no valid session of {0} in tenant {1}. Sign in again, then retry.',
        account.label,
        tenant,
      ),
      {
        kind: 'unauthenticated',
        code: 'NoSession',
        cause,
      },
    );
  }
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
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
  });
}
