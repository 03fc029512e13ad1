import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, credentialSet, finish, readerRole, valuesOf, versions } from './armWorld.ts';
import type { ArmWorld, Reply } from './armWorld.ts';

let world: ArmWorld;
let identity: { id: string; principalId: string };
beforeAll(async () => {
  world = await armWorld();
  identity = await world.identity('rules');
});
afterAll(() => world.sandbox.close());

const rule = (name: string): string => `${world.registry}/cacheRules/${name}`;
/** A source of the upstream registry, or of where the text says. */
const from = (source: string): string =>
  source.startsWith('https://') ? source.slice('https://'.length) : `${world.upstreamServer}/${source}`;
const stateOf = (reply: Reply): unknown => at(reply.json, 'properties', 'provisioningState');
async function makeCredentialSet(name: string): Promise<string> {
  const path = `${world.registry}/credentialSets/${name}`;
  await finish(world, await world.call('PUT', path, versions.rule, credentialSet));
  return path;
}

describe('a cache rule', () => {
  it('is created, shown, changed and deleted by operations', async () => {
    world.sandbox.setOptions({ operationMs: 60_000 });
    const created = await world.putRule('lifecycle', {
      source: from('myapp'),
      target: 'life/app',
      identity: identity.id,
    });
    expect([created.status, stateOf(created)]).toEqual([201, 'Creating']);
    const status = created.headers.get('azure-asyncoperation') ?? '';
    expect(status).toMatch(
      /\/cacheRules\/lifecycle\/operationStatuses\/cacherules-[0-9a-f-]{36}\?api-version=2026-01-01-preview&t=\d+&c=[\w-]+&s=[\w-]+&h=[\w-]+$/,
    );
    expect(status.length).toBeGreaterThan(2500);
    expect(created.headers.has('retry-after')).toBe(false);
    expect((await world.call('GET', status, '')).json).toEqual({ status: 'Creating' });
    expect((await world.call('GET', status.slice(0, -1), '')).status).toBe(400);
    world.sandbox.setOptions({ operationMs: 20 });
    await world.sandbox.advance(60_000);
    expect((await world.call('GET', status, '')).json).toEqual({ status: 'Succeeded' });
    expect((await world.call('GET', rule('lifecycle'), versions.rule)).json).toMatchObject({
      name: 'lifecycle',
      type: 'Microsoft.ContainerRegistry/registries/cacheRules',
      identity: {
        type: 'userAssigned',
        userAssignedIdentities: { [identity.id]: { principalId: identity.principalId } },
      },
      properties: {
        sourceRepository: `${world.upstreamServer}/myapp`,
        targetRepository: 'life/app',
        provisioningState: 'Succeeded',
      },
    });

    const set = await makeCredentialSet('lifecycle-set');
    const patched = await world.call('PATCH', rule('lifecycle'), versions.rule, {
      properties: { credentialSetResourceId: set },
    });
    expect([patched.status, stateOf(patched)]).toEqual([201, 'Updating']);
    await finish(world, patched);
    const after = await world.call('GET', rule('lifecycle'), versions.rule);
    expect(after.json).toMatchObject({
      identity: { type: 'userAssigned' },
      properties: { credentialSetResourceId: set },
    });
    expect((await world.call('DELETE', set, versions.rule)).status).toBe(409);
    await finish(
      world,
      await world.call('PATCH', rule('lifecycle'), versions.rule, { properties: { credentialSetResourceId: null } }),
    );
    expect(at((await world.call('GET', rule('lifecycle'), versions.rule)).json, 'properties')).not.toHaveProperty(
      'credentialSetResourceId',
    );

    const deleted = await world.call('DELETE', rule('lifecycle'), versions.rule);
    expect(deleted.status).toBe(202);
    expect(deleted.headers.get('location')).toMatch(
      /\/subscriptions\/[0-9a-f-]{36}\/providers\/Microsoft\.ContainerRegistry\/locations\/[A-Z0-9]+\/operationResults\/cacherules-/,
    );
    expect((await finish(world, deleted)).status).toBe(200);
    expect((await world.call('GET', rule('lifecycle'), versions.rule)).code).toBe('ResourceNotFound');
    expect((await world.call('DELETE', rule('lifecycle'), versions.rule)).status).toBe(204);
  });

  it('loses its identity without a word in a version that does not carry it', async () => {
    world.sandbox.setOptions({ ruleVersions: ['2026-11-01', '2025-11-01', versions.rule] });
    const dropped = await world.putRule(
      'dropped',
      { source: from('myapp'), target: 'dropped', identity: identity.id },
      '2026-11-01',
    );
    expect([dropped.status, dropped.json['identity']]).toEqual([201, undefined]);
    expect(dropped.headers.get('api-supported-versions')).toBe(`2026-11-01, 2025-11-01, ${versions.rule}`);
    await finish(world, dropped);
    expect((await world.call('GET', rule('dropped'), versions.rule)).json['identity']).toBeUndefined();
  });

  it('is not deleted for all to see: who may act on the registry alone may not read how it ends', async () => {
    const objectId = world.person('registryOnly');
    await world.assign(world.registry, 'df87f177-bb12-4db1-9793-a413691eff94', objectId, { principalType: 'User' });
    const as = { as: 'registryOnly' };
    await finish(world, await world.putRule('alone', { source: from('myapp'), target: 'alone' }));
    const deleted = await world.call('DELETE', rule('alone'), versions.rule, undefined, as);
    const location = deleted.headers.get('location') ?? '';
    expect((await world.call('GET', location, '', undefined, as)).status).toBe(403);
    expect((await finish(world, deleted)).status).toBe(200);
  });

  it('takes no member that belongs into its properties', async () => {
    const body = { sourceRepository: 'x', properties: { sourceRepository: 'x', targetRepository: 'y' } };
    const reply = await world.call('PUT', rule('misplaced'), versions.rule, body);
    expect([reply.status, reply.code]).toEqual([400, 'InvalidRequestContent']);
  });

  it('is answered 200 when written again; other paths overwrite it, or are refused', async () => {
    await finish(world, await world.putRule('again', { source: from('myapp'), target: 'again' }));
    const same = await world.putRule('again', {
      source: from('myapp'),
      target: 'again',
      identity: identity.id,
    });
    expect([same.status, at(same.json, 'identity', 'type')]).toEqual([200, 'userAssigned']);
    const others = { source: from('myapp'), target: 'other' };
    world.sandbox.setOptions({ putReplacesPaths: false });
    expect((await world.putRule('again', others)).code).toBe('CacheRulePathsCannotBeUpdated');
    world.sandbox.setOptions({ putReplacesPaths: true });
    expect(at((await world.putRule('again', others)).json, 'properties', 'targetRepository')).toBe('other');
  });

  it('fails when a fault says so, and stays as Failed', async () => {
    world.sandbox.setFaults([
      { match: '^PUT .*cacheRules/failing', failOperation: { code: 'InternalError', message: 'boom' } },
    ]);
    const last = await finish(world, await world.putRule('failing', { source: from('myapp'), target: 'failing' }));
    world.sandbox.setFaults([]);
    expect(last.json).toMatchObject({ status: 'Failed', error: { code: 'InternalError', message: 'boom' } });
    expect(stateOf(await world.call('GET', rule('failing'), versions.rule))).toBe('Failed');
  });
});

