import type { Core } from '../core.ts';
import type { ProxyOptions } from './proxy.ts';

/** How the services of a sandbox are named. What Azure calls the endpoints of a cloud is made here and nowhere else. */
export interface Names {
  /** Endpoint of ARM, with trailing slash. `port`: that of ARM on loopback. */
  arm(port: number): string;
  /** Endpoint of Entra, with trailing slash. */
  login(port: number): string;
  /** Of the portal, which is only linked to, with trailing slash. */
  portal(port: number): string;
  /** Without a port nothing answers there: the registry is on ARM alone. */
  loginServer(registry: string, port: number | undefined): string;
  /** Where registries keep their blobs, without slash at the end. */
  storage(port: number): string;
  isLoginServer(host: string): boolean;
  /** What all login servers end with, without the dot. */
  readonly registrySuffix: string;
  /** What all other names end with. */
  readonly domain: string;
}

const domain = 'azure.sandbox';
const registryDomain = 'azurecr.sandbox';

/** The host of a registry's storage is none of its own names, on Azure neither. */
const storageHost = `sandboxmanaged.blob.core.${domain}`;

/** Names as Azure has them, at port 443; they resolve nowhere but in the sandbox's proxy. */
const azureNames: Names = {
  arm: () => `https://management.${domain}/`,
  login: () => `https://login.${domain}/`,
  portal: () => `https://portal.${domain}/`,
  loginServer: (registry) => `${registry.toLowerCase()}.${registryDomain}`,
  storage: () => `https://${storageHost}`,
  isLoginServer: (host) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(host) && host.endsWith(`.${registryDomain}`),
  registrySuffix: registryDomain,
  domain,
};

/** A port of loopback for each service. */
const ports: Names = {
  arm: local,
  login: local,
  portal: local,
  // A name that no resolver knows (RFC 6761).
  loginServer: (registry, port) => (port === undefined ? `${registry}.invalid` : `localhost:${port}`),
  storage: (port) => `https://localhost:${port}`,
  isLoginServer: (host) => /^localhost:\d+$/.test(host),
  registrySuffix: 'localhost',
  domain: 'localhost',
};

function local(port: number): string {
  return `https://localhost:${port}/`;
}

export const namesOf = { names: azureNames, ports } as const;

/** Where the sandbox's proxy leads: to what is served under a name now. A registry that is not there has no address. */
export function proxyTarget({ hosts }: Core): ProxyOptions['target'] {
  return (host, port) => {
    const served = port === 443 ? hosts.get(host) : undefined;
    if (served !== undefined) return { port: served };
    return { status: port === 443 && host.endsWith(`.${registryDomain}`) ? 502 : 403 };
  };
}

/** What the server's certificate is for, besides loopback. */
export const certificateNames: readonly string[] = ['localhost', `*.${domain}`, `*.${registryDomain}`, storageHost];
