import https from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { SandboxInfo } from './types.ts';

/**
 * Makes this process trust a sandbox's CA besides the default ones (fetch, https, the Azure SDKs), and reach its names by its proxy
 * (https alone). Needs Node 24.5 or newer.
 */
export function trustSandbox(sandbox: { readonly ca: string; readonly info?: Pick<SandboxInfo, 'proxy'> }): void {
  setDefaultCACertificates([...getCACertificates('default'), sandbox.ca]);
  const proxy = sandbox.info?.proxy;
  if (proxy)
    https.globalAgent = new https.Agent({ keepAlive: true, proxyEnv: { HTTPS_PROXY: proxy, NO_PROXY: local } });
}

const local = 'localhost,127.0.0.1';

/** Environment by which other programs reach a sandbox's names; none where it has ports. */
export function proxyEnvironment({ proxy }: Pick<SandboxInfo, 'proxy'>): Record<string, string> {
  if (!proxy) return {};
  return { HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: local, no_proxy: local };
}