describe('a new rule is refused', () => {
  const set = (name: string): string => `${world.registry}/credentialSets/${name}`;
  const taken = { createdAt: 0, updatedAt: 0, tags: new Map(), manifests: new Map(), blobDigests: new Set<string>() };
  beforeAll(async () => {
    await makeCredentialSet('docker-set');
    const content = world.sandbox.state.content.get(world.registry.toLowerCase());
    content?.repositories.set('taken/app', { name: 'taken/app', ...taken });
    await finish(world, await world.putRule('wild-one', { source: from('team/*'), target: 'wild/one/*' }));
    await finish(world, await world.putRule('static-inside', { source: from('team/api'), target: 'wild/one/api' }));
  });
  afterAll(() => {
    world.sandbox.state.content.get(world.registry.toLowerCase())?.repositories.delete('taken/app');
  });
  const badPath =
    'Repository names should follow the standardized docker repository naming conventions. All characters should be lowercase. For more information, please visit https://aka.ms/acr/cache.';

  it.each<[name: string, source: string, target: string, code: string, message?: string]>([
    ['abcd', 'x', 'x', 'InvalidResourceName'],
    ['a'.repeat(51), 'x', 'x', 'InvalidResourceName'],
    ['with_underscore', 'x', 'x', 'InvalidResourceName'],
    ['a-tag', 'myapp:1.0', 'cached', 'InvalidRepositoryName', badPath],
    ['a-digest', `myapp@sha256:${'0'.repeat(64)}`, 'cached', 'InvalidRepositoryName', badPath],
    ['upper-case', 'MyApp', 'cached', 'InvalidRepositoryName', badPath],
    ['empty-segment', 'a//b', 'cached', 'InvalidRepositoryName', badPath],
    ['star-in-the-middle', 'a/*/b', 'cached/*/b', 'InvalidRepositoryName', badPath],
    ['target-with-tag', 'myapp', 'cached:1.0', 'InvalidRepositoryName', badPath],
    ['target-of-256', 'myapp', 'a'.repeat(256), 'InvalidRepositoryName', badPath],
    ['no-repository', '', 'cached', 'InvalidRepositoryName', badPath],
    ['one-star', 'a/*', 'a', 'InvalidWildcard'],
    ['upstream', 'https://registry.invalid/app', 'upstream', 'UpstreamNotSupported'],
    ['docker', 'https://docker.io/hello-world', 'hub/hello-world', 'EnforceDockerAuthentication'],
    [
      'taken-app',
      'myapp',
      'taken/app',
      'TargetRepositoryAlreadyPresentInRegistry',
      "Conflict: Target repository 'taken/app' is already present in registry. Cache rules cannot be created for existing repositories in registry. For more information, please visit https://aka.ms/acr/cache",
    ],
    ['taken-star', '*', 'taken/*', 'TargetRepositoryPrefixMatchesExistingRegistries'],
    ['wild-two', 'team/*', 'wild/one/*', 'CacheRuleWildcardConflict'],
    ['wild-two', 'team/*', 'wild/*', 'CacheRuleWildcardConflict'],
    ['wild-two', 'team/*', 'wild/one/two/*', 'CacheRuleWildcardConflict'],
    ['static-again', 'team/api', 'wild/one/api', 'CacheRuleTargetConflict'],
  ])('%s: %s to %s, %s', async (name, source, target, code, message) => {
    const reply = await world.putRule(name, { source: from(source), target });
    expect([reply.status, reply.code]).toEqual([/Conflict|^Target/.test(code) ? 409 : 400, code]);
    if (message !== undefined) expect(reply.message).toBe(message);
  });

  it('not beside a wildcard, nor for Docker Hub with credentials, to which library is added', async () => {
    expect((await world.putRule('wild-beside', { source: from('team/*'), target: 'wild/one-b/*' })).status).toBe(201);
    const hub = { source: 'docker.io/hello-world', target: 'hub/hello-world' };
    expect((await world.putRule('docker', { ...hub, credentialSet: set('none') })).code).toBe('CredentialSetNotFound');
    const created = await world.putRule('docker', { ...hub, credentialSet: set('docker-set') });
    expect(at(created.json, 'properties', 'sourceRepository')).toBe('docker.io/library/hello-world');
  });

  it('for an identity that is not there, or that is none', async () => {
    const asIdentity = (id: string) =>
      world.putRule('noidentity', { source: from('myapp'), target: 'n1', identity: id });
    const absent = await asIdentity(`${identity.id}x`);
    expect([absent.status, absent.code]).toEqual([400, 'FailedIdentityOperation']);
    expect(absent.message).toContain(`Resource '${identity.id}x' was not found.`);
    const none = await asIdentity(world.upstream);
    expect([none.status, none.code]).toEqual([400, 'LinkedInvalidPropertyId']);
  });

  it('without the preview feature, where it is needed', async () => {
    world.sandbox.setOptions({ featureFlagRequired: true });
    const input = { source: from('myapp'), target: 'flagged' };
    const reply = await world.putRule('flagged', { ...input, identity: identity.id });
    expect([reply.status, reply.code]).toEqual([400, 'CannotCreateCacheRuleWithManagedIdentity']);
    expect(reply.message).toBe(
      "Cannot create cache rule with managed identity. Please ensure the preview feature 'ArtifactCacheManagedIdentityAuthentication' is registered.",
    );
    expect((await world.putRule('flagless', input)).status).toBe(201);
    world.sandbox.setOptions({ featureFlagRequired: false });
  });

  it('beyond 1,000 rules', async () => {
    const full = await armWorld();
    for (let index = 0; index < 1000; index++) {
      const id = `${full.registry}/cacheRules/rule-${index}`;
      full.sandbox.state.resources.set(id.toLowerCase(), {
        id,
        name: `rule-${index}`,
        type: 'Microsoft.ContainerRegistry/registries/cacheRules',
        properties: { targetRepository: `r${index}` },
        createdAt: 0,
      });
    }
    const reply = await full.putRule('one-more', { source: `${full.upstreamServer}/myapp`, target: 'one-more' });
    expect([reply.status, reply.code]).toEqual([400, 'CacheRuleLimitExceeded']);
    expect(valuesOf(await full.call('GET', `${full.registry}/cacheRules`, versions.rule))).toHaveLength(1000);
    await full.sandbox.close();
  });
});

