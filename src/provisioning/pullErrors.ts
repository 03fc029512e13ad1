import * as l10n from '@vscode/l10n';
import { isAzureError } from '../azure/errors.ts';

/** Why a pull through a cache rule failed, as far as the text tells. */
export interface PullProblem {
  readonly code:
    | 'sourceDenied'
    | 'sourceUnauthenticated'
    | 'sourceThrottled'
    | 'sourceFailed'
    | 'tagMissing'
    | 'repositoryMissing'
    | 'denied'
    | 'unauthenticated'
    | 'throttled'
    | 'blockedByNetwork'
    | 'network'
    | 'unknown';
  /** What happened, one sentence. */
  readonly reason: string;
  /** What to do. */
  readonly next: string;
  /** Time may heal it: a role assignment takes minutes to take effect, throttling ends. */
  readonly mayPass: boolean;
  readonly ruleName?: string;
  readonly source?: string;
  readonly correlationId?: string;
}

interface Row {
  readonly pattern: RegExp;
  readonly code: PullProblem['code'];
  readonly mayPass: boolean;
  readonly words: () => { reason: string; next: string };
}

/** Texts as reported for the service: Azure/acr#599, #772, #754, #765, #891; first match wins. */
const rows: readonly Row[] = [
  {
    pattern: /requested access to pull from source/i,
    code: 'sourceDenied',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The upstream registry denied the pull to the identity of the cache rule.'),
      next: l10n.t(
        'A new role assignment can take some minutes to take effect. If it stays so, check the source path, the role of the identity and its condition.',
      ),
    }),
  },
  {
    pattern: /authentication required with source registry/i,
    code: 'sourceUnauthenticated',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The cache rule could not authenticate to the upstream registry.'),
      next: l10n.t(
        'Check that the rule has its identity, that the identity still exists, and that it has its role on the upstream.',
      ),
    }),
  },
  {
    pattern: /too many requests to source registry/i,
    code: 'sourceThrottled',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The upstream registry limits requests.'),
      next: l10n.t('Wait some minutes and pull again.'),
    }),
  },
  {
    pattern: /' returned status code|failed to fetch \S+ from source/i,
    code: 'sourceFailed',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The upstream registry answered with an error.'),
      next: l10n.t('Try again. If it stays so, give Microsoft support the correlation id.'),
    }),
  },
  {
    // The last form is containerd's: `registry.example/app:1: not found`.
    pattern: /manifest unknown|MANIFEST_UNKNOWN|manifest tagged by|[\w.-]:[\w.-]{1,128}: not found\b/i,
    code: 'tagMissing',
    mayPass: false,
    words: () => ({
      reason: l10n.t('There is no such tag or digest.'),
      next: l10n.t('Check the tag in the upstream registry.'),
    }),
  },
  {
    pattern: /name unknown|NAME_UNKNOWN|repository (?:name )?\S+ not found/i,
    code: 'repositoryMissing',
    mayPass: false,
    words: () => ({
      reason: l10n.t('There is no such repository, here or upstream.'),
      next: l10n.t('Check the path: the rule maps only its own source, without sub-paths.'),
    }),
  },
  {
    pattern: /client with IP \S+ is not allowed access|is not allowed access\. Refer https:\/\/aka\.ms\/acr\/firewall/i,
    code: 'blockedByNetwork',
    mayPass: false,
    words: () => ({
      reason: l10n.t('The network rules of the registry do not let this machine in.'),
      next: l10n.t('Pull from an allowed network, or add this address to the registry.'),
    }),
  },
  {
    pattern: /toomanyrequests|too many requests/i,
    code: 'throttled',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The registry limits requests.'),
      next: l10n.t('Wait some minutes and pull again.'),
    }),
  },
  {
    pattern: /unauthorized|authentication required|no basic auth credentials|invalid username|UNAUTHORIZED/i,
    code: 'unauthenticated',
    mayPass: false,
    words: () => ({
      reason: l10n.t('The registry did not accept the sign-in of the client.'),
      next: l10n.t('Log in to the registry again; a switch to ABAC mode ends every earlier login.'),
    }),
  },
  {
    pattern: /denied|DENIED|forbidden/i,
    code: 'denied',
    mayPass: false,
    words: () => ({
      reason: l10n.t('You may not pull from this registry.'),
      next: l10n.t('Ask for AcrPull on it, or, in ABAC mode, Container Registry Repository Reader.'),
    }),
  },
  {
    pattern:
      /no such host|connection refused|i\/o timeout|TLS handshake|x509|ECONN|ENOTFOUND|ETIMEDOUT|connection reset/i,
    code: 'network',
    mayPass: true,
    words: () => ({
      reason: l10n.t('The registry could not be reached.'),
      next: l10n.t('Check the connection, proxy and certificates, then try again.'),
    }),
  },
];

/** Longer output adds nothing: the error is at its end. */
const maxText = 20_000;

/** Explains the failure of a pull from an `AzureError` or from what docker, podman or containerd printed. */
export function explainPullError(failure: Error | string): PullProblem {
  const text = (typeof failure === 'string' ? failure : `${azureCode(failure)}${failure.message}`).slice(-maxText);
  const row = rows.find(({ pattern }) => pattern.test(text)) ?? rowOfKind(failure);
  const words = row?.words() ?? {
    reason: l10n.t('The pull failed.'),
    next: l10n.t('Look at the output of the pull for the reason.'),
  };
  const ruleName = /for cache rule '([^'\n]{1,100})'/i.exec(text)?.[1];
  const source = /from source '([^'\n]{1,500})'/i.exec(text)?.[1];
  const correlationId =
    (isAzureError(failure) ? failure.correlationId : undefined) ?? /CorrelationId: ?([0-9a-f-]{36})/i.exec(text)?.[1];
  return {
    code: row?.code ?? 'unknown',
    mayPass: row?.mayPass ?? false,
    ...words,
    ...(ruleName ? { ruleName } : {}),
    ...(source ? { source } : {}),
    ...(correlationId ? { correlationId } : {}),
  };
}

function azureCode(error: Error): string {
  return isAzureError(error) ? `${error.code}: ` : '';
}

/** When the text says nothing, the kind of the error still does. */
function rowOfKind(failure: Error | string): Row | undefined {
  if (!isAzureError(failure)) return undefined;
  const codes: Partial<Record<typeof failure.kind, PullProblem['code']>> = {
    notFound: 'tagMissing',
    forbidden: 'denied',
    unauthenticated: 'unauthenticated',
    throttled: 'throttled',
    network: 'network',
    unavailable: 'sourceFailed',
  };
  return rows.find((row) => row.code === codes[failure.kind]);
}
