import * as l10n from '@vscode/l10n';
import { canonicalHost } from './familiarNames.ts';

/** How a cache rule may authenticate to a kind of upstream. */
export type UpstreamAuthentication =
  /** Only with a credential set. */
  | 'credentialSet'
  /** Only without. */
  | 'anonymous'
  /** Both work. */
  | 'either';

/** A kind of upstream that artifact cache supports, other than container registries of Azure. */
export interface Upstream {
  readonly name: string;
  /** Login server in lower case; a leading `*.` stands for one or more further labels. */
  readonly host: string;
  readonly authentication: UpstreamAuthentication;
  /** Since 2026-03-01-preview also by a managed identity, with `additionalAuthenticationProperties`. */
  readonly takesIdentity?: true;
}

/**
 * Microsoft's table of supported upstreams (artifact-cache-overview, 2025-05-12). Registries of Azure are not in it: their hosts
 * depend on the cloud, and ARM tells which ones exist.
 */
export const upstreams: readonly Upstream[] = [
  { name: 'Docker Hub', host: 'docker.io', authentication: 'credentialSet' },
  { name: 'Docker Hardened Images', host: 'dhi.io', authentication: 'credentialSet' },
  { name: 'Microsoft Artifact Registry', host: 'mcr.microsoft.com', authentication: 'anonymous' },
  { name: 'AWS ECR Public', host: 'public.ecr.aws', authentication: 'anonymous' },
  { name: 'GitHub Container Registry', host: 'ghcr.io', authentication: 'either' },
  { name: 'Quay', host: 'quay.io', authentication: 'either' },
  { name: 'NVIDIA NGC', host: 'nvcr.io', authentication: 'either' },
  { name: 'Kubernetes', host: 'registry.k8s.io', authentication: 'either' },
  { name: 'Google Container Registry', host: 'gcr.io', authentication: 'either' },
  { name: 'Google Artifact Registry', host: '*.pkg.dev', authentication: 'credentialSet', takesIdentity: true },
  { name: 'Red Hat (authenticated)', host: 'registry.redhat.io', authentication: 'credentialSet' },
  { name: 'Red Hat', host: 'registry.access.redhat.com', authentication: 'anonymous' },
];

/** The kind of upstream behind a login server, or undefined when the table does not know it. */
export function upstreamOf(loginServer: string): Upstream | undefined {
  const host = canonicalHost(loginServer);
  return upstreams.find((upstream) =>
    upstream.host.startsWith('*.') ? host.endsWith(upstream.host.slice(1)) : host === upstream.host,
  );
}

/** How cache rules read an upstream outside Azure's registries, for which this extension sets up nothing. */
export function readingOf({ name, authentication, takesIdentity }: Upstream): string {
  switch (authentication) {
    case 'anonymous':
      return l10n.t('Cache rules read {0} anonymously: they need no managed identity.', name);
    case 'either':
      return l10n.t('Cache rules read {0} anonymously or with a credential set: they need no managed identity.', name);
    case 'credentialSet':
      return takesIdentity
        ? l10n.t('Cache rules read {0} with a credential set.', name)
        : l10n.t('Cache rules read {0} with a credential set, not as a managed identity.', name);
  }
}