describe('permissions', () => {
  it('refuse whoever lacks them, in Azure’s words', async () => {
    const objectId = world.person('nobody');
    const reply = await world.putRule('noright', { source: from('myapp'), target: 'nr' }, versions.rule, {
      as: 'nobody',
    });
    expect([reply.status, reply.code]).toEqual([403, 'AuthorizationFailed']);
    expect(reply.message).toBe(
      `The client 'nobody@sandbox.test' with object id '${objectId}' does not have authorization to perform action 'Microsoft.ContainerRegistry/registries/cacheRules/write' over scope '${rule('noright')}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  });

  it('need assign/action on the identity too', async () => {
    const objectId = world.person('ruler');
    await world.assign(world.registry, 'df87f177-bb12-4db1-9793-a413691eff94', objectId, { principalType: 'User' });
    const as = { as: 'ruler' };
    const input = { source: from('myapp'), target: 'linked', identity: identity.id };
    const reply = await world.putRule('linked', input, versions.rule, as);
    expect([reply.status, reply.code]).toEqual([403, 'LinkedAuthorizationFailed']);
    expect(reply.message).toContain(
      `'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '${identity.id}'`,
    );
    await world.assign(identity.id, 'f1a07417-d97a-45cb-824c-7a7467783830', objectId, { principalType: 'User' });
    expect((await world.putRule('linked', input, versions.rule, as)).status).toBe(201);
    expect((await world.call('GET', world.registry, versions.registry, undefined, as)).status).toBe(403);
  });
});

