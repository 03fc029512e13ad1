import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, versions } from './armWorld.ts';
import type { ArmWorld } from './armWorld.ts';
import { createClock } from '../../src/clock.ts';
import type { SandboxInfo } from '../../src/types.ts';

let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const control = async (method: string, name: string, body?: unknown): Promise<{ status: number; json: unknown }> => {
  const response = await fetch(new URL(name, world.sandbox.info.control), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
};
const getRegistry = () => world.call('GET', world.registry, versions.registry);

describe('settings', () => {
  it.each([
    ['PATCH', 'options', { pageSize: -3 }],
    ['PATCH', 'options', { pageSize: 0 }],
    ['PATCH', 'options', { copyDelayMs: -5 }],
    ['PATCH', 'options', { credentialHealth: 'fine' }],
    ['PATCH', 'options', { ruleVersions: [1] }],
    ['PUT', 'latency', { ms: -5 }],
    ['POST', 'clock', { advance: 9e15 }],
    ['POST', 'clock', { advance: '5' }],
  ])('%s %s refuses %j', async (method, name, body) => {
    expect((await control(method, name, body)).status).toBe(400);
  });
});

describe('faults', () => {
  it.each([
    [{ status: 429, retryAfter: 7 }, 429, 'TooManyRequests'],
    [{ status: 412 }, 412, 'PreconditionFailed'],
    [{ status: 503, code: 'ServerBusy', message: 'x' }, 503, 'ServerBusy'],
  ])('%j answers so', async (fault, status, code) => {
    await control('PUT', 'faults', [{ match: '^GET .*/registries/myregistry\\?', ...fault }]);
    const reply = await getRegistry();
    expect([reply.status, reply.code, reply.headers.get('retry-after')]).toEqual([
      status,
      code,
      'retryAfter' in fault ? '7' : null,
    ]);
    await control('PUT', 'faults', []);
    expect((await getRegistry()).status).toBe(200);
  });

  it('hit the nth call only, or as many as told', async () => {
    await control('PUT', 'faults', [{ match: 'registries/myregistry\\?', nth: 2, status: 500 }]);
    expect([(await getRegistry()).status, (await getRegistry()).status, (await getRegistry()).status]).toEqual([
      200, 500, 200,
    ]);
    await control('PUT', 'faults', [{ match: 'registries/myregistry\\?', times: 2, status: 500 }]);
    expect([(await getRegistry()).status, (await getRegistry()).status, (await getRegistry()).status]).toEqual([
      500, 500, 200,
    ]);
    await control('PUT', 'faults', []);
  });

  it('ask for claims', async () => {
    await control('PUT', 'faults', [
      {
        match: 'registries/myregistry\\?',
        times: 1,
        status: 401,
        claims: '{"access_token":{"nbf":{"essential":true}}}',
      },
    ]);
    const challenge = (await getRegistry()).headers.get('www-authenticate') ?? '';
    expect(challenge).toContain('error="insufficient_claims"');
    const claims = /claims="([^"]+)"/.exec(challenge)?.[1] ?? '';
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
      access_token: { nbf: { essential: true } },
    });
  });

  it.each([
    { status: 500 },
    { match: '(' },
    { match: '(a+)+$' },
    { match: 'x', status: 'no' },
    { match: 'x', nth: 'a' },
    { match: 'x', nth: 0 },
    { match: 'x', times: -1 },
    { match: 'x', delayMs: -5 },
    { match: 'x', reset: 'now' },
    { match: 'x', stauts: 500 },
    { match: 'x', failOperation: { code: 1 } },
  ])('are refused with a typing error: %j', async (fault) => {
    await control('PUT', 'faults', []);
    expect((await control('PUT', 'faults', [fault])).status).toBe(400);
    expect((await control('GET', 'faults')).json).toEqual([]);
  });

  it('drop the connection before or after the work is done', async () => {
    const group = (name: string): string => `${world.subscription}/resourcegroups/${name}`;
    const put = (name: string) => world.call('PUT', group(name), versions.resources, { location: 'eastus' });
    await control('PUT', 'faults', [
      { match: '^PUT .*/before', reset: 'before' },
      { match: '^PUT .*/after', reset: 'after' },
    ]);
    await expect(put('before')).rejects.toThrow();
    await expect(put('after')).rejects.toThrow();
    await control('PUT', 'faults', []);
    expect((await world.call('HEAD', group('before'), versions.resources)).status).toBe(404);
    expect((await world.call('HEAD', group('after'), versions.resources)).status).toBe(204);
  });

  it('must be rules with a valid pattern', async () => {
    expect((await control('PUT', 'faults', [{ match: '(' }])).status).toBe(400);
    expect((await control('PUT', 'faults', { match: 'x' })).status).toBe(400);
  });
});

