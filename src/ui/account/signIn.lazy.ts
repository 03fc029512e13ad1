import { type AzureTenant, getSessionFromVSCode, isNotSignedInError } from '@microsoft/vscode-azext-azureauth';
import * as vscode from 'vscode';
import { configuredCloud } from './azureSession.lazy.ts';
import type { NeededSignIn } from './credential.lazy.ts';
import { showWarningMessage } from '../shared/messages.ts';
import type { SubscriptionProvider } from './subscriptionProvider.lazy.ts';
import { icon } from '../shared/icon.ts';
import { chooseRow } from '../pages/chooseRow.ts';
import type { Row } from '../pages/quickInput.ts';

export interface InteractiveSessionOptions {
  readonly account?: vscode.AuthenticationSessionAccountInformation;
  readonly tenantId?: string;
  /** Of other tokens than ARM's. */
  readonly scope?: string;
  /** Offers the choice of accounts although one is in use. */
  readonly force?: boolean | undefined;
}

/** VS Code's own sign-in and consent. Resolves false if the user declined. @throws Error if signing in failed */
export async function interactiveSession({
  account,
  tenantId,
  scope,
  force,
}: InteractiveSessionOptions): Promise<boolean> {
  configuredCloud(); // a cloud that must not be used is refused before anyone types a password for it
  try {
    const session = await getSessionFromVSCode(scope, tenantId, {
      createIfNone: true,
      ...(account ? { account } : {}),
      ...(force ? { clearSessionPreference: true } : {}),
    });
    return session !== undefined;
  } catch (error) {
    if (isDeclined(error)) return false;
    throw error;
  }
}

/** Asks whether to sign in again. @throws Error if signing in failed */
export async function askAgain({ account, tenantId, registryScope }: NeededSignIn): Promise<boolean> {
  const signIn = vscode.l10n.t('Sign In');
  const question =
    registryScope === undefined
      ? vscode.l10n.t('Your Azure session for {0} has expired. Sign in again to continue.', account.label)
      : vscode.l10n.t('Registries need a separate sign-in for {0} in tenant {1}.', account.label, tenantId);
  if ((await showWarningMessage(question, signIn)) !== signIn) return false;
  return interactiveSession({ account, tenantId, ...(registryScope !== undefined && { scope: registryScope }) });
}

/** VS Code and its providers reject with plain errors when a dialog is dismissed; only the text tells. */
function isDeclined(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === 'Canceled' || /did not consent|^cancell?ed$|user cancell?ed/i.test(error.message))
  );
}

/** Lets the user choose among the tenants without a session and signs in there. Resolves whether that was done. */
export async function signInToTenant(provider: SubscriptionProvider): Promise<boolean> {
  const tenant = await chooseRow(
    vscode.l10n.t('Sign In to Another Tenant'),
    vscode.l10n.t('Choose a tenant that you are not signed in to'),
    () => tenantRows(provider),
    vscode.l10n.t('You are signed in to every tenant of your accounts.'),
  );
  if (!tenant) return false;
  return interactiveSession({ account: tenant.account, tenantId: tenant.tenantId });
}

async function tenantRows(provider: SubscriptionProvider): Promise<Row<AzureTenant>[]> {
  const accounts = await provider.getAccounts({ filter: false, noCache: true }).catch((error: unknown) => {
    if (isNotSignedInError(error)) return [];
    throw error;
  });
  const perAccount = await Promise.all(
    accounts.map(async (account) => {
      const tenants = await provider.getUnauthenticatedTenantsForAccount(account, { noCache: true });
      return tenants.map((tenant) => ({
        iconPath: icon('organization'),
        label: tenant.displayName ?? tenant.tenantId,
        description: tenant.defaultDomain ?? tenant.tenantId,
        detail: vscode.l10n.t('{0} as {1}', tenant.tenantId, account.label),
        value: tenant,
      }));
    }),
  );
  return perAccount.flat().sort((a, b) => a.label.localeCompare(b.label));
}