describe('an identity', () => {
  it('that is recreated is another principal; what named the old one stays behind', async () => {
    const first = await world.identity('recreated');
    await world.assign(world.upstream, readerRole, first.principalId, { principalType: 'ServicePrincipal' });
    await finish(
      world,
      await world.putRule('recreated', {
        source: from('myapp'),
        target: 'recreated',
        identity: first.id,
      }),
    );
    expect((await world.call('DELETE', first.id, versions.identity)).status).toBe(200);
    expect((await world.call('DELETE', first.id, versions.identity)).status).toBe(204);
    const second = await world.identity('recreated');
    expect(second.principalId).not.toBe(first.principalId);
    const shown = await world.call('GET', rule('recreated'), versions.rule);
    expect(at(shown.json, 'identity', 'userAssignedIdentities', first.id, 'principalId')).toBe(first.principalId);
    const left = await world.call(
      'GET',
      `${world.upstream}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId eq '${first.principalId}'`,
      versions.authorization,
    );
    expect(valuesOf(left)).toHaveLength(1);
  });

  it('needs a good name and a location', async () => {
    const path = (name: string): string =>
      `${world.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    expect((await world.call('PUT', path('ab'), versions.identity, { location: 'eastus' })).status).toBe(400);
    expect((await world.call('PUT', path('good-name'), versions.identity, {})).code).toBe('LocationRequired');
    expect((await world.call('PUT', path('good-name'), versions.identity, { location: 'atlantis' })).code).toBe(
      'LocationNotAvailableForResourceType',
    );
  });
});

describe('a registry', () => {
  it('switches to repository permissions and refuses credentials from before', async () => {
    const content = world.sandbox.state.content.get(world.upstream.toLowerCase());
    const patch = (roleAssignmentMode: string) =>
      world.call('PATCH', world.upstream, versions.registry, { properties: { roleAssignmentMode } });
    const patched = await patch('AbacRepositoryPermissions');
    expect([patched.status, stateOf(patched)]).toEqual([200, 'Succeeded']);
    const { json } = await world.call('GET', world.upstream, versions.registry);
    expect(at(json, 'properties', 'roleAssignmentMode')).toBe('AbacRepositoryPermissions');
    expect(content?.credentialsValidFrom).toBeGreaterThan(world.sandbox.now() - 10_000);
    expect((await patch('rbac-abac')).status).toBe(400);
  });

  it('leaves its role assignments behind when deleted, and its port closes', async () => {
    const path = `${world.group}/providers/Microsoft.ContainerRegistry/registries/shortlived`;
    const put = (to: string, sku: string) =>
      world.call('PUT', to, versions.registry, { location: 'eastus', sku: { name: sku } });
    await finish(world, await put(path, 'Basic'));
    const server = String(at((await world.call('GET', path, versions.registry)).json, 'properties', 'loginServer'));
    expect((await fetch(`https://${server}/v2/`)).status).toBe(401);
    await world.assign(path, readerRole, world.person('reader'), { principalType: 'User' });
    expect((await put(path.replace('shortlived', 'MYREGISTRY1'), 'Gold')).code).toBe('SkuInvalid');
    await finish(world, await world.call('DELETE', path, versions.registry));
    expect((await world.call('GET', path, versions.registry)).code).toBe('ResourceNotFound');
    await expect(fetch(`https://${server}/v2/`)).rejects.toThrow();
    expect([...world.sandbox.state.roleAssignments.keys()].some((id) => id.includes('/registries/shortlived/'))).toBe(
      true,
    );
  });
});
