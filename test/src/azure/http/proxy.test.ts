import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createPipelineFromOptions } from '@azure/core-rest-pipeline';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { afterEach, expect, it, vi } from 'vitest';
import { unreadableProxyVariable } from '../../../../src/azure/http/proxy.ts';
import { startProxy } from '../../../sandbox/src/network/proxy.ts';
import type { SandboxOptions } from '../../../sandbox/src/options.ts';
import { trustSandbox } from '../../../sandbox/src/trust.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

const nodesAgent = https.globalAgent;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  https.globalAgent = nodesAgent;
  vi.unstubAllEnvs();
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function start(options: SandboxOptions = {}): Promise<AzureUnderTest> {
  const under = await startAzure({ ...options, hosts: 'names' });
  closing.push(() => under.close());
  return under;
}

/** VS Code gives requests an agent of this class, whatever agent they come with. */
function asInVsCode(proxy: string | undefined): void {
  Object.assign(https, { globalAgent: new HttpsProxyAgent(proxy ?? '') });
}

const groupsOf = ({ azure, subscriptionId }: AzureUnderTest) => azure.resourceGroups.list(subscriptionId);

it('leads to ARM, by own requests and the SDK’s, and to registries', async () => {
  const under = await start();
  asInVsCode(under.sandbox.info.proxy);
  expect(await groupsOf(under)).toHaveLength(1);
  expect(await under.azure.identities.list(under.subscriptionId)).toEqual([]);
  const registry = await under.registry('upstreamregistry');
  expect(registry.loginServer).toBe('upstreamregistry.azurecr.sandbox');
  expect(await under.azure.registry(registry).repositories()).toContain('myapp');
});

it('is Node’s own outside of VS Code', async () => {
  const under = await start();
  expect(await groupsOf(under)).toHaveLength(1);
  expect(await under.azure.registry(await under.registry('upstreamregistry')).repositories()).toContain('myapp');
});

it('is not looked for in the environment by the SDK, which would stop at an address without scheme', async () => {
  vi.stubEnv('HTTPS_PROXY', '10.0.0.1:8080');
  const under = await start();
  expect(await groupsOf(under)).toHaveLength(1);
  expect(await under.azure.identities.list(under.subscriptionId)).toEqual([]);
});

it('gets user and password from its address', async () => {
  const under = await start({ proxyCredentials: 'dev:secret' });
  asInVsCode(under.sandbox.info.proxy?.replace('//', '//dev:secret@'));
  expect(await groupsOf(under)).toHaveLength(1);
});

it.each([
  ['VS Code', asInVsCode],
  ['Node', () => undefined],
])('without user and password says so, by %s', async (_, use) => {
  const under = await start({ proxyCredentials: 'dev:secret' });
  use(under.sandbox.info.proxy);
  const { result, requests } = await under.requestsOf(() => failureOf(groupsOf(under)));
  expect(result).toMatchObject({ kind: 'network', code: 'ProxyAuthenticationRequired' });
  expect(requests).toEqual([]);
});

it.each([
  [403, 'ProxyRefused', 1],
  [404, 'ProxyRefused', 1],
  [502, 'ProxyCouldNotConnect', 2],
])('that answers %i is not taken for Azure', async (status, code, attempts) => {
  const under = await start();
  const proxy = await startProxy({ target: () => ({ status }) });
  closing.push(() => proxy.close());
  asInVsCode(proxy.url);
  expect(await failureOf(groupsOf(under))).toMatchObject({ kind: 'network', code });
  expect(proxy.log).toHaveLength(attempts);
  expect(await failureOf(under.azure.identities.list(under.subscriptionId))).toMatchObject({ kind: 'network', code });
  expect(under.lines.at(-1)).toMatch(new RegExp(`^GET https://management.azure.sandbox/\\S+ ${code} `));
});

it('that cannot be reached is told', async () => {
  const under = await start();
  asInVsCode('http://127.0.0.1:1');
  expect(await failureOf(groupsOf(under))).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
});

it('that opens TLS needs its authority to be trusted', async () => {
  const under = await start({ proxyOpensTls: true });
  const { proxy, proxyCa = '' } = under.sandbox.info;
  asInVsCode(proxy);
  const error = await failureOf(groupsOf(under));
  expect(error).toMatchObject({ kind: 'network', code: expect.stringMatching(/CERT|SIGNATURE/) });
  trustSandbox({ ca: readFileSync(proxyCa, 'utf8') });
  expect(await groupsOf(under)).toHaveLength(1);
});

it.each([
  [{ HTTPS_PROXY: '10.0.0.1:8080' }, 'HTTPS_PROXY'],
  [{ all_proxy: '10.0.0.1:8080', HTTP_PROXY: 'http://10.0.0.1:8080' }, 'all_proxy'],
  [{ HTTP_PROXY: '10.0.0.1:8080' }, 'HTTP_PROXY'],
  [{ HTTPS_PROXY: 'http://10.0.0.1:8080', HTTP_PROXY: '10.0.0.1:8080' }, undefined],
  [{}, undefined],
])('that the SDK could not read is named by its variable: %o', (environment, name) => {
  const set = { HTTPS_PROXY: '', ALL_PROXY: '', HTTP_PROXY: '', https_proxy: '', all_proxy: '', http_proxy: '' };
  for (const [key, value] of Object.entries({ ...set, ...environment })) vi.stubEnv(key, value);
  expect(unreadableProxyVariable(process.env)).toBe(name);
  // As the sign-in package's client does it.
  if (name === undefined) expect(() => createPipelineFromOptions({})).not.toThrow();
  else expect(() => createPipelineFromOptions({})).toThrow('Invalid URL');
});
