import * as l10n from '@vscode/l10n';
import type { Cause } from '../types.ts';

export const throttledCauses: readonly Cause[] = [
  {
    code: 'throttled',
    holds: /pull QPS exceeded|registryPullQPS/i,
    mayPass: true,
    reason: () => l10n.t("The node's kubelet limits its own pulls; no registry was contacted."),
    next: () =>
      l10n.t(
        "Wait: the node retries by itself. If it happens often, raise the kubelet's registryPullQPS and registryBurst.",
      ),
  },
  {
    code: 'throttled',
    holds: ({ text, status, kind }) =>
      status === 429 || kind === 'throttled' || /toomanyrequests|too many requests|rate limit|\bthrottl/i.test(text),
    mayPass: true,
    reason: ({ vendor }) =>
      vendor === 'dockerHub'
        ? l10n.t('Docker Hub rate-limits this account or address.')
        : l10n.t('The registry is throttling requests.'),
    next: ({ vendor }) =>
      vendor === 'dockerHub'
        ? l10n.t('Wait, sign in to Docker Hub, or pull through a cache rule that has credentials.')
        : l10n.t('Wait a few minutes, then pull again.'),
  },
];

export const serverCauses: readonly Cause[] = [
  {
    code: 'unavailable',
    // The engine may give its client 500 for what the registry says in words.
    holds: ({ text, status, kind }) =>
      !/\b(?:unauthorized|denied|toomanyrequests|manifest unknown): /i.test(text) &&
      ((status !== undefined && (status >= 500 || status === 408)) ||
        kind === 'unavailable' ||
        /internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|RegistryErrorResponse/i.test(
          text,
        )),
    mayPass: true,
    reason: ({ status }) =>
      status === undefined
        ? l10n.t('The registry, or a gateway in front of it, answered with a server error.')
        : l10n.t('The registry, or a gateway in front of it, answered with server error {0}.', String(status)),
    next: () =>
      l10n.t(
        'Pull again in a few minutes. If it still fails, check the health of the registry and of Azure, and note the correlation ID.',
      ),
  },
];

/** What hosting services say without telling more. */
export const vagueCauses: readonly Cause[] = [
  {
    code: 'unknown',
    holds: /\b(?:context|request|operation) cancell?ed\b|code = Canceled/i,
    mayPass: true,
    isVague: true,
    reason: () => l10n.t('The pull was canceled before it finished.'),
    next: () =>
      l10n.t(
        'Look for what canceled it, such as a time limit of the pipeline or node, or another pull that failed at the same time.',
      ),
  },
  {
    code: 'inaccessible',
    holds: /InaccessibleImage|is not accessible\. Please check|check the image and registry credential/i,
    isVague: true,
    reason: () => l10n.t('Azure Container Instances could not get the image; the message does not say why.'),
    next: () =>
      l10n.t(
        "Check the name and tag, then the container group's credential or identity, then whether the registry's network rules allow it.",
      ),
  },
  {
    code: 'inaccessible',
    holds:
      /verify docker image configuration and credentials|image pull failed|ImagePullFailure|failed to pull image|cannot be pulled|could not be pulled/i,
    isVague: true,
    reason: () => l10n.t('The image could not be pulled; this message does not say why.'),
    next: () =>
      l10n.t(
        "Explain the first error of the pull, from the pod's events (kubectl describe pod), the app's container log or the client's output.",
      ),
  },
];
