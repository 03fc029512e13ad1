import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Makes this process (fetch, https, the Azure SDKs) trust a sandbox's CA besides the default ones. Needs Node 22.19 or newer. */
export function trustSandbox(sandbox: { readonly ca: string }): void {
  setDefaultCACertificates([...getCACertificates('default'), sandbox.ca]);
}
