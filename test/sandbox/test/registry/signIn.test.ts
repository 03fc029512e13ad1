import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessOf, clientOf, errorOf, field, login, post, registryAudience, send, tokenFor } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { Principal } from '../../src/types.ts';
import type { RegistryPort, World } from './registryWorld.ts';

const nullUser = '00000000-0000-0000-0000-000000000000';

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
    expect(reply.json).toMatchObject({ errors: [{ code: 'UNAUTHORIZED', detail: null }] });
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
    // As the registry's SDK without a credential asks.
    const form = { grant_type: 'password', refresh_token: '', scope: 'repository:app:pull' };
    const posted = await post(world, target, '/oauth2/token', { ...form, service: target.loginServer });
    expect(accessOf(field(posted, 'access_token'))).toEqual(accessOf(token));
    expect((await post(world, registry, '/oauth2/token', { ...form, service: registry.loginServer })).status).toBe(401);
  });
});
