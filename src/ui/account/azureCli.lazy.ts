import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/core-auth';
import * as l10n from '@vscode/l10n';
import { asError } from '../../common/asError.ts';
import { parsedJson, record, text } from '../../common/json.ts';
import { isGuid } from '../../domain/guid.ts';
import { type Cloud, cloudFrom } from '../../azure/clouds.ts';
import { AzureError, isAzureError, isCancelled } from '../../azure/errors.ts';
import { entraCodeOf, isAudienceUnavailable } from '../../azure/http/tokens.ts';
import { safeMessage } from '../../common/secrets.ts';
import { hasCode } from '../../common/systemErrors.ts';
import { runProcess } from '../verify/runProcess.ts';

/** Milliseconds for one command of the CLI: a cold start alone takes several seconds on Windows. */
const timeoutMs = 60_000;

/** Characters; an account can see thousands of subscriptions. */
const maxOutput = 8_000_000;

/** A subscription as `az account list` tells it. */
export interface CliSubscription {
  readonly subscriptionId: string;
  readonly name: string;
  readonly tenantId: string;
  readonly account: { readonly id: string; readonly label: string };
  /** The CLI is signed in as a managed identity or by Cloud Shell: it takes no tenant then. */
  readonly isManaged: boolean;
}

/** The cloud that the CLI is set to. @throws AzureError `unauthenticated` if there is no usable CLI */
export async function cliCloud(registryAudience?: string): Promise<Cloud> {
  const cloud = record(await ask(['cloud', 'show']));
  const endpoints = record(cloud?.['endpoints']);
  const name = text(cloud?.['name']);
  const resourceManager = text(endpoints?.['resourceManager']);
  if (name === undefined || resourceManager === undefined) throw unreadable('az cloud show');
  try {
    return cloudFrom(
      {
        name,
        resourceManagerEndpointUrl: resourceManager,
        managementEndpointUrl: text(endpoints?.['activeDirectoryResourceId']) ?? resourceManager,
        portalUrl: text(endpoints?.['portal']),
      },
      registryAudience,
    );
  } catch (error) {
    throw failure('AzureCliCloud', asError(error).message);
  }
}

/**
 * The enabled subscriptions of every account that the CLI is signed in with, by name; empty if it is signed out.
 * @throws AzureError `unauthenticated` if there is no usable CLI
 */
