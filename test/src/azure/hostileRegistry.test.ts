import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RegistryContent } from '../../../src/azure/azure.ts';
import { createCertificates, type Certificates } from '../../sandbox/src/network/ca.ts';
import { trustSandbox } from '../../sandbox/src/trust.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

/**
 * Hosts that speak the registry protocol with ill intent: ARM names one as the login server of `myregistry`, the other
 * is where it tries to lead us. What must hold: no credential ever reaches the other one.
 */
type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let under: AzureUnderTest;
let registryHost: string;
let otherHost: string;
let handle: Handler;
let handleOther: Handler;
const servers: https.Server[] = [];
const seenByRegistry: IncomingMessage[] = [];
const seenByOther: IncomingMessage[] = [];

async function listen(certificates: Certificates, on: Handler): Promise<string> {
  const server = https.createServer({ cert: certificates.certificate, key: certificates.key }, on);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `localhost:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  under = await startAzure();
  const certificates = await createCertificates();
  trustSandbox(certificates);
  registryHost = await listen(certificates, (request, response) => {
    seenByRegistry.push(request);
    handle(request, response);
  });
  otherHost = await listen(certificates, (request, response) => {
    seenByOther.push(request);
    handleOther(request, response);
  });
  const resource = under.sandbox.state.resources.get(under.id('myregistry').toLowerCase());
  if (resource) {
    resource.properties['loginServer'] = registryHost;
  }
});
beforeEach(() => {
  seenByRegistry.length = 0;
  seenByOther.length = 0;
  handleOther = (_, response) => json(response, 200, {});
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await under.close();
});

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const challenge = (realm: string): Record<string, string> => ({
  'WWW-Authenticate': `Bearer realm="${realm}",service="${registryHost}"`,
});

/** Signs in like a registry should, then answers with `then`. */
function signingIn(then: Handler): Handler {
  return (request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/v2/') {
      json(response, 401, {}, challenge(`https://${registryHost}/oauth2/token`));
    } else if (path === '/oauth2/exchange') {
      json(response, 200, { refresh_token: 'refresh' });
    } else if (path === '/oauth2/token') {
      json(response, 200, { access_token: 'access' });
    } else {
      then(request, response);
    }
  };
}

async function open(): Promise<RegistryContent> {
  const azure = under.as('dev');
  return azure.registry(await azure.registries.get(under.id('myregistry')));
}

describe('no credential goes to', () => {
  it.each([
    ['a realm on another host', () => `https://${otherHost}/oauth2/token`],
    ['a realm on another port', () => `https://localhost:1/oauth2/token`],
    ['a realm without TLS', () => `http://${registryHost}/oauth2/token`],
    ['a realm that only begins alike', () => `https://${registryHost}.example.com/oauth2/token`],
    ['a realm with user info', () => `https://${registryHost}@${otherHost}/oauth2/token`],
    ['a realm that is no URL', () => 'nonsense'],
  ])('%s', async (_, realm) => {
    handle = (_request, response) => json(response, 401, {}, challenge(realm()));
    under.tokenRequests.length = 0;
    const error = await failureOf((await open()).repositories());
    expect(error).toMatchObject({ kind: 'invalid', code: 'UnexpectedChallenge' });
    expect(seenByRegistry).toHaveLength(1);
    expect(seenByOther).toHaveLength(0);
    expect(under.tokenRequests.filter(({ scope }) => scope.startsWith(under.cloud.registryAudience))).toEqual([]);
  });

  it('a host that does not ask for sign-in', async () => {
    handle = (_, response) => json(response, 200, {});
    expect(await failureOf((await open()).repositories())).toMatchObject({ code: 'UnexpectedChallenge' });
    expect(seenByRegistry).toHaveLength(1);
  });

  it('a redirected exchange', async () => {
    handle = (request, response) => {
      const path = (request.url ?? '').split('?')[0];
      if (path === '/v2/') {
        json(response, 401, {}, challenge(`https://${registryHost}/oauth2/token`));
      } else {
        json(response, 307, {}, { Location: `https://${otherHost}${path}` });
      }
    };
    await failureOf((await open()).repositories());
    expect(seenByRegistry.map(({ url }) => url)).toEqual(['/v2/', '/oauth2/exchange']);
    expect(seenByOther).toHaveLength(0);
  });

  it('the next page of a list on another host', async () => {
    handle = signingIn((_, response) =>
      json(
        response,
        200,
        { repositories: ['a'] },
        { Link: `<https://${otherHost}/acr/v1/_catalog?last=a>; rel="next"` },
      ),
    );
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'invalid', code: 'ForeignHost' });
    expect(seenByOther).toHaveLength(0);
  });

  it('a redirected manifest or list', async () => {
    handle = signingIn((_, response) => json(response, 307, {}, { Location: `https://${otherHost}/steal` }));
    const content = await open();
    await failureOf(content.repositories());
    await failureOf(content.getManifest('app', 'latest'));
    expect(seenByOther).toHaveLength(0);
  });
});

