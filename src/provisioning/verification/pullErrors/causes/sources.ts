import * as l10n from '@vscode/l10n';
import type { Cause, PullFailure } from '../types.ts';
import { all, any } from './words.ts';

/** Azure says so when its own request to the upstream of a cache rule failed: Azure/acr#599, #754, #772, #891, #892. */
function isOfSource({ text }: PullFailure): boolean {
  return /\bcache rule\b|\bsource registry\b/i.test(text) && !/create cache rule/i.test(text);
}

/** The status that the upstream answered the registry, where Azure tells it. */
function upstreamStatus(text: string): string | undefined {
  return /returned (?:an? )?(?:unexpected )?(?:HTTP )?status(?: code)?:? ?(\d{3})/i.exec(text)?.[1];
}

function says(words: RegExp, status: string): (failure: PullFailure) => boolean {
  return (failure) => isOfSource(failure) && (words.test(failure.text) || upstreamStatus(failure.text) === status);
}

/** What happened between the registry and the upstream of a cache rule. */
export const sourceCauses: readonly Cause[] = [
  {
    code: 'denied',
    holds: all(/\baccess to push\b/i, /\bcache rule\b/i),
    reason: () => l10n.t('By default, nothing can be pushed to the target of a cache rule.'),
    next: () => l10n.t('Push to another repository, or to the upstream.'),
  },
  {
    code: 'sourceThrottled',
    holds: says(/too many requests|toomanyrequests|rate limit/i, '429'),
    mayPass: true,
    reason: () => l10n.t('The upstream registry is throttling requests.'),
    next: () =>
      l10n.t(
        'Wait a few minutes, then pull again. If the rule has no credentials, add some: anonymous requests have the lowest limit.',
      ),
  },
  {
    code: 'sourceUnauthenticated',
    holds: says(
      /authentication required|\bunauthorized\b|could not authenticate|authentication (?:has )?failed/i,
      '401',
    ),
    mayPass: true,
    reason: () => l10n.t('The cache rule could not sign in to the upstream registry.'),
    next: () =>
      l10n.t(
        'Check that the rule has an identity or credential set, that the identity still exists, and that it has its role on the upstream.',
      ),
  },
  {
    code: 'sourceDenied',
    // Docker's own "pull access denied for …" stands before anything that Azure says.
    holds: says(/(?:has been|was|were|is) denied|\bforbidden\b/i, '403'),
    mayPass: true,
    reason: () => l10n.t("The upstream registry denied the pull to the cache rule's identity."),
    next: () =>
      l10n.t(
        "A new role assignment can take a few minutes to take effect. If it still fails, check the source path, and the identity's role and condition.",
      ),
  },
  {
    code: 'tagMissing',
    holds: says(/\bnot found\b|manifest unknown|does not exist in/i, '404'),
    reason: () => l10n.t("The cache rule's upstream does not have this tag or digest."),
    next: () => l10n.t('Check the tag and the path in the upstream registry.'),
  },
  {
    code: 'sourceFailed',
    holds: any(
      isOfSource,
      ({ status }) => status === 424,
      /\bfailed dependency\b/i,
      all(/\bfailed to fetch /i, / from source /i),
    ),
    mayPass: true,
    reason: ({ text }) => {
      const status = upstreamStatus(text);
      return status === undefined
        ? l10n.t("The registry could not fetch it from the cache rule's upstream.")
        : l10n.t("The cache rule's upstream answered with status {0}.", status);
    },
    next: () =>
      l10n.t(
        'Try again in a few minutes. If it still fails, diagnose the rule, try the same image in the upstream, and give Microsoft support the correlation ID.',
      ),
  },
];
