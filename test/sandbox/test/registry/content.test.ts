import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientOf, errorOf, sendTo } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { Principal } from '../../src/types.ts';
import type { Reply } from './registryClient.ts';
import type { RegistryPort, World } from './registryWorld.ts';

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const digestOf = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let world: World;
let dev: Principal;
let registry: RegistryPort;

beforeAll(async () => {
  world = await createWorld();
  dev = world.principal('dev');
  world.assign(dev, 'Contributor', '/subscriptions/11111111-1111-1111-1111-111111111111');
  const seed = {
    myapp: { tags: ['latest', '1.0', '1.1'], platforms: ['linux/amd64', 'linux/arm64'] },
    'team/api': { tags: ['v1'] },
    'team/web': { tags: ['v1'] },
  };
  registry = await world.registry('myregistry', {}, seed);
});
beforeEach(() => {
  world.core.options.blobRedirect = true;
});
afterAll(() => world.close());

describe('content', () => {
  const push = 'repository:pushed/app:pull,push,delete';
  const ask = (...args: Parameters<ReturnType<typeof clientOf>>) => clientOf(world, registry, dev)(...args);

  const layerOf = async (repository: string): Promise<{ digest: string; size: number } | undefined> => {
    const { json } = await ask(`repository:${repository}:pull`, `/v2/${repository}/manifests/v1`);
    return (json as { layers: { digest: string; size: number }[] }).layers[1];
  };

  it('negotiates manifests and answers HEAD with the length', async () => {
    const manifests = '/v2/myapp/manifests';
    const index = await ask('repository:myapp:pull', `${manifests}/latest`);
    expect(index.headers['docker-content-digest']).toBe(digestOf(index.body));
    expect(index.headers['content-type']).toBe('application/vnd.oci.image.index.v1+json');
    const head = await ask('repository:myapp:pull', `${manifests}/latest`, { method: 'HEAD' });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(index.body.length),
    ]);
    const narrow = await ask('repository:myapp:pull', `${manifests}/latest`, { headers: { Accept: ociManifest } });
    expect([narrow.status, errorOf(narrow).code]).toEqual([404, 'MANIFEST_UNKNOWN']);
    const unknown = await ask('repository:nothing:pull', '/v2/nothing/manifests/latest');
    expect([unknown.status, errorOf(unknown).code]).toEqual([404, 'NAME_UNKNOWN']);
    const bad = await ask('repository:myapp:pull', '/v2/Bad_/manifests/latest');
    expect([bad.status, errorOf(bad).code]).toEqual([400, 'NAME_INVALID']);
  });

  it.each([
    ['by blob storage', true],
    ['by itself', false],
  ])('serves blobs and parts of them %s', async (_, blobRedirect) => {
    world.core.options.blobRedirect = blobRedirect;
    const layer = await layerOf('team/api');
    const path = `/v2/team/api/blobs/${layer?.digest ?? ''}`;
    const read = async (headers: Record<string, string> = {}): Promise<Reply> => {
      const reply = await ask('repository:team/api:pull', path, { headers });
      return reply.status === 307 ? sendTo(world, reply.headers.location ?? '', { headers }) : reply;
    };
    const whole = await read();
    expect(digestOf(whole.body)).toBe(layer?.digest);
    const part = await read({ Range: 'bytes=10-19' });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 10-19/${layer?.size}`]);
    expect(part.body.equals(whole.body.subarray(10, 20))).toBe(true);
    const tail = await read({ Range: 'bytes=-5' });
    expect(tail.body.equals(whole.body.subarray(-5))).toBe(true);
    const beyond = await read({ Range: 'bytes=99999999-' });
    expect(beyond.status).toBe(416);
    // A blob of another repository of the same registry is not visible here.
    const other = await ask('repository:team/web:pull', `/v2/team/web/blobs/${layer?.digest ?? ''}`);
    expect([other.status, errorOf(other).code]).toEqual([404, 'BLOB_UNKNOWN']);
  });

  it('redirects to storage that takes its own signature only, and for some minutes', async () => {
    const layer = await layerOf('team/api');
    const path = `/v2/team/api/blobs/${layer?.digest ?? ''}`;
    expect((await ask('repository:team/api:pull', path, { method: 'HEAD' })).status).toBe(200);
    const reply = await ask('repository:team/api:pull', path);
    expect([reply.status, reply.headers['docker-content-digest']]).toEqual([307, layer?.digest]);
    const address = new URL(reply.headers.location ?? '');
    expect(address.host).not.toBe(registry.loginServer);
    const codeOf = async (url: URL, headers = {}) =>
      (await sendTo(world, url.href, { headers })).headers['x-ms-error-code'];
    expect(await codeOf(address, { Authorization: 'Bearer x' })).toBe('InvalidAuthenticationInfo');
    const changed = new URL(address);
    changed.searchParams.set('se', '2999-01-01T00:00:00Z');
    expect(await codeOf(changed)).toBe('AuthenticationFailed');
    expect(await codeOf(address)).toBeUndefined();
    await world.core.clock.advance(21 * 60_000);
    expect(await codeOf(address)).toBe('AuthenticationFailed');
  });

  it('takes blobs in one piece, in chunks and by mounting', async () => {
    const bytes = Buffer.from('some content');
    const digest = digestOf(bytes);
    const uploads = '/v2/pushed/app/blobs/uploads/';
    const whole = await ask(push, `${uploads}?digest=${digest}`, { method: 'POST', body: bytes });
    expect([whole.status, whole.headers['docker-content-digest']]).toEqual([201, digest]);
    const wrong = await ask(push, `${uploads}?digest=${digest}`, { method: 'POST', body: 'other' });
    expect([wrong.status, errorOf(wrong).code]).toEqual([400, 'DIGEST_INVALID']);

    const location = String((await ask(push, uploads, { method: 'POST' })).headers.location);
    const first = await ask(push, location, {
      method: 'PATCH',
      body: 'chunk one ',
      headers: { 'Content-Range': '0-9' },
    });
    expect([first.status, first.headers.range]).toEqual([202, '0-9']);
    const gap = await ask(push, location, { method: 'PATCH', body: 'x', headers: { 'Content-Range': '20-20' } });
    expect(gap.status).toBe(416);
    const second = await ask(push, `${location}&digest=${digestOf('chunk one and two')}`, {
      method: 'PUT',
      body: 'and two',
    });
    expect(second.status).toBe(201);
    expect((await ask(push, location, { method: 'PATCH', body: 'x' })).status).toBe(404);
    // The address of an upload is to be used whole.
    const other = String((await ask(push, uploads, { method: 'POST' })).headers.location);
    const cut = await ask(push, other.split('?')[0] ?? '', { method: 'PATCH', body: 'x' });
    expect([cut.status, errorOf(cut).code]).toEqual([404, 'BLOB_UPLOAD_INVALID']);
    await world.core.clock.advance(25 * 3600_000);
    expect(errorOf(await ask(push, other, { method: 'PATCH', body: 'x' })).code).toBe('BLOB_UPLOAD_UNKNOWN');

    const mountable = [...(registry.content.repositories.get('team/api')?.blobDigests ?? [])][0] ?? '';
    const mount = `${uploads}?mount=${mountable}&from=team/api`;
    expect((await ask(push, mount, { method: 'POST' })).status).toBe(202);
    expect((await ask(`${push} repository:team/api:pull`, mount, { method: 'POST' })).status).toBe(201);
    expect((await ask(push, `/v2/pushed/app/blobs/${mountable}`, { method: 'HEAD' })).status).toBe(200);
    // Blobs alone make no repository: its name stays free for a cache rule's target.
    expect(registry.content.repositories.has('pushed/app')).toBe(false);
  });

  it('takes only manifests whose parts are there, and finds referrers', async () => {
    const config = Buffer.from('{}');
    const descriptor = { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf(config), size: 2 };
    const image = (extra: object): string =>
      JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config: descriptor, layers: [descriptor], ...extra });
    const put = (reference: string, body: string) =>
      ask(push, `/v2/pushed/app/manifests/${reference}`, {
        method: 'PUT',
        body,
        headers: { 'Content-Type': ociManifest },
      });
    const early = await put('1', image({}));
    expect([early.status, errorOf(early).code]).toEqual([400, 'MANIFEST_BLOB_UNKNOWN']);
    await ask(push, `/v2/pushed/app/blobs/uploads/?digest=${descriptor.digest}`, { method: 'POST', body: config });
    const stored = await put('1', image({}));
    expect([stored.status, stored.headers['docker-content-digest']]).toEqual([201, digestOf(image({}))]);
    expect((await put('1', '{}')).status).toBe(400);
    expect((await put(digestOf('x'), image({}))).status).toBe(400);
    const subject = { mediaType: ociManifest, digest: digestOf(image({})), size: image({}).length };
    const signature = image({ subject, artifactType: 'application/example' });
    expect((await put(digestOf(signature), signature)).headers['oci-subject']).toBe(subject.digest);
    const referrers = await ask(push, `/v2/pushed/app/referrers/${subject.digest}?artifactType=application/example`);
    expect(referrers.headers['oci-filters-applied']).toBe('artifactType');
    expect(referrers.json).toMatchObject({
      manifests: [{ digest: digestOf(signature), artifactType: 'application/example' }],
    });
    expect((await ask(push, '/v2/pushed/app/manifests/1', { method: 'DELETE' })).status).toBe(405);
    expect((await ask(push, `/v2/pushed/app/manifests/${subject.digest}`, { method: 'DELETE' })).status).toBe(202);
    const gone = await ask(push, '/v2/pushed/app/manifests/1');
    expect(errorOf(gone)).toMatchObject({ code: 'MANIFEST_UNKNOWN', message: 'manifest tagged by "1" is not found' });
  });
});

describe('listings', () => {
  const catalog = 'registry:catalog:*';
  const metadata = 'repository:myapp:metadata_read';
  const ask = (...args: Parameters<ReturnType<typeof clientOf>>) => clientOf(world, registry, dev)(...args);
  const names = (json: unknown): string[] => (json as { tags: { name: string }[] }).tags.map(({ name }) => name);

  it.each(['/v2/_catalog', '/acr/v1/_catalog'])('%s pages by Link', async (path) => {
    const all: string[] = [];
    let next: string | undefined = `${path}?n=2`;
    while (next !== undefined) {
      const reply = await ask(catalog, next);
      const { repositories } = reply.json as { repositories: string[] };
      expect(repositories.length).toBeLessThanOrEqual(2);
      all.push(...repositories);
      next = /^<(.*)>; rel="next"$/.exec(String(reply.headers.link ?? ''))?.[1];
    }
    expect(all).toEqual([...registry.content.repositories.keys()].sort());
    expect(all.length).toBeGreaterThan(2);
  });

  it('orders tags by time and pages through them', async () => {
    expect(names((await ask(metadata, '/acr/v1/myapp/_tags')).json)).toEqual(['1.0', '1.1', 'latest']);
    expect(names((await ask(metadata, '/acr/v1/myapp/_tags?orderby=timedesc')).json)).toEqual(['latest', '1.1', '1.0']);
    const first = await ask(metadata, '/acr/v1/myapp/_tags?orderby=timedesc&n=2');
    const next = /^<(.*)>/.exec(String(first.headers.link))?.[1] ?? '';
    expect(next).toContain('orderby=timedesc');
    const second = await ask(metadata, next);
    expect([names(first.json), names(second.json), second.headers.link]).toEqual([
      ['latest', '1.1'],
      ['1.0'],
      undefined,
    ]);
    expect((await ask('repository:myapp:pull', '/v2/myapp/tags/list')).json).toEqual({
      name: 'myapp',
      tags: ['1.0', '1.1', 'latest'],
    });
  });

  it('describes a repository, its manifests and tags', async () => {
    const latest = registry.content.repositories.get('myapp')?.tags.get('latest')?.digest ?? '';
    expect((await ask(metadata, '/acr/v1/myapp')).json).toMatchObject({
      registry: registry.loginServer,
      imageName: 'myapp',
      tagCount: 3,
      manifestCount: 6,
    });
    const one = (await ask(metadata, `/acr/v1/myapp/_manifests/${latest}`)).json as {
      manifest: { tags: string[]; references: { architecture: string }[] };
    };
    expect(one.manifest.tags).toEqual(['1.1', 'latest']);
    expect(one.manifest.references.map(({ architecture }) => architecture)).toEqual(['amd64', 'arm64']);
    const list = (await ask(metadata, '/acr/v1/myapp/_manifests?orderby=timedesc')).json as { manifests: unknown[] };
    expect(list.manifests).toHaveLength(6);
    expect((await ask(metadata, '/acr/v1/myapp/_tags/1.0')).json).toMatchObject({ tag: { name: '1.0' } });
    expect((await ask('repository:none:metadata_read', '/acr/v1/none')).status).toBe(404);
  });

  it('locks and deletes', async () => {
    const target = await world.registry('deleting', {}, { 'a/b': { tags: ['1', '2'] } });
    const act = clientOf(world, target, dev);
    const scope = 'repository:a/b:delete,metadata_write,metadata_read';
    await act(scope, '/acr/v1/a/b/_tags/1', { method: 'PATCH', body: '{"deleteEnabled":false}' });
    expect((await act(scope, '/acr/v1/a/b/_tags/1', { method: 'DELETE' })).status).toBe(405);
    expect((await act(scope, '/acr/v1/a%2Fb/_tags/2', { method: 'DELETE' })).status).toBe(202);
    expect((await act(scope, '/acr/v1/a/b/_tags/2', { method: 'DELETE' })).status).toBe(404);
    const deleted = await act(scope, '/acr/v1/a/b', { method: 'DELETE' });
    expect(deleted.status).toBe(202);
    expect(deleted.json).toMatchObject({ tagsDeleted: ['1'] });
    expect(target.content.repositories.has('a/b')).toBe(false);
  });
});