describe('a registry that refuses the token for registries', () => {
  /** Who each token was for that the hostile registry was sent. */
  const audiences: unknown[] = [];
  async function noteAudience(request: IncomingMessage): Promise<void> {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const payload = (form.get('access_token') ?? '').split('.')[1] ?? '';
    audiences.push((JSON.parse(Buffer.from(payload, 'base64url').toString()) as { aud?: unknown }).aud);
  }

  it.each([
    [401, { errors: [{ code: 'UNAUTHORIZED', message: 'AADSTS65001: there is no consent.' }] }],
    [400, { error: 'invalid_resource', error_description: 'AADSTS500011: the resource was not found.' }],
    [403, { errors: [{ code: 'AADSTS50001', message: 'The audience is wrong.' }] }],
    [500, {}],
    [200, { refresh_token: '' }],
  ])('gets no other one, nor does the next registry (%i)', async (status, body) => {
    handle = (request, response) => {
      if (request.url?.startsWith('/v2/')) {
        json(response, 401, {}, challenge(`https://${registryHost}/oauth2/token`));
      } else {
        void noteAudience(request).then(() => json(response, status, body));
      }
    };
    audiences.length = 0;
    const azure = under.as('dev');
    await failureOf(azure.registry(await azure.registries.get(under.id('myregistry'))).repositories());
    expect(new Set(audiences)).toEqual(new Set([under.cloud.registryAudience.replace(/\/$/, '')]));

    const innocent = await azure.registries.get(under.id('upstreamregistry'));
    under.tokenRequests.length = 0;
    expect(await azure.registry(innocent).tags('myapp')).toHaveLength(3);
    // The kept token for registries, or a new one; none for ARM.
    expect(under.tokenRequests.filter(({ scope }) => scope.startsWith(under.cloud.armAudience))).toEqual([]);
    handle = signingIn((_, response) => json(response, 200, { repositories: [] }));
  });
});

