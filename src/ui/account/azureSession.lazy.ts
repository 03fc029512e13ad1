import { type AzureAccount, type AzureSubscription, isNotSignedInError } from '@microsoft/vscode-azext-azureauth';
import { isRestError } from '@azure/core-rest-pipeline';
import * as vscode from 'vscode';
import { asError } from '../../common/asError.ts';
import { mapBounded } from '../../common/mapBounded.ts';
import type { Azure } from '../../azure/azure.ts';
import { type Cloud, cloudFrom } from '../../azure/clouds.ts';
import { createAzure } from '../../azure/createAzure.ts';
import { AzureError, isAzureError } from '../../azure/errors.ts';
import { codeOf, errorFromFailure, errorFromResponse } from '../../azure/http/errors.ts';
import { unreadableProxyVariable } from '../../azure/http/proxy.ts';
import { safeMessage } from '../../common/secrets.ts';
import { configuredAudience, getConfiguredAzureEnv } from './cloudSettings.lazy.ts';
import { createCredential, type Reauthenticate } from './credential.lazy.ts';
import { bySelection } from './selection.ts';
import { SubscriptionProvider, selectedSubscriptions } from './subscriptionProvider.lazy.ts';

/** How many account+tenant pairs are asked for their subscriptions at a time. */
const concurrency = 8;

/** The parts of the account that need azureauth and the Azure SDKs. Loaded by `account.ts` on first use. */
export interface AzureSession {
  readonly provider: SubscriptionProvider;
  /** Azure for every signed-in account; undefined if there is none. Shows no dialog. @throws AzureError */
  connect(): Promise<Azure | undefined>;
  /** Every subscription of every signed-in tenant, selected or not. @throws AzureError if none could be listed. */
  allSubscriptions(): Promise<ListedSubscription[]>;
}

/** `tenantId` is the subscription's own; the session that lists it is of `signInTenantId` (another one with Azure Lighthouse). */
export type ListedSubscription = AzureSubscription & { readonly signInTenantId: string };

/** The cloud of the user's settings. @throws Error if it is a custom one without endpoints */
export function configuredCloud(): Cloud {
  return cloudFrom(getConfiguredAzureEnv(), configuredAudience());
}

export interface AzureSessionOptions {
  readonly log: vscode.LogOutputChannel;
  readonly reauthenticate: Reauthenticate;
}

export function createAzureSession({ log, reauthenticate }: AzureSessionOptions): AzureSession {
  const provider = new SubscriptionProvider(log);

  /** Account and tenant pairs to look into. A selection names its tenants, which saves listing them. */
  async function tenants(account: AzureAccount, onlySelected: boolean): Promise<string[]> {
    const selected = new Set(onlySelected ? selectedSubscriptions().map(({ tenantId }) => tenantId) : []);
    if (selected.size > 0) return [...selected];
    return (await provider.getTenantsForAccount(account, { filter: false })).map(({ tenantId }) => tenantId);
  }

  /** Every subscription of all tenants, or of those that a selection names. */
  async function list(onlySelected: boolean): Promise<ListedSubscription[]> {
    const found: ListedSubscription[] = [];
    const errors: unknown[] = [];
    // A tenant without a session is left out, not an error: the user may sign in to it with its own command.
    const attempt = async (work: () => Promise<void>) => {
      try {
        await work();
      } catch (error) {
        if (isNotSignedInError(error)) return;
        errors.push(error);
        log.warn(`Listing subscriptions: ${asAzureError(error).message}`);
      }
    };
    const pairs: { account: AzureAccount; tenantId: string }[] = [];
    const accounts = await provider.getAccounts({ filter: false, noCache: true });
    await mapBounded(accounts, concurrency, (account) =>
      attempt(async () => {
        for (const tenantId of await tenants(account, onlySelected)) pairs.push({ account, tenantId });
      }),
    );
    await mapBounded(pairs, concurrency, (pair) =>
      attempt(async () => {
        const listed = await provider.getSubscriptionsForTenant(pair, { filter: false, noCache: true });
        for (const subscription of listed) found.push({ ...subscription, signInTenantId: pair.tenantId });
      }),
    );
    const isEmpty = (onlySelected ? bySelection(found, selectedSubscriptions()).chosen : found).length === 0;
    if (isEmpty && errors.length > 0) throw asAzureError(errors[0]);
    return distinct(found);
  }

  return {
    provider,
    allSubscriptions: () => list(false),
    async connect() {
      const cloud = configuredCloud();
      if (!(await provider.signIn(undefined, { promptIfNeeded: false }))) return undefined;
      const subscriptions = await list(true).catch((error: unknown) => {
        if (isNotSignedInError(error)) return undefined;
        throw error;
      });
      if (!subscriptions) return undefined;
      const { chosen, unselected } = bySelection(subscriptions, selectedSubscriptions());
      const accessOf = ({ subscriptionId, name, tenantId, signInTenantId, account }: ListedSubscription) => ({
        id: subscriptionId,
        name,
        tenantId,
        signInTenantId,
        accountId: account.id,
        credential: createCredential({
          account,
          tenantId: signInTenantId,
          armScope: `${cloud.armAudience}.default`,
          registryScope: `${cloud.registryAudience}.default`,
          reauthenticate,
        }),
      });
      return createAzure({
        cloud,
        log: (line) => log.debug(line),
        subscriptions: chosen.map(accessOf),
        // Known too, so that nothing is called unused that may be used there, and so that a row of another view can name it.
        unselected: unselected.map(accessOf),
      });
    },
  };
}

/** One entry per subscription, though several accounts or tenants may see it; in order of name. */
function distinct(subscriptions: readonly ListedSubscription[]): ListedSubscription[] {
  const byId = new Map<string, ListedSubscription>();
  for (const subscription of subscriptions) {
    const key = subscription.subscriptionId.toLowerCase();
    if (!byId.has(key)) byId.set(key, subscription);
  }
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** azureauth lists with an SDK client, whose RestError the rest of the product does not know. */
function asAzureError(error: unknown): AzureError {
  if (isAzureError(error)) return error;
  if (isRestError(error) && error.response) return errorFromResponse(error.response);
  if (isRestError(error) && error.request) return errorFromFailure(error, error.request);
  const variable = codeOf(error) === 'ERR_INVALID_URL' ? unreadableProxyVariable(process.env) : undefined;
  if (variable !== undefined) {
    return new AzureError(
      vscode.l10n.t('The variable {0} is not an address. Set it to http://host:port, then restart VS Code.', variable),
      { kind: 'network', code: 'ProxyAddressInvalid' },
    );
  }
  return new AzureError(safeMessage(asError(error).message), {
    kind: 'unavailable',
    code: 'SubscriptionListFailed',
  });
}
