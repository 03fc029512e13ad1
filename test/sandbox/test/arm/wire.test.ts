import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, finish, valuesOf, versions } from './armWorld.ts';
import { guidOf } from '../../src/ids.ts';
import type { ArmWorld, Reply } from './armWorld.ts';
import type { DenyAssignmentState } from '../../src/types.ts';

let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const preview = '2026-09-01-preview';
const registry = (name: string): string => `${world.group}/providers/Microsoft.ContainerRegistry/registries/${name}`;
const rule = (name: string): string => `${world.registry}/cacheRules/${name}`;
const headOf = (path: string, version: string): Promise<number> =>
  fetch(new URL(`${path}?api-version=${version}`, world.sandbox.info.arm), {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${world.sandbox.token('dev', world.sandbox.info.arm)}` },
  }).then(({ status }) => status);

describe('a registry', () => {
  it('shows what its SKU and its api-version have', async () => {
    const body = { location: 'eastus', sku: { name: 'Standard' } };
    await finish(world, await world.call('PUT', registry('standardone'), versions.registry, body));
    const propertiesOf = async (path: string, version: string): Promise<unknown> =>
      (await world.call('GET', path, version)).json['properties'];
    expect(await propertiesOf(registry('standardone'), preview)).not.toHaveProperty('networkRuleSet');
    expect(await propertiesOf(world.registry, preview)).toMatchObject({
      networkRuleSet: { virtualNetworkRules: [] },
      policies: { softDeletePolicy: {} },
      metadataSearch: 'Disabled',
    });
    const stable = await propertiesOf(world.registry, versions.registry);
    expect(at(stable, 'networkRuleSet')).not.toHaveProperty('virtualNetworkRules');
    expect(at(stable, 'policies')).not.toHaveProperty('softDeletePolicy');
    expect(stable).not.toHaveProperty('metadataSearch');
  });

  it('keeps its identities, also in the list of resources', async () => {
    const { id, principalId } = await world.identity('ofregistry');
    const identity = { type: 'SystemAssigned, UserAssigned', userAssignedIdentities: { [id]: {} } };
    const patched = await world.call('PATCH', world.registry, versions.registry, { identity });
    expect(patched.json).toMatchObject({
      identity: { type: 'systemAssigned, userAssigned', userAssignedIdentities: { [id]: { principalId } } },
    });
    const filter = "$filter=name eq 'myregistry'";
    const [listed] = valuesOf(await world.call('GET', `${world.group}/resources?${filter}`, versions.resources));
    expect(listed).toMatchObject({ identity: patched.json['identity'], systemData: { createdByType: 'User' } });
    const none = await world.call('PATCH', world.registry, versions.registry, { identity: { type: 'None' } });
    expect(none.json).not.toHaveProperty('identity');
  });

  it('refuses a name that is taken as the service does, not as the gateway', async () => {
    await world.call('PUT', `${world.subscription}/resourceGroups/second`, versions.resources, { location: 'eastus' });
    const taken = registry('upstreamregistry').replace('MyResourceGroup', 'second');
    const body = { location: 'eastus', sku: { name: 'Basic' } };
    const reply = await world.call('PUT', taken, versions.registry, body);
    expect([reply.status, reply.code, reply.json['status']]).toEqual([409, 'RegistryNameAlreadyInUse', 'Failed']);
    expect(reply.headers.has('x-ms-failure-cause')).toBe(false);
    expect((await world.call('GET', registry('nonesuch'), versions.registry)).headers.get('x-ms-failure-cause')).toBe(
      'gateway',
    );
  });

  it.each([
    { constructor: 1 },
    JSON.parse('{"__proto__":{"x":1}}') as object,
    { toString: 'x', loginServer: 'other', nonsense: true },
  ])('leaves out properties that are none: %j', async (properties) => {
    const before = await world.call('GET', world.registry, versions.registry);
    const reply = await world.call('PATCH', world.registry, versions.registry, { properties });
    expect([reply.status, reply.json['properties']]).toEqual([200, before.json['properties']]);
  });

  it.each([
    [{ tags: [] }, 'InvalidRequestContent'],
    [{ tags: { a: 1 } }, 'InvalidRequestContent'],
    [{ sku: 5 }, 'InvalidRequestContent'],
    [{ properties: 'x' }, 'InvalidRequestContent'],
    [{ adminUserEnabled: true }, 'InvalidRequestContent'],
    [{ properties: { adminUserEnabled: 'yes' } }, 'InvalidParameter'],
    [{ properties: { networkRuleSet: { defaultAction: 'Maybe' } } }, 'InvalidParameter'],
    [{ properties: { policies: { softDeletePolicy: 1 } } }, 'InvalidParameter'],
  ])('refuses %j', async (body, code) => {
    const reply = await world.call('PATCH', world.registry, versions.registry, body);
    expect([reply.status, reply.code]).toEqual([400, code]);
  });
});

describe('kinds of identity', () => {
  const put = (path: string, identity: object, properties: object): Promise<Reply> =>
    world.call('PUT', path, versions.rule, { identity, properties });

  it.each(['SystemAssigned', 'SystemAssigned, UserAssigned'])('a rule takes no %s', async (type) => {
    const { id } = await world.identity('ofrule');
    const source = { sourceRepository: `${world.upstreamServer}/myapp`, targetRepository: 'kinds/app' };
    const reply = await put(rule('kinds'), { type, userAssignedIdentities: { [id]: {} } }, source);
    expect([reply.status, reply.code]).toEqual([400, 'CannotSetResourceIdentity']);
  });

  it('a credential set takes no UserAssigned', async () => {
    const { id } = await world.identity('ofset');
    const secret = 'https://vault.vault.azure.net/secrets/one';
    const reply = await put(
      `${world.registry}/credentialSets/kinds`,
      { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } },
      {
        loginServer: 'docker.io',
        authCredentials: [{ name: 'Credential1', usernameSecretIdentifier: secret, passwordSecretIdentifier: secret }],
      },
    );
    expect([reply.status, reply.code]).toEqual([400, 'CannotSetResourceIdentity']);
  });
});

it('refuses writes during a write where the option says so', async () => {
  world.sandbox.setOptions({ refuseWhileBusy: true, operationMs: 60_000 });
  const input = { source: `${world.upstreamServer}/base/go`, target: 'busy/go' };
  expect((await world.putRule('busyrule', input)).status).toBe(201);
  expect((await world.putRule('busyrule', input)).status).toBe(409);
  expect((await world.call('DELETE', rule('busyrule'), versions.rule)).status).toBe(409);
  world.sandbox.setOptions({ refuseWhileBusy: false, operationMs: 20 });
  await world.sandbox.advance(60_000);
});

describe('what SDKs and the CLI send beside', () => {
  it('HEAD says whether a resource is there', async () => {
    expect(await headOf(world.registry, versions.registry)).toBe(204);
    expect(await headOf(registry('nonesuch'), versions.registry)).toBe(404);
    expect(await headOf(`${world.group}/providers/Microsoft.ContainerRegistry/registries`, versions.registry)).toBe(
      405,
    );
  });

  it('two slashes are one', async () => {
    const url = `${world.sandbox.info.arm}/${world.registry}`;
    expect(new URL(url).pathname.startsWith('//')).toBe(true);
    expect((await world.call('GET', url, versions.registry)).json['name']).toBe('myregistry');
  });

  it('a resource group takes tags and goes with what is in it', async () => {
    const group = `${world.subscription}/resourceGroups/third`;
    await world.call('PUT', group, versions.resources, { location: 'eastus' });
    const patched = await world.call('PATCH', group, versions.resources, { tags: { a: 'b' } });
    expect([patched.status, patched.json['tags']]).toEqual([200, { a: 'b' }]);
    const path = registry('thirdregistry').replace('MyResourceGroup', 'third');
    const body = { location: 'eastus', sku: { name: 'Basic' } };
    await finish(world, await world.call('PUT', path, versions.registry, body));
    const removed = await world.call('DELETE', group, versions.resources);
    expect(removed.status).toBe(202);
    expect((await finish(world, removed)).status).toBe(200);
    expect((await world.call('GET', group, versions.resources)).code).toBe('ResourceGroupNotFound');
    expect(world.sandbox.state.resources.has(path.toLowerCase())).toBe(false);
  });

  it.each([
    ["startswith(name,'up')", ['upstreamregistry']],
    ["name eq 'myregistry' or name eq 'UPSTREAMREGISTRY'", ['myregistry', 'upstreamregistry']],
    ["tagName eq 'team' and tagValue eq 'shop'", ['myregistry']],
    ["substringof('registry',name) and name ne 'myregistry'", ['upstreamregistry']],
  ])('$filter=%s', async (filter, expected) => {
    await world.call('PATCH', world.registry, versions.registry, { tags: { team: 'shop' } });
    const kind = "resourceType eq 'Microsoft.ContainerRegistry/registries'";
    const names = async (text: string): Promise<unknown[]> =>
      valuesOf(await world.call('GET', `${world.group}/resources?$filter=${text}`, versions.resources))
        .filter(({ type }) => type === 'Microsoft.ContainerRegistry/registries')
        .map(({ name }) => name);
    const all = await names(kind);
    expect((await names(filter)).filter((name) => all.includes(name) && !/standard/.test(String(name)))).toEqual(
      expected,
    );
    expect((await world.call('GET', `${world.group}/resources?$filter=x`, versions.resources)).status).toBe(400);
  });

  it('Resource Graph has role assignments', async () => {
    const query = "authorizationresources | where type =~ 'microsoft.authorization/roleassignments'";
    const reply = await world.call('POST', '/providers/Microsoft.ResourceGraph/resources', versions.graph, { query });
    expect(reply.json['data']).toContainEqual(
      expect.objectContaining({ properties: expect.objectContaining({ scope: world.upstream }) }),
    );
  });

  it('an api-version of a newer CLI makes identities', async () => {
    const path = `${world.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/newer`;
    const made = await world.call('PUT', path, '2025-05-31-preview', { location: 'eastus' });
    expect([made.status, made.headers.get('location')]).toEqual([201, made.json['id']]);
  });

  it('a resource of another provider under one is blamed on that provider', async () => {
    const path = `${world.registry}/providers/Microsoft.Insights/diagnosticSettings`;
    expect((await world.call('GET', path, '2021-05-01-preview')).code).toBe('InvalidResourceNamespace');
  });
});

describe('a lock', () => {
  const lock = (scope: string): string => `${scope}/providers/Microsoft.Authorization/locks/keep`;
  const put = (scope: string, level: string): Promise<Reply> =>
    world.call('PUT', lock(scope), '2020-05-01', { properties: { level } });

  it.each([
    ['CanNotDelete', 200, 409],
    ['ReadOnly', 409, 409],
  ])('%s keeps what is below from being changed or deleted', async (level, write, remove) => {
    expect((await put(world.group, level)).status).toBe(201);
    const listed = await world.call('GET', `${world.registry}/providers/Microsoft.Authorization/locks`, '2020-05-01');
    expect(valuesOf(listed).map(({ name }) => name)).toEqual(['keep']);
    const patched = await world.call('PATCH', world.registry, versions.registry, { tags: {} });
    expect(patched.status).toBe(write);
    const removed = await world.call('DELETE', rule('busyrule'), versions.rule);
    expect([removed.status, removed.code]).toEqual([remove, 'ScopeLocked']);
    expect((await world.call('GET', world.registry, versions.registry)).status).toBe(200);
    expect((await world.call('DELETE', lock(world.group), '2020-05-01')).status).toBe(200);
    expect((await world.call('DELETE', lock(world.group), '2020-05-01')).status).toBe(204);
    expect((await world.call('PATCH', world.registry, versions.registry, { tags: {} })).status).toBe(200);
  });

  it('has a level that is known', async () => {
    expect((await put(world.registry, 'Sometimes')).code).toBe('InvalidLockLevel');
  });
});

describe('a deny assignment', () => {
  const everyone = '00000000-0000-0000-0000-000000000000';
  const deny = (more: Partial<DenyAssignmentState>): void => {
    const denial: DenyAssignmentState = {
      id: guidOf('denial'),
      name: 'Of a stack',
      scope: world.group,
      doNotApplyToChildScopes: false,
      principals: [everyone],
      excludePrincipals: [],
      actions: ['*/write'],
      ...more,
    };
    world.sandbox.state.denyAssignments.set('one', denial);
  };
  const patch = (): Promise<Reply> => world.call('PATCH', world.registry, versions.registry, { tags: {} });
  afterEach(() => world.sandbox.state.denyAssignments.clear());

  it('keeps an owner from what it names, and is listed', async () => {
    deny({});
    const reply = await patch();
    expect([reply.status, reply.code]).toEqual([403, 'DenyAssignmentAuthorizationFailed']);
    expect((await world.call('GET', world.registry, versions.registry)).status).toBe(200);
    const path = `${world.registry}/providers/Microsoft.Authorization/denyAssignments`;
    expect(valuesOf(await world.call('GET', path, versions.authorization))).toMatchObject([
      { name: guidOf('denial'), properties: { principals: [{ id: everyone, type: 'SystemDefined' }] } },
    ]);
    const subscription = `/subscriptions/${world.group.split('/')[2] ?? ''}/providers/Microsoft.Authorization/denyAssignments`;
    expect(valuesOf(await world.call('GET', subscription, versions.authorization))).toHaveLength(1);
    expect(valuesOf(await world.call('GET', `${subscription}?$filter=atScope()`, versions.authorization))).toEqual([]);
    expect((await world.call('GET', `${subscription}?$filter=x`, versions.authorization)).status).toBe(400);
  });

  it.each([
    ['another principal', { principals: ['11111111-1111-1111-1111-111111111111'] }],
    ['its own scope only', { doNotApplyToChildScopes: true }],
    ['other actions', { actions: ['*/delete'] }],
    ['all actions but this', { notActions: ['Microsoft.ContainerRegistry/registries/write'] }],
  ])('leaves free what is of %s', async (_, more) => {
    deny(more);
    expect((await patch()).status).toBe(200);
  });
});