describe('a layer on other storage', () => {
  const layer = Buffer.from('layer bytes');
  const config = Buffer.from('{}');
  const digest = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { digest: digest(config), size: config.length },
      layers: [{ digest: digest(layer), size: layer.length }],
    }),
  );
  const redirecting = (target: (blob: string) => string): Handler =>
    signingIn((request, response) => {
      if (request.url?.includes('/manifests/')) {
        response.writeHead(200, {
          'Content-Type': 'application/vnd.oci.image.manifest.v1+json',
          'Docker-Content-Digest': digest(manifest),
        });
        response.end(manifest);
      } else {
        json(response, 307, {}, { Location: target(request.url?.split('/').at(-1) ?? '') });
      }
    });

  it('is read there, without the token', async () => {
    handle = redirecting((blob) => `https://${otherHost}/storage/${blob}?sig=signed`);
    handleOther = (request, response) => response.end(request.url?.includes(digest(layer)) ? layer : config);
    const result = await (await open()).pull('app', 'latest');
    expect(result).toMatchObject({ layers: 1, bytes: config.length + layer.length });
    expect(seenByOther).toHaveLength(2);
    expect(seenByOther.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(under.lines.join('\n')).not.toContain('sig=');
  });

  it('is refused when it is not what the manifest says', async () => {
    handle = redirecting(() => `https://${otherHost}/storage`);
    handleOther = (_, response) => response.end('something else');
    expect(await failureOf((await open()).pull('app', 'latest'))).toMatchObject({
      kind: 'invalid',
      code: 'DigestMismatch',
    });
  });

  it('is not read without TLS, nor around and around', async () => {
    handle = redirecting(() => `http://${otherHost}/storage`);
    expect(await failureOf((await open()).pull('app', 'latest'))).toMatchObject({ code: 'InsecureRedirect' });
    handle = redirecting(() => `https://${otherHost}/storage`);
    handleOther = (_, response) => json(response, 307, {}, { Location: '/storage' });
    expect(await failureOf((await open()).pull('app', 'latest'))).toMatchObject({ code: 'InsecureRedirect' });
    expect(seenByOther.length).toBeLessThan(10);
  });

  it('that breaks off in the middle is begun again, then given up', async () => {
    handle = redirecting(() => `https://${otherHost}/storage`);
    handleOther = (_, response) => {
      response.writeHead(200, { 'Content-Length': '11' });
      response.write('l');
      setTimeout(() => response.destroy(), 20);
    };
    expect(await failureOf((await open()).pull('app', 'latest'))).toMatchObject({ kind: 'network' });
    expect(seenByOther.length).toBeGreaterThan(3);
  });

  it('that stalls in the middle ends when cancelled, and so does its connection', async () => {
    handle = redirecting(() => `https://${otherHost}/stalled`);
    const abort = new AbortController();
    let [opened, closed] = [0, 0];
    handleOther = (_, response) => {
      opened += 1;
      response.on('close', () => (closed += 1));
      response.writeHead(200, { 'Content-Length': '11' });
      response.write('l');
      setTimeout(() => abort.abort(), 50);
    };
    const content = await open();
    expect(await failureOf(content.pull('app', 'latest', { signal: abort.signal }))).toMatchObject({
      kind: 'cancelled',
    });
    expect(opened).toBeGreaterThan(0);
    await expect.poll(() => closed).toBe(opened);
  });

  it('is not read on when another one was refused', async () => {
    handle = redirecting((blob) => `https://${otherHost}/${blob}`);
    let answerConfig = (): void => undefined;
    let closed = false;
    handleOther = (request, response) => {
      if (request.url?.includes(digest(config))) {
        answerConfig = () => response.end('something else');
        return;
      }
      response.on('close', () => (closed = true));
      response.writeHead(200, { 'Content-Length': '11' });
      response.write('l');
    };
    const failed = failureOf((await open()).pull('app', 'latest'));
    await expect.poll(() => seenByOther.length).toBe(2);
    answerConfig();
    expect(await failed).toMatchObject({ code: 'DigestMismatch' });
    await expect.poll(() => closed).toBe(true);
  });
});

