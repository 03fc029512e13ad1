import { cloudOfRegistry } from '../../../azure/clouds.ts';
import { canonicalHost } from '../../../domain/familiarNames.ts';
import { upstreamOf } from '../../../domain/upstreams.ts';
import type { Vendor } from './types.ts';

/** Docker Hub's login server, which a name without a registry means. */
export const dockerHub = 'docker.io';

/** Hosts that Docker Hub has besides those of its API: sign-in, layers. */
const dockerHubHosts = /^(?:(?:auth|registry|hub)\.docker\.io|production\.cloudflare\.docker\.com)$/;

/**
 * The login server behind any host of a registry. `:443` is what https means anyway; private links, regional and data endpoints of
 * a registry of Azure have further labels between its name and the cloud's suffix (container-registry-dedicated-data-endpoints).
 */
export function registryHost(host: string): string {
  const bare = canonicalHost(host.replace(/:443$/, '').replace(/\.$/, ''));
  if (dockerHubHosts.test(bare)) return dockerHub;
  const suffix = cloudOfRegistry(bare)?.registrySuffix;
  return suffix === undefined ? bare : `${bare.slice(0, bare.indexOf('.'))}${suffix}`;
}

/** `host` as `registryHost` gives it; `isKnown` for login servers that Azure itself named, as those of custom clouds. */
export function vendorOf(host: string, isKnown: (host: string) => boolean): Vendor {
  if (isKnown(host) || cloudOfRegistry(host)) return 'azure';
  return host === dockerHub ? 'dockerHub' : 'other';
}

/** Whether a host is a registry wherever it is named. */
export function isWellKnownHost(host: string, isKnown: (host: string) => boolean): boolean {
  return vendorOf(host, isKnown) !== 'other' || upstreamOf(host) !== undefined;
}