describe('the control endpoint', () => {
  it('sets the latency', async () => {
    await control('PUT', 'latency', { ms: 120 });
    const start = performance.now();
    await getRegistry();
    expect(performance.now() - start).toBeGreaterThan(115);
    await control('PUT', 'latency', { ms: 0 });
  });

  it('changes options that exist, and keeps their type', async () => {
    expect(at((await control('PATCH', 'options', { copyDelayMs: 9 })).json, 'copyDelayMs')).toBe(9);
    // It has no value at the start.
    expect((await control('PATCH', 'options', { retryAfterSeconds: 3 })).status).toBe(200);
    const body = { location: 'eastus', sku: { name: 'Basic' } };
    const made = await world.call('PUT', world.registry.replace('myregistry', 'slow1'), versions.registry, body);
    expect(made.headers.get('retry-after')).toBe('3');
    expect((await control('PATCH', 'options', { nosuch: 1 })).status).toBe(400);
    expect((await control('PATCH', 'options', { copyDelayMs: 'long' })).status).toBe(400);
  });

  it('moves the clock: a token of an hour expires', async () => {
    const token = world.sandbox.token('dev', world.sandbox.info.arm);
    const call = () =>
      world.call('GET', world.registry, versions.registry, undefined, {
        as: '',
        headers: { Authorization: `Bearer ${token}` },
      });
    expect((await call()).status).toBe(200);
    await control('POST', 'clock', { advance: 3_601_000 });
    expect((await call()).code).toBe('ExpiredAuthenticationToken');
    expect((await control('POST', 'clock', { advance: -1 })).status).toBe(400);
  });

  it('logs who called what, without secrets and without itself', async () => {
    await control('DELETE', 'log');
    await world.call('GET', `${world.registry}?access_token=secret`, versions.registry);
    const { json } = await control('GET', 'log');
    expect(json).toEqual([expect.objectContaining({ method: 'GET', status: 200, principal: 'dev@sandbox.test' })]);
    expect(JSON.stringify(json)).not.toContain('secret');
  });

  it('shows a state that changes only with what users do', async () => {
    const before = JSON.stringify((await control('GET', 'state')).json);
    await getRegistry();
    expect(JSON.stringify((await control('GET', 'state')).json)).toBe(before);
    const { id } = await world.identity('seen');
    expect(JSON.stringify((await control('GET', 'state')).json)).not.toBe(before);
    await world.call('DELETE', id, versions.identity);
    expect(JSON.stringify((await control('GET', 'state')).json)).toBe(before);
  });
});

