import * as l10n from '@vscode/l10n';
import type { Cause, PullFailure } from '../types.ts';
import { any, followed } from './words.ts';

/** For whose sign-in is the client's own matter, whatever the registry. */
export const signInCauses: readonly Cause[] = [
  {
    code: 'denied',
    holds: ({ text, status }) =>
      /\/_catalog\b|registry:catalog\b|\bName["']?:\s?["']?catalog\b/i.test(text) &&
      (status === 401 || status === 403 || /unauthorized|denied|authentication required|insufficient/i.test(text)),
    reason: () =>
      l10n.t(
        "The client lacks permission to list the registry's repositories, which is separate from the permission to pull.",
      ),
    next: ({ vendor }) =>
      vendor === 'azure' || vendor === 'unknown'
        ? l10n.t(
            'Pull by repository name, which needs no list. To list repositories in ABAC mode, the identity needs Container Registry Repository Catalog Lister.',
          )
        : l10n.t('Pull by repository name, which needs no list.'),
  },
  {
    code: 'unauthenticated',
    holds: /application not registered with AAD|AADSTS(?:700016|7000112)\b/i,
    reason: () => l10n.t("The user name is not an application in the registry's tenant."),
    next: () =>
      l10n.t(
        "Check the client ID and the tenant: use the application's client ID as the user name, not its object ID or name.",
      ),
  },
  {
    code: 'unauthenticated',
    holds: any(
      /AADSTS(?:7000215|7000222|700024|50173)\b|\b(?:expired|invalid) client ?(?:id|secret)|\binvalid_client\b/i,
      followed(/\bclient secret\b/gi, /^[^\n]{0,60}(?:expired|invalid)/i),
    ),
    reason: () => l10n.t("The application's client secret is wrong or has expired."),
    next: () => l10n.t('Create a new client secret, and update it where the client reads it.'),
  },
  {
    code: 'unauthenticated',
    holds: any(
      /\bno (?:[\w-]{1,20} ){0,2}identity\b|multiple user.assigned identities|ManagedIdentityCredential/i,
      /failed to (?:acquire|get|retrieve|fetch) (?:an? )?(?:MSI|managed identity|service principal|acr|azure) ?\w{0,12} ?token/i,
      followed(/\bidentity\b/gi, /^[^\n]{0,80}(?:\bnot|n't) (?:assigned|found|attached|available)\b/i),
    ),
    reason: () => l10n.t('The client has no managed identity to sign in with, or does not know which one to use.'),
    next: () =>
      l10n.t(
        'Assign the identity to what pulls (the node pool, app or machine). If there are several, specify it by its client ID or resource ID.',
      ),
  },
  {
    code: 'unauthenticated',
    holds: any(
      /token validation failed|azureADAuthenticationAsArmPolicy/i,
      followed(/\baudience\b/gi, /^[^\n]{0,60}(?:invalid|not (?:accepted|allowed))/i),
    ),
    vendors: ['azure', 'unknown'],
    reason: () => l10n.t('The registry does not accept this kind of token.'),
    next: () =>
      l10n.t(
        'The client uses an Azure Resource Manager token, which the registry may refuse. Allow it with az acr config authentication-as-arm update.',
      ),
  },
  {
    code: 'unauthenticated',
    holds: /please run ["'`]az login|az login["'`]? (?:to setup|first)/i,
    reason: () => l10n.t('The Azure CLI is not signed in on this machine.'),
    next: () => l10n.t('Run az login, then az acr login for the registry, then pull again.'),
  },
  {
    code: 'unauthenticated',
    holds: /\bAADSTS\d{4,8}\b/,
    reason: ({ text }) =>
      l10n.t('Microsoft Entra ID refused the sign-in: {0}.', /\bAADSTS\d{4,8}\b/.exec(text)?.[0] ?? ''),
    next: () =>
      l10n.t(
        "Look up this code in the Microsoft Entra ID documentation and correct the client's sign-in. The registry was not contacted yet.",
      ),
  },
  {
    code: 'unauthenticated',
    holds: followed(/\badmin (?:user|credentials|account)\b/gi, /^[^\n]{0,40}disabled/i),
    vendors: ['azure', 'unknown'],
    isVague: true,
    reason: () => l10n.t("The sign-in used the registry's admin user, which is disabled."),
    next: () =>
      l10n.t(
        'Sign in with an identity that has a role on the registry. The messages before this one say why it was not accepted.',
      ),
  },
];

/** A registry's own words, and nobody else's: the same words stand in errors of files, sockets and proxies. */
const deniedWords =
  /requested access to the resource is denied|pull access denied|insufficient[_ ]scope|(?:"|\b)DENIED\b|(?<!permission |access )\bdenied: |access forbidden|: denied$/;
const unauthenticatedWords =
  /\bunauthorized\b|authentication required|no basic auth credentials|incorrect username or password|invalid username|authorization failed|failed to authorize|basic credential not found|Unauthorized(?:Access)?Failure/i;

function isDenied({ text }: PullFailure): boolean {
  return deniedWords.test(text) && !/no basic auth credentials|\bunauthorized: /i.test(text);
}

function isUnauthenticated({ text, status, kind }: PullFailure): boolean {
  if (status === 401 || kind === 'unauthenticated') return true;
  return status !== 403 && unauthenticatedWords.test(text);
}

/** Learn, "Why does my pull or push request fail with disallowed operation?". */
export const disallowedCauses: readonly Cause[] = [
  {
    code: 'denied',
    holds: /operation is disallowed on this registry, repository or image/i,
    reason: () => l10n.t('The registry does not allow this operation: the image is locked or in quarantine.'),
    next: () =>
      l10n.t(
        'Check the attributes of the image and its repository (az acr repository show), and enable reading there; a role does not help.',
      ),
  },
];

/** 403, and nothing that says why. */
export const refusedWithoutWords: Cause = {
  code: 'blockedByNetwork',
  holds: ({ text, status, kind }) => status === 403 || kind === 'forbidden' || /\bforbidden\b/i.test(text),
  reason: () =>
    l10n.t('The request was refused with 403, and no missing permission was named: most likely the network blocks it.'),
  next: () =>
    l10n.t(
      "Check the registry's selected networks and private endpoint, the DNS of the machine that pulls, and any proxy or web filter in front of it. A missing role usually shows as 401.",
    ),
};

/**
 * The same of a manifest that a cache rule fetches: containerd and BuildKit ask by HEAD, whose answer has no words. A network that
 * blocks shows before, where the client gets its token.
 */
export const refusedThroughRule: Cause = {
  code: 'sourceDenied',
  holds: followed(/\[manifests |\/manifests\//g, /^[^\s"]{1,200}: 403\b/),
  mayPass: true,
  reason: () =>
    l10n.t(
      "The registry refused with 403 and gave no reason: most likely the upstream denied the pull to the cache rule's identity.",
    ),
  next: () =>
    l10n.t("Diagnose the rule. If it has no problems, check the registry's selected networks and private endpoint."),
};

/** The rows of whose registry it is: an Azure role helps only in a registry of Azure. */
export const accessCauses: readonly Cause[] = [
  {
    code: 'denied',
    holds: (failure) => failure.isOwn === true && isDenied(failure),
    reason: () => l10n.t('You lack permission to pull from this registry.'),
    next: () => l10n.t('Ask for AcrPull on it, or, in ABAC mode, Container Registry Repository Reader.'),
  },
  {
    code: 'unauthenticated',
    holds: (failure) => failure.isOwn === true && isUnauthenticated(failure),
    reason: () => l10n.t('The registry did not accept your sign-in, or you have no role that allows pulling.'),
    next: () =>
      l10n.t(
        'Ask for AcrPull on it, or, in ABAC mode, Container Registry Repository Reader. If you have the role, sign in again: a switch to ABAC mode ends every earlier login.',
      ),
  },
  {
    code: 'denied',
    holds: isDenied,
    vendors: ['azure'],
    mayPass: true,
    reason: () => l10n.t('The identity that pulls has no role for this repository.'),
    next: ({ image }) =>
      image
        ? l10n.t(
            'Give it (in AKS, the kubelet identity) AcrPull on the registry, or, in ABAC mode, Container Registry Repository Reader with a condition for {0}. A new role assignment takes a few minutes.',
            image.repository,
          )
        : l10n.t(
            'Give it (in AKS, the kubelet identity) AcrPull on the registry, or, in ABAC mode, Container Registry Repository Reader. A new role assignment takes a few minutes.',
          ),
  },
  {
    code: 'unauthenticated',
    holds: isUnauthenticated,
    vendors: ['azure'],
    mayPass: true,
    reason: () =>
      l10n.t(
        'The registry did not accept the client: it is not signed in, its sign-in has expired, or its identity has no role that allows pulling.',
      ),
    next: ({ image }) =>
      image
        ? l10n.t(
            'Give the identity that pulls (in AKS, the kubelet identity) AcrPull on the registry, or, in ABAC mode, Container Registry Repository Reader with a condition for {0}. A new role assignment takes a few minutes. If it has the role, sign in again: a switch to ABAC mode ends every earlier login.',
            image.repository,
          )
        : l10n.t(
            'Give the identity that pulls (in AKS, the kubelet identity) AcrPull on the registry, or, in ABAC mode, Container Registry Repository Reader. A new role assignment takes a few minutes. If it has the role, sign in again: a switch to ABAC mode ends every earlier login.',
          ),
  },
  {
    code: 'unauthenticated',
    // For a repository that does not exist Docker Hub answers 401 as well, but then without these words.
    holds: /incorrect username or password|personal access token|failed to fetch oauth token/i,
    vendors: ['dockerHub'],
    reason: () => l10n.t("Docker Hub did not accept the client's user name and password or access token."),
    next: () => l10n.t('Sign in to Docker Hub again, with an unexpired access token that allows pulling.'),
  },
  {
    code: 'denied',
    holds: isRefused,
    vendors: ['dockerHub'],
    reason: ({ image }) =>
      image && image.host === undefined
        ? l10n.t(
            'The name has no registry, so Docker Hub was used: the repository does not exist there, or is private.',
          )
        : l10n.t('Docker Hub refused: the repository does not exist there, or is private.'),
    next: () =>
      l10n.t(
        'If the image is in another registry, put its login server before the name; otherwise sign in to Docker Hub.',
      ),
  },
  {
    code: 'denied',
    holds: (failure) => isDenied(failure) || failure.status === 403,
    vendors: ['other'],
    reason: ({ host, image }) =>
      l10n.t(
        '{0} refused: the repository does not exist there, or the client lacks permission to read it.',
        image?.host ?? host ?? '',
      ),
    next: () =>
      l10n.t(
        'Check the image name, and sign in to that registry with an account that can pull it. A web filter or proxy may also be the cause.',
      ),
  },
  {
    code: 'unauthenticated',
    holds: isUnauthenticated,
    vendors: ['other'],
    reason: ({ host, image }) => l10n.t("{0} did not accept the client's sign-in.", image?.host ?? host ?? ''),
    next: () => l10n.t('Sign in to that registry with an account that can pull the image.'),
  },
  {
    code: 'denied',
    holds: isDenied,
    reason: () =>
      l10n.t('The registry refused: the repository does not exist there, or the client lacks permission to read it.'),
    next: () =>
      l10n.t(
        'Check which registry was used: the image name starts with its host, or it is Docker Hub. Sign in there, or ask for permission to pull.',
      ),
  },
  {
    code: 'unauthenticated',
    holds: isUnauthenticated,
    reason: () => l10n.t("The registry did not accept the client's sign-in."),
    next: ({ text, status }) =>
      status === 401 || /authentication required/i.test(text)
        ? l10n.t(
            'Check which registry was used, and sign in there. On an Azure container registry, the identity that pulls also needs a role: AcrPull, or, in ABAC mode, Container Registry Repository Reader.',
          )
        : l10n.t('Check which registry was used, and sign in there with an account that can pull the image.'),
  },
  refusedWithoutWords,
];

function isRefused(failure: PullFailure): boolean {
  return isDenied(failure) || isUnauthenticated(failure) || failure.status === 403;
}
