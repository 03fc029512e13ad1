import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessOf, clientOf, errorOf, field, login, post, registryAudience, send, tokenFor } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { Principal } from '../sandbox/types.ts';
import type { RegistryPort, World } from './registryWorld.ts';

const nullUser = '00000000-0000-0000-0000-000000000000';
const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const digestOf = (bytes: Uint8Array | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

let world: World;
let dev: Principal;
let registry: RegistryPort;
let abac: RegistryPort;

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
  abac = await world.registry('abacregistry', { roleAssignmentMode: 'AbacRepositoryPermissions' }, seed);
});
afterAll(() => world.close());

const entraToken = (principal: Principal, audience = registryAudience): string =>
  world.core.tokens.issue(principal, audience);
const exchange = (principal: Principal, audience?: string, tenant = principal.tenantId, target = registry) =>
  post(world, target, '/oauth2/exchange', {
    grant_type: 'access_token',
    service: target.loginServer,
    tenant,
    access_token: entraToken(principal, audience),
  });
const basic = (password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${nullUser}:${password}`).toString('base64')}`,
});

describe('signing in', () => {
  it('challenges without a token, with the place to get one', async () => {
    const reply = await send(world, registry, '/v2/');
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toBe(
      `Bearer realm="https://${registry.loginServer}/oauth2/token",service="${registry.loginServer}"`,
    );
    expect(errorOf(reply).code).toBe('UNAUTHORIZED');
    expect(errorOf(reply).message).toContain(`CorrelationId: ${String(reply.headers['x-ms-correlation-request-id'])}`);
  });

  it('names the scope that a path needs', async () => {
    const reply = await send(world, registry, '/v2/team/api/manifests/v1');
    expect(reply.headers['www-authenticate']).toContain('scope="repository:team/api:pull"');
  });

  it('takes the registry audience always, ARM audiences unless the policy says no', async () => {
    expect((await exchange(dev)).status).toBe(200);
    expect((await exchange(dev, world.core.armEndpoint)).status).toBe(200);
    expect((await exchange(dev, 'https://vault.example')).status).toBe(401);
    registry.resource.properties.policies = { azureADAuthenticationAsArmPolicy: { status: 'disabled' } };
    expect((await exchange(dev, world.core.armEndpoint)).status).toBe(401);
    expect((await exchange(dev)).status).toBe(200);
    delete registry.resource.properties.policies;
  });

  it('refuses another tenant, a token of no one, and a token of another registry', async () => {
    const stranger = world.principal('stranger', 'User', '33333333-3333-3333-3333-333333333333');
    expect((await exchange(stranger)).status).toBe(401);
    expect((await exchange(dev, registryAudience, stranger.tenantId)).status).toBe(401);
    const forged = `${entraToken(dev).split('.').slice(0, 2).join('.')}.AAAA`;
    const form = { grant_type: 'access_token', service: registry.loginServer, access_token: forged };
    expect((await post(world, registry, '/oauth2/exchange', form)).status).toBe(401);
    const foreign = await login(world, abac, dev);
    const query = `/oauth2/token?service=${registry.loginServer}&scope=repository:myapp:pull`;
    expect((await send(world, registry, query, { headers: basic(foreign) })).status).toBe(401);
    // An Entra token is no registry token, and a refresh token no access token.
    for (const token of [entraToken(dev), await login(world, registry, dev)]) {
      expect((await send(world, registry, '/v2/', { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
    }
  });

  it('serves docker: GET with basic authentication, POST with a password', async () => {
    const password = await login(world, registry, dev);
    const query = `/oauth2/token?account=${nullUser}&service=${registry.loginServer}&scope=repository:myapp:pull`;
    const got = await send(world, registry, query, { headers: basic(password) });
    expect(accessOf(field(got, 'access_token'))).toEqual([{ type: 'repository', name: 'myapp', actions: ['pull'] }]);
    const posted = await post(world, registry, '/oauth2/token', {
      grant_type: 'password',
      service: registry.loginServer,
      username: nullUser,
      password,
      access_type: 'offline',
      scope: 'repository:myapp:pull',
    });
    expect(field(posted, 'refresh_token')).toBe(password);
    const headers = { Authorization: `Bearer ${field(posted, 'access_token')}` };
    expect((await send(world, registry, '/v2/', { headers })).status).toBe(200);
    expect((await send(world, registry, query, { headers: basic('wrong') })).status).toBe(401);
    expect((await send(world, registry, query)).status).toBe(401);
  });

  it('refuses a form without grant type or for another service', async () => {
    const wrong = { grant_type: 'refresh_token', service: 'elsewhere', refresh_token: 'x' };
    expect((await post(world, registry, '/oauth2/token', wrong)).status).toBe(400);
    expect((await post(world, registry, '/oauth2/token', { service: registry.loginServer })).status).toBe(400);
  });

  it('lets tokens run out', async () => {
    const other = await createWorld();
    const user = other.principal('user');
    other.assign(user, 'Reader', '/');
    const port = await other.registry('short', {}, { app: { tags: ['1'] } });
    const token = await tokenFor(other, port, user, 'repository:app:pull');
    const ask = () => send(other, port, '/v2/', { headers: { Authorization: `Bearer ${token}` } });
    expect((await ask()).status).toBe(200);
    await other.core.clock.advance(76 * 60_000);
    expect((await ask()).status).toBe(401);
    await other.close();
  });
});

describe('permissions', () => {
  const granted = async (target: RegistryPort, principal: Principal, ...scopes: string[]) =>
    accessOf(await tokenFor(world, target, principal, ...scopes));
  const all = 'repository:team/api:pull,push,delete,metadata_read';

  it.each([
    ['AcrPull', ['pull', 'metadata_read']],
    ['Reader', ['pull', 'metadata_read']],
    ['AcrPush', ['pull', 'push', 'metadata_read']],
    ['AcrDelete', ['delete']],
    ['Contributor', ['pull', 'push', 'delete', 'metadata_read']],
    ['Container Registry Repository Reader', undefined],
  ])('in RBAC mode %s gives %s', async (role, actions) => {
    const user = world.principal(`rbac ${role}`);
    world.assign(user, role, registry.id);
    expect(await granted(registry, user, all)).toEqual(
      actions === undefined ? [] : [{ type: 'repository', name: 'team/api', actions }],
    );
  });

  it.each([
    ['AcrPull', undefined],
    ['Owner', undefined],
    ['Container Registry Repository Reader', ['pull', 'metadata_read']],
    ['Container Registry Repository Writer', ['pull', 'push', 'metadata_read']],
    ['Container Registry Repository Contributor', ['pull', 'push', 'delete', 'metadata_read']],
  ])('in ABAC mode %s gives %s', async (role, actions) => {
    const user = world.principal(`abac ${role}`);
    world.assign(user, role, abac.id);
    expect(await granted(abac, user, all)).toEqual(
      actions === undefined ? [] : [{ type: 'repository', name: 'team/api', actions }],
    );
  });

  it('applies conditions, and nothing for one that cannot be read', async () => {
    const name = '@Request[Microsoft.ContainerRegistry/registries/repositories:name]';
    const user = world.principal('conditioned');
    world.assign(user, 'Container Registry Repository Reader', abac.id, `${name} StringStartsWithIgnoreCase 'team/'`);
    world.assign(user, 'Container Registry Repository Reader', abac.id, `${name} StringSomething 'myapp'`);
    expect(await granted(abac, user, 'repository:team/api:pull', 'repository:myapp:pull')).toEqual([
      { type: 'repository', name: 'team/api', actions: ['pull'] },
    ]);
  });

  it('lists the catalog in ABAC mode only with Catalog Lister', async () => {
    const user = world.principal('lister');
    world.assign(user, 'Container Registry Repository Reader', abac.id);
    expect(await granted(abac, user, 'registry:catalog:*')).toEqual([]);
    world.assign(user, 'Container Registry Repository Catalog Lister', abac.id);
    expect(await granted(abac, user, 'registry:catalog:*')).toEqual([
      { type: 'registry', name: 'catalog', actions: ['*'] },
    ]);
    expect((await clientOf(world, abac, user)('registry:catalog:*', '/v2/_catalog')).json).toEqual({
      repositories: ['myapp', 'team/api', 'team/web'],
    });
  });

  it('inherits from above but not from elsewhere', async () => {
    const user = world.principal('inherits');
    world.assign(user, 'AcrPull', `${registry.id}x`);
    expect(await granted(registry, user, 'repository:myapp:pull')).toEqual([]);
    world.assign(user, 'AcrPull', registry.id.split('/providers/')[0]?.toUpperCase() ?? '');
    expect(await granted(registry, user, 'repository:myapp:pull')).toHaveLength(1);
  });

  it('answers 401 with the missing scope when the token has less', async () => {
    const token = await tokenFor(world, registry, dev, 'repository:myapp:pull');
    const reply = await send(world, registry, '/v2/team/api/manifests/v1', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toContain('scope="repository:team/api:pull",error="insufficient_scope"');
  });

  it('refuses every credential issued before the switch to ABAC', async () => {
    const target = await world.registry('switching', {}, { app: { tags: ['1'] } });
    world.assign(dev, 'Container Registry Repository Reader', target.id);
    const refreshToken = await login(world, target, dev);
    const token = await tokenFor(world, target, dev, 'repository:app:pull');
    const use = (value: string) =>
      send(world, target, '/v2/app/manifests/1', { headers: { Authorization: `Bearer ${value}` } });
    expect((await use(token)).status).toBe(200);
    target.resource.properties.roleAssignmentMode = 'AbacRepositoryPermissions';
    target.content.credentialsValidFrom = world.core.clock.now() + 1;
    expect((await use(token)).status).toBe(401);
    const query = `/oauth2/token?service=${target.loginServer}&scope=repository:app:pull`;
    expect((await send(world, target, query, { headers: basic(refreshToken) })).status).toBe(401);
    await world.core.clock.advance(2);
    expect((await use(await tokenFor(world, target, dev, 'repository:app:pull'))).status).toBe(200);
  });

  it('closes the door of a registry without public access', async () => {
    const target = await world.registry('closed', { publicNetworkAccess: 'Disabled' });
    const reply = await send(world, target, '/v2/');
    expect([reply.status, errorOf(reply).code]).toEqual([403, 'DENIED']);
    expect(errorOf(reply).message).toContain('https://aka.ms/acr/firewall');
  });

  it('lets anonymous callers pull where that is enabled', async () => {
    const target = await world.registry('public', { anonymousPullEnabled: true }, { app: { tags: ['1'] } });
    const query = `/oauth2/token?service=${target.loginServer}&scope=repository:app:pull,push`;
    const token = field(await send(world, target, query), 'access_token');
    expect(accessOf(token)).toEqual([{ type: 'repository', name: 'app', actions: ['pull'] }]);
  });
});

describe('content', () => {
  const push = 'repository:pushed/app:pull,push,delete';
  const ask = (...args: Parameters<ReturnType<typeof clientOf>>) => clientOf(world, registry, dev)(...args);

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

  it('serves parts of blobs', async () => {
    const manifest = (await ask('repository:team/api:pull', '/v2/team/api/manifests/v1')).json as {
      layers: { digest: string; size: number }[];
    };
    const layer = manifest.layers[1];
    const path = `/v2/team/api/blobs/${layer?.digest ?? ''}`;
    const whole = await ask('repository:team/api:pull', path);
    expect(digestOf(whole.body)).toBe(layer?.digest);
    const part = await ask('repository:team/api:pull', path, { headers: { Range: 'bytes=10-19' } });
    expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 10-19/${layer?.size}`]);
    expect(part.body.equals(whole.body.subarray(10, 20))).toBe(true);
    const tail = await ask('repository:team/api:pull', path, { headers: { Range: 'bytes=-5' } });
    expect(tail.body.equals(whole.body.subarray(-5))).toBe(true);
    const beyond = await ask('repository:team/api:pull', path, { headers: { Range: 'bytes=99999999-' } });
    expect(beyond.status).toBe(416);
    // A blob of another repository of the same registry is not visible here.
    const other = await ask('repository:team/web:pull', `/v2/team/web/blobs/${layer?.digest ?? ''}`);
    expect([other.status, errorOf(other).code]).toEqual([404, 'BLOB_UNKNOWN']);
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
    const second = await ask(push, `${location}?digest=${digestOf('chunk one and two')}`, {
      method: 'PUT',
      body: 'and two',
    });
    expect(second.status).toBe(201);
    expect((await ask(push, location, { method: 'PATCH', body: 'x' })).status).toBe(404);

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