export async function cliSubscriptions(): Promise<CliSubscription[]> {
  const accounts = await ask(['account', 'list']);
  if (!Array.isArray(accounts)) throw unreadable('az account list');
  const found = new Map<string, CliSubscription>();
  for (const account of accounts as unknown[]) {
    const subscription = subscriptionOf(account);
    if (subscription) found.set(subscription.subscriptionId.toLowerCase(), subscription);
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Undefined for disabled ones, and for tenants without a subscription, which the CLI lists as if they were some. */
function subscriptionOf(listed: unknown): CliSubscription | undefined {
  const account = record(listed);
  const subscriptionId = text(account?.['id']) ?? '';
  const tenantId = text(account?.['tenantId']) ?? '';
  if (!isGuid(subscriptionId) || !isGuid(tenantId) || subscriptionId === tenantId) return undefined;
  if (account?.['state'] !== 'Enabled') return undefined;
  const user = record(account['user']);
  const label = text(user?.['name']) ?? '?';
  const isManaged = /^(systemAssignedIdentity|userAssignedIdentity)$/.test(label) || user?.['cloudShellID'] === true;
  return {
    subscriptionId,
    tenantId,
    name: safeMessage(text(account['name']) ?? subscriptionId).slice(0, 200),
    account: { id: `azureCli ${label}`, label },
    isManaged,
  };
}

/**
 * Tokens of the CLI's account that sees the subscription, in the subscription's tenant.
 * @throws AzureError `unauthenticated` with the command to run, if the CLI gives none; its code is Entra's, if the CLI tells it
 */
export function cliCredential({ subscriptionId, tenantId, isManaged }: CliSubscription): TokenCredential {
  return {
    async getToken(scopes: string | string[], options: GetTokenOptions = {}): Promise<AccessToken> {
      const { tenantId: wanted = tenantId, claims } = options;
      const scope = typeof scopes === 'string' ? scopes : (scopes[0] ?? '');
      // On Windows the command interpreter reads them.
      if (!isGuid(wanted) || !/^[\w.:/-]+$/.test(scope)) throw unreadable(scope);
      if (claims?.trim()) {
        throw failure(
          'AzureCliClaims',
          l10n.t(
            'Azure asks for a stronger sign-in than the Azure CLI has. Run "az logout" and "az login --tenant {0}", then retry.',
            wanted,
          ),
        );
      }
      // The CLI takes a subscription or a tenant, not both; the subscription also tells which of its accounts is meant.
      const isOther = !isManaged && wanted.toLowerCase() !== tenantId.toLowerCase();
      const of = isOther ? ['--tenant', wanted] : ['--subscription', subscriptionId];
      const command = ['account', 'get-access-token', '--resource', scope.replace(/\/\.default$/, ''), ...of];
      try {
        return accessToken(await ask(command));
      } catch (error) {
        throw tokenFailure(error, wanted);
      }
    },
  };
}

/** `expires_on` in seconds since 1970; before CLI 2.54 only `expiresOn`, in this machine's time. */
function accessToken(told: unknown): AccessToken {
  const answer = record(told);
  const token = text(answer?.['accessToken']);
  const seconds = Number(answer?.['expires_on']);
  const expiresOnTimestamp = seconds > 0 ? seconds * 1000 : Date.parse(text(answer?.['expiresOn']) ?? '');
  if (token === undefined || Number.isNaN(expiresOnTimestamp)) throw unreadable('az account get-access-token');
  return { token, expiresOnTimestamp };
}

function tokenFailure(error: unknown, tenantId: string): unknown {
  if (!isAzureError(error, 'unauthenticated') || isAudienceUnavailable(error)) return error;
  const isEntra = error.code.startsWith('AADSTS');
  return isEntra || (error.code === 'AzureCliFailed' && error.message.includes('az login'))
    ? failure(
        isEntra ? error.code : 'AzureCliSignedOut',
        l10n.t('The Azure CLI has no valid session in tenant {0}. Run "az login --tenant {0}", then retry.', tenantId),
        error,
      )
    : error;
}

/** Runs `az …` and reads its JSON. Without a shell: its arguments are ours alone. */
async function ask(command: readonly string[]): Promise<unknown> {
  const shown = `az ${command.join(' ')}`;
  const parameters = [...command, '--output', 'json', '--only-show-errors'];
  // On Windows the CLI is a batch file, which only the command interpreter can start.
  const isWindows = process.platform === 'win32';
  const [file, start] = isWindows ? ['cmd.exe', ['/d', '/c', 'az']] : ['az', []];
  let result;
  try {
    result = await runProcess(file, [...start, ...parameters], {
      timeoutMs,
      maxOutput,
      env: { AZURE_CORE_NO_COLOR: 'true', AZURE_CORE_COLLECT_TELEMETRY: 'false' },
    });
  } catch (error) {
    if (isCancelled(error)) throw error;
    if (hasCode(error, 'ENOENT')) throw missing();
    throw failure(
      'AzureCliFailed',
      l10n.t('The Azure CLI could not be started: {0}', safeMessage(String(error))),
      error,
    );
  }
  const { code, stdout, stderr, timedOut } = result;
  if (timedOut)
    throw failure('AzureCliTimeout', l10n.t('{0} did not answer within {1} seconds.', shown, timeoutMs / 1000));
  if (code !== 0) {
    if (isWindows && code === 9009) throw missing();
    const said = safeMessage(stderr.trim() || stdout.trim()).slice(0, 500);
    throw failure(
      entraCodeOf(stderr) ?? 'AzureCliFailed',
      l10n.t('{0} failed: {1}', shown, said || `exit code ${code}`),
    );
  }
  const answer = parsedJson(stdout);
  if (answer === undefined) throw unreadable(shown);
  return answer;
}

function missing(): AzureError {
  return failure(
    'AzureCliNotFound',
    l10n.t(
      'The Azure CLI (az) is not installed, or not on the PATH of VS Code. Install it and run "az login", or set "{0}" to "vscode".',
      'acrCache.signIn',
    ),
  );
}

function unreadable(command: string): AzureError {
  return failure('AzureCliUnreadable', l10n.t('The output of {0} could not be read.', command));
}

function failure(code: string, message: string, cause?: unknown): AzureError {
  return new AzureError(message, { kind: 'unauthenticated', code, cause });
}
