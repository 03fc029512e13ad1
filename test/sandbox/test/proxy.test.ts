import { request as httpRequest } from 'node:http';
import https from 'node:https';
import { readFile } from 'node:fs/promises';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox } from '../src/sandbox.ts';
import type { Sandbox } from '../src/types.ts';
import type { SandboxOptions } from '../src/options.ts';

const running: Sandbox[] = [];
const agents: https.Agent[] = [];

async function start(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  return sandbox;
}

afterAll(async () => {
  for (const agent of agents) agent.destroy();
  await Promise.all(running.map((sandbox) => sandbox.close()));
});

/** What the proxy says to a CONNECT. */
function connect(
  { info }: Sandbox,
  authority: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | undefined; readonly challenge: string | undefined }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(info.proxy ?? '', { method: 'CONNECT', path: authority, headers, agent: false });
    asked.once('connect', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode, challenge: answer.headers['proxy-authenticate'] });
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** A client that uses the proxy, trusts `ca` and keeps its connections. */
function agentOf({ info }: Sandbox, ca: string, credentials = ''): https.Agent {
  const proxy = (info.proxy ?? '').replace('//', `//${credentials}`);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca, proxyEnv: { HTTPS_PROXY: proxy } });
  agents.push(agent);
  return agent;
}

interface Got {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
  readonly reused: boolean;
  readonly issuer: string | string[] | undefined;
}

function get(url: string, agent: https.Agent): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = https.get(url, { agent }, (answer) => {
      const issuer = answer.socket instanceof TLSSocket ? answer.socket.getPeerCertificate().issuer.CN : undefined;
      const challenge = answer.headers['www-authenticate'];
      answer
        .resume()
        .once('end', () => resolve({ status: answer.statusCode, challenge, reused: asked.reusedSocket, issuer }));
    });
    asked.once('error', reject);
  });
}

describe('the proxy', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await start();
  });

  it('leads to ARM and the registries by their names, at port 443', async () => {
    const agent = agentOf(sandbox, sandbox.ca);
    expect(sandbox.info.arm).toBe('https://management.azure.sandbox/');
    expect(sandbox.info.registries.map(({ loginServer }) => loginServer)).toEqual([
      'myregistry.azurecr.sandbox',
      'upstreamregistry.azurecr.sandbox',
    ]);
    const arm = await get(`${sandbox.info.arm}subscriptions?api-version=2021-04-01`, agent);
    expect(arm).toMatchObject({ status: 401, issuer: 'Azure sandbox CA' });
    const registry = await get('https://myregistry.azurecr.sandbox/v2/', agent);
    expect(registry).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('realm="https://myregistry.azurecr.sandbox/oauth2/token"'),
    });
  });

  it('keeps a connection for the next request', async () => {
    const agent = agentOf(sandbox, sandbox.ca);
    const url = 'https://myregistry.azurecr.sandbox/v2/';
    expect((await get(url, agent)).reused).toBe(false);
    expect((await get(url, agent)).reused).toBe(true);
  });

  it('refuses every other name and port', async () => {
    const refused = ['example.com:443', 'localhost:443', '127.0.0.1:22', 'myregistry.azurecr.sandbox:80'];
    for (const authority of refused) expect(await connect(sandbox, authority)).toMatchObject({ status: 403 });
    expect(await connect(sandbox, 'azure.sandbox:443')).toMatchObject({ status: 403 });
    expect(await connect(sandbox, 'MyRegistry.azurecr.sandbox:443')).toMatchObject({ status: 200 });
    expect(await connect(sandbox, 'nonesuch.azurecr.sandbox:443')).toMatchObject({ status: 502 });
    expect(await connect(sandbox, 'nonsense')).toMatchObject({ status: 400 });
  });

  it('takes no plain request', async () => {
    const status = await new Promise((resolve, reject) => {
      const asked = httpRequest(sandbox.info.proxy ?? '', { path: 'http://example.com/' }, (answer) =>
        resolve(answer.resume().statusCode),
      );
      asked.once('error', reject);
      asked.end();
    });
    expect(status).toBe(405);
  });
});

it('asks for credentials', async () => {
  const sandbox = await start({ proxyCredentials: 'dev:secret' });
  const authority = 'management.azure.sandbox:443';
  expect(await connect(sandbox, authority)).toEqual({ status: 407, challenge: 'Basic realm="sandbox proxy"' });
  const wrong = `Basic ${Buffer.from('dev:wrong').toString('base64')}`;
  expect(await connect(sandbox, authority, { 'Proxy-Authorization': wrong })).toMatchObject({ status: 407 });
  expect((await get(sandbox.info.arm, agentOf(sandbox, sandbox.ca, 'dev:secret@'))).status).not.toBe(407);
});

it('opens TLS with a certificate of a CA of its own', async () => {
  const sandbox = await start({ proxyOpensTls: true });
  const url = 'https://upstreamregistry.azurecr.sandbox/v2/';
  await expect(get(url, agentOf(sandbox, sandbox.ca))).rejects.toMatchObject({
    code: expect.stringMatching(/CERT|SIGNATURE/),
  });
  const proxyCa = await readFile(sandbox.info.proxyCa ?? '', 'utf8');
  const agent = agentOf(sandbox, proxyCa);
  expect(await get(url, agent)).toMatchObject({ status: 401, issuer: 'Sandbox proxy CA' });
  expect(await get(url, agent)).toMatchObject({ status: 401, reused: true });
});

it('is not there where services have ports', async () => {
  const { info } = await start({ hosts: 'ports' });
  expect(info.proxy).toBeUndefined();
  expect(info.arm).toMatch(/^https:\/\/localhost:\d+\/$/);
  for (const { loginServer } of info.registries) expect(loginServer).toMatch(/^localhost:\d+$/);
});