describe('tokens', () => {
  it('come from the managed identity endpoint in the forms in use', async () => {
    const { arm, token } = world.sandbox.info;
    const identity = await world.identity('msi-user');
    const clientId = String(world.sandbox.state.resources.get(identity.id.toLowerCase())?.properties['clientId']);
    const forms: [string, RequestInit][] = [
      [token, { method: 'POST', headers: { Metadata: 'true' }, body: new URLSearchParams({ resource: arm }) }],
      [`${token}?resource=${arm}&api-version=2018-02-01`, { headers: { Metadata: 'true' } }],
      [`${token}?resource=${arm}&api-version=2019-08-01`, { headers: { 'X-IDENTITY-HEADER': 'x' } }],
    ];
    for (const [url, init] of forms) {
      const answer: unknown = await (await fetch(url, init)).json();
      const headers = { Authorization: `Bearer ${String(at(answer, 'access_token'))}` };
      expect((await world.call('GET', world.registry, versions.registry, undefined, { as: '', headers })).status).toBe(
        200,
      );
      expect(Number(at(answer, 'expires_on'))).toBeGreaterThan(world.sandbox.now() / 1000);
    }
    const own: unknown = await (
      await fetch(`${token}?resource=${arm}&client_id=${clientId}`, { headers: { Metadata: 'true' } })
    ).json();
    const payload: unknown = JSON.parse(
      Buffer.from(String(at(own, 'access_token')).split('.')[1] ?? '', 'base64url').toString(),
    );
    expect(payload).toMatchObject({ oid: identity.principalId, idtyp: 'app' });
    expect((await fetch(`${token}?resource=${arm}`)).status).toBe(400);
  });

  it('come from the sign-in endpoint for a person and an audience', async () => {
    const signedIn = await control('POST', 'signin', { principal: 'dev', audience: world.sandbox.info.arm });
    expect(signedIn.json).toMatchObject({
      account: { label: 'dev@sandbox.test' },
      tenantId: world.sandbox.info.tenantId,
    });
    const headers = { Authorization: `Bearer ${String(at(signedIn.json, 'accessToken'))}` };
    expect((await world.call('GET', '/subscriptions', versions.resources, undefined, { as: '', headers })).status).toBe(
      200,
    );
    expect((await control('POST', 'signin', { principal: 'stranger', audience: 'x' })).status).toBe(400);
  });
});

describe('the clock', () => {
  it('runs what is due in order, at its own time', async () => {
    const clock = createClock({ standsStill: true });
    const seen: [string, number][] = [];
    const start = clock.now();
    const note = (name: string) => (): void => void seen.push([name, Math.round((clock.now() - start) / 1000)]);
    clock.runLater(3000, note('c'));
    clock.runLater(1000, () => {
      note('a')();
      clock.runLater(1000, note('b'));
    });
    clock.runLater(60_000, note('later'));
    const cancel = clock.runLater(500, note('never'));
    cancel();
    await clock.advance(5000);
    expect(seen).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(Math.round((clock.now() - start) / 1000)).toBe(5);
    clock.close();
  });
});

describe('npm run sandbox', () => {
  it('prints one line, serves, and leaves nothing behind', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'scenario-'));
    const file = path.join(folder, 'scenario.json');
    await writeFile(
      file,
      JSON.stringify({
        subscriptions: [
          {
            id: '00000000-0000-0000-0000-000000000001',
            name: 'Mine',
            resourceGroups: [{ name: 'g', location: 'eastus', registries: [{ name: 'minereg', sku: 'Basic' }] }],
          },
        ],
      }),
    );
    const child = spawn(
      process.execPath,
      [
        path.resolve(import.meta.dirname, '../../src/main.ts'),
        '--hosts',
        'ports',
        '--scenario',
        file,
        '--articleScopes',
        'honour',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
    );
    const info = JSON.parse(line) as SandboxInfo;
    expect(line.endsWith('\n')).toBe(true);
    expect(info).toMatchObject({
      token: `${info.arm}msi/token`,
      control: `${info.arm}sandbox/`,
      registries: [{ name: 'minereg' }],
    });
    const ca = await readFile(info.ca, 'utf8');
    const body = await new Promise<string>((resolve, reject) => {
      https
        .get(`${info.control}options`, { ca, agent: false }, (answer) =>
          answer.once('data', (chunk: Buffer) => resolve(chunk.toString())),
        )
        .once('error', reject);
    });
    expect(JSON.parse(body)).toMatchObject({ articleScopes: 'honour' });
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(existsSync(info.ca)).toBe(false);
    await rm(folder, { recursive: true });
  });
});