describe('answers without end or sense', () => {
  it('are cut off', async () => {
    handle = signingIn((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const chunk = Buffer.alloc(1024 * 1024, 32);
      const write = (): void => {
        while (!response.destroyed && response.write(chunk)) {
          // until the buffer is full
        }
        if (!response.destroyed) {
          response.once('drain', write);
        }
      };
      write();
    });
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'invalid', code: 'ResponseTooLarge' });
  });

  it('are not waited on in circles', async () => {
    handle = signingIn((_, response) =>
      json(response, 200, { repositories: ['a'] }, { Link: '</acr/v1/_catalog?n=500>; rel="next"' }),
    );
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'invalid', code: 'EndlessList' });
    expect(seenByRegistry.length).toBeLessThan(10);
  });

  it('are not followed through ever new empty pages', async () => {
    let page = 0;
    handle = signingIn((_, response) =>
      json(response, 200, { repositories: [] }, { Link: `</acr/v1/_catalog?last=${page++}>; rel="next"` }),
    );
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'invalid', code: 'EndlessList' });
    expect(page).toBeLessThan(1100);
  });

  it('are no errors of which more than the beginning is read', async () => {
    let sent = 0;
    const whenClosed = new Promise<void>((resolve) => {
      handle = signingIn((_, response) => {
        response.on('close', resolve);
        response.writeHead(403, { 'Content-Type': 'application/json' });
        const chunk = Buffer.from('eyJhbGciOiJIUzI1NiJ9-'.repeat(800));
        const write = (): void => {
          while (!response.destroyed && response.write(chunk)) sent += chunk.length;
          if (!response.destroyed) response.once('drain', write);
        };
        write();
      });
    });
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'forbidden', code: 'Http403' });
    await whenClosed;
    // What the two ends had in their buffers comes on top.
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  it('of more than 4 MiB are refused', async () => {
    handle = signingIn((_, response) => json(response, 200, { repositories: ['a'.repeat(5 * 1024 * 1024)] }));
    expect(await failureOf((await open()).repositories())).toMatchObject({ kind: 'invalid', code: 'ResponseTooLarge' });
  });

  it('with 200,000 names are read', async () => {
    const names = Array.from({ length: 200_000 }, (_, index) => `r${index}`);
    handle = signingIn((_, response) => json(response, 200, { repositories: names }));
    expect(await (await open()).repositories({ limit: 300_000 })).toHaveLength(200_000);
  });

  it('keep what is not a name, a tag or a digest to themselves', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const odd: string[] = [];
    handle = signingIn((request, response) =>
      json(
        response,
        200,
        request.url?.startsWith('/acr/v1/_catalog')
          ? { repositories: ['fine', 'Odd name', '$(check)', '../up'] }
          : request.url?.includes('/_tags')
            ? {
                tags: [
                  { name: 'v1', digest },
                  { name: '$(x)', digest },
                  { name: 'v2', digest: 'x' },
                ],
              }
            : { manifests: [{ digest, tags: ['v1', '$(x)'], os: '$(x)', architecture: 'amd64', createdTime: 'soon' }] },
      ),
    );
    const content = await open();
    expect(await content.repositories({ onOddName: (name) => odd.push(name) })).toEqual(['fine']);
    expect(odd).toEqual(['Odd name', '$(check)', '../up']);
    expect(await content.tags('fine')).toEqual([{ name: 'v1', digest }]);
    expect(await content.storedManifests('fine')).toEqual([{ digest, tags: ['v1'] }]);
  });

  it.each(['', 'null', '[]', '3', '<html>'])('like %j are not taken for an empty list', async (body) => {
    handle = signingIn((_, response) => response.end(body));
    expect(await failureOf((await open()).repositories())).toMatchObject({
      kind: 'unavailable',
      code: 'UnreadableAnswer',
    });
  });

  it.each([
    ['{"repositories":null}', []],
    ['{"repositories":[1,null,"ok"]}', ['ok']],
  ])('like %s give what is usable', async (body, expected) => {
    handle = signingIn((_, response) => response.end(body));
    expect(await (await open()).repositories()).toEqual(expected);
  });

  it.each(['{}', '{"layers":3}', '{"layers":[{"digest":"x","size":1}]}', '{"manifests":[{}]}', '{"config":null}'])(
    'like the manifest %s are no image',
    async (text) => {
      const bytes = Buffer.from(text);
      handle = signingIn((_, response) => {
        response.setHeader('Docker-Content-Digest', `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
        response.end(bytes);
      });
      expect(await failureOf((await open()).pull('app', 'latest'))).toMatchObject({ name: 'AzureError' });
    },
  );
});
