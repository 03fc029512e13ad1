import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, valuesOf, versions } from './armWorld.ts';
import type { ArmWorld } from './armWorld.ts';
import { guidOf } from '../../src/ids.ts';
import { articleScenario, manyRegistries } from '../../src/scenarios.ts';

let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

describe('authentication', () => {
  it('challenges a call without a token', async () => {
    const reply = await world.call('GET', '/subscriptions', versions.resources, undefined, { as: '' });
    expect([reply.status, reply.code]).toEqual([401, 'AuthenticationFailed']);
    expect(reply.headers.get('www-authenticate')).toMatch(
      /^Bearer authorization_uri="https:\/\/localhost:\d+\/[0-9a-f-]{36}", error="invalid_token"/,
    );
  });

  it.each([
    [
      'a broken signature',
      () => `${world.sandbox.token('dev', world.sandbox.info.arm)}x`,
      'InvalidAuthenticationToken',
    ],
    [
      'another audience',
      () => world.sandbox.token('dev', 'https://containerregistry.azure.net'),
      'InvalidAuthenticationTokenAudience',
    ],
    ['an expired token', () => world.sandbox.token('dev', world.sandbox.info.arm, -60), 'ExpiredAuthenticationToken'],
  ])('refuses %s', async (_, token, code) => {
    const reply = await world.call('GET', '/subscriptions', versions.resources, undefined, {
      as: '',
      headers: { Authorization: `Bearer ${token()}` },
    });
    expect([reply.status, reply.code]).toEqual([401, code]);
  });

  it('tells a token of another tenant which authority to ask', async () => {
    const other = await armWorld({
      scenario: {
        subscriptions: [
          ...articleScenario().subscriptions,
          { id: guidOf('s', 'other'), name: 'Other', tenantId: guidOf('t', 'other'), resourceGroups: [] },
        ],
      },
    });
    const listed = await other.call('GET', '/subscriptions', versions.resources);
    expect(valuesOf(listed).map((one) => one['displayName'])).toEqual(['Sandbox Subscription']);
    const reply = await other.call('GET', `/subscriptions/${guidOf('s', 'other')}/resourceGroups`, versions.resources);
    expect([reply.status, reply.code]).toEqual([401, 'InvalidAuthenticationTokenTenant']);
    expect(reply.headers.get('www-authenticate')).toContain(guidOf('t', 'other'));
    await other.sandbox.close();
  });
});

describe('api-versions', () => {
  const types = async (): Promise<string[]> => {
    const reply = await world.call(
      'GET',
      `${world.subscription}/providers/Microsoft.ContainerRegistry`,
      versions.resources,
    );
    const types = at(reply.json, 'resourceTypes') as { resourceType: string; apiVersions: string[] }[];
    return types.find(({ resourceType }) => resourceType === 'registries/cacheRules')?.apiVersions ?? [];
  };

  it('lists those of cache rules, and answers each of them', async () => {
    const listed = await types();
    expect(listed).toContain('2023-07-01');
    expect(listed).toContain('2026-01-01-preview');
    for (const version of listed)
      expect((await world.call('GET', `${world.registry}/cacheRules`, version)).status, version).toBe(200);
  });

  it.each([
    ['none', '', 400, 'MissingApiVersionParameter'],
    ['nonsense', 'latest', 400, 'InvalidApiVersionParameter'],
    ['one that the provider does not have', '2030-01-01', 404, 'InvalidResourceType'],
  ])('refuses %s', async (_, version, status, code) => {
    const reply = await world.call(
      'GET',
      `${world.subscription}/providers/Microsoft.ContainerRegistry/registries`,
      version,
    );
    expect([reply.status, reply.code]).toEqual([status, code]);
  });

  it('looks for a provider in the location of a resource that exists', async () => {
    const reply = await world.call('GET', world.registry, '2030-01-01');
    expect([reply.status, reply.code]).toEqual([400, 'NoRegisteredProviderFound']);
    expect(reply.message).toContain("for location 'eastus' and API version '2030-01-01' for type 'registries'");
  });
});

describe('paths', () => {
  it('are compared without case', async () => {
    const reply = await world.call(
      'GET',
      world.registry.toUpperCase().replace('/SUBSCRIPTIONS', '/Subscriptions'),
      versions.registry,
    );
    expect(reply.json['name']).toBe('myregistry');
  });

  it.each([
    ['/subscriptions/nonsense/resourceGroups', 400, 'InvalidSubscriptionId'],
    ['/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups', 404, 'SubscriptionNotFound'],
    [
      '{subscription}/resourceGroups/nosuch/providers/Microsoft.ContainerRegistry/registries',
      404,
      'ResourceGroupNotFound',
    ],
    ['{group}/providers/Microsoft.ContainerRegistry/registries/nosuch', 404, 'ResourceNotFound'],
    ['{group}/providers/Microsoft.ContainerRegistry/registries/nosuch/cacheRules', 404, 'ParentResourceNotFound'],
    ['{registry}/cacheRules/nosuch', 404, 'ResourceNotFound'],
    ['{group}/providers/Microsoft.Nonsense/things', 404, 'InvalidResourceNamespace'],
    ['{group}/providers/Microsoft.ContainerRegistry/things', 404, 'InvalidResourceType'],
    ['/nonsense', 404, 'MissingSubscription'],
  ])('%s is answered %i %s', async (path, status, code) => {
    const filled = path
      .replace('{subscription}', world.subscription)
      .replace('{group}', world.group)
      .replace('{registry}', world.registry);
    const reply = await world.call(
      'GET',
      filled,
      filled.includes('/providers/') ? versions.registry : versions.resources,
    );
    expect([reply.status, reply.code]).toEqual([status, code]);
  });

  it('refuse other methods with 405', async () => {
    expect((await world.call('POST', world.registry, versions.registry)).status).toBe(405);
  });

  it('bound the body and want JSON', async () => {
    const path = `${world.registry}/cacheRules/body1`;
    expect((await world.call('PUT', path, versions.rule, 'not json')).code).toBe('InvalidRequestContent');
    expect((await world.call('PUT', path, versions.rule, `"${'x'.repeat(5_000_000)}"`)).status).toBe(413);
  });

  it('echo the correlation id', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const reply = await world.call('GET', world.registry, versions.registry, undefined, {
      headers: { 'x-ms-correlation-request-id': id },
    });
    expect(reply.headers.get('x-ms-correlation-request-id')).toBe(id);
    expect(reply.headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('paging', () => {
  it('follows nextLink to every item exactly once', async () => {
    const many = await armWorld({ scenario: manyRegistries(25, 1), pageSize: 10 });
    const names: unknown[] = [];
    let path: string | undefined = `${many.subscription}/providers/Microsoft.ContainerRegistry/registries`;
    let pages = 0;
    for (let version: string = versions.registry; path !== undefined; version = '') {
      const reply = await many.call('GET', path, version);
      names.push(...valuesOf(reply).map((one) => one['name']));
      path = reply.json['nextLink'] as string | undefined;
      pages += 1;
    }
    expect([pages, names.length, new Set(names).size]).toEqual([3, 25, 25]);
    await many.sandbox.close();
  });
});

describe('Resource Graph', () => {
  const query = (text: string, more: object = {}) =>
    world.call('POST', '/providers/Microsoft.ResourceGraph/resources', versions.graph, { query: text, ...more });

  const registries = "resources | where type =~ 'Microsoft.ContainerRegistry/registries'";

  it('finds registries, by a nested value too, and projects columns', async () => {
    const reply = await query(
      `${registries} | where properties.roleAssignmentMode =~ 'legacyregistrypermissions' | project id, name, sku | order by name asc`,
    );
    expect(reply.json).toMatchObject({ totalRecords: 2, count: 2, resultTruncated: 'false' });
    expect(at(reply.json, 'data')).toEqual(
      ['myregistry', 'upstreamregistry'].map((name) => ({
        id: world.registry.replace('myregistry', name),
        name,
        sku: { name: 'Premium', tier: 'Premium' },
      })),
    );
  });

  it('finds a text in a column', async () => {
    const identity = await world.identity('graph');
    const reply = await query(`resources | where tostring(id) contains '${identity.id.toUpperCase()}' | project name`);
    expect(at(reply.json, 'data')).toEqual([{ name: 'graph' }]);
  });

  it('pages with $top and $skipToken', async () => {
    const text = `${registries} | project id, name | order by name asc`;
    const first = await query(text, { options: { $top: 1 } });
    const second = await query(text, { options: { $top: 1, $skipToken: first.json['$skipToken'] } });
    expect([at(first.json, 'data', 0, 'name'), at(second.json, 'data', 0, 'name'), second.json['$skipToken']]).toEqual([
      'myregistry',
      'upstreamregistry',
      undefined,
    ]);
  });

  it('sees only what the caller may read', async () => {
    world.person('nobody');
    const reply = await world.call(
      'POST',
      '/providers/Microsoft.ResourceGraph/resources',
      versions.graph,
      { query: 'resources' },
      { as: 'nobody' },
    );
    expect(reply.json['totalRecords']).toBe(0);
  });

  it.each(['resources | where', 'resources | frobnicate', 'storage | take 1', "resources | where name =~ 'a' or true"])(
    'refuses %s',
    async (text) => {
      const reply = await query(text);
      expect([
        reply.status,
        reply.code,
        at(reply.json, 'error', 'details', 0, 'code'),
        at(reply.json, 'error', 'details', 1, 'code'),
      ]).toEqual([400, 'BadRequest', 'InvalidQuery', 'ParserFailure']);
    },
  );

  it('refuses a list of subscriptions that holds none of the caller', async () => {
    const reply = await query('resources', { subscriptions: ['00000000-0000-0000-0000-000000000001'] });
    expect(at(reply.json, 'error', 'details', 0, 'code')).toBe('NoValidSubscriptionsInQueryRequest');
  });
});

describe('subscriptions and groups', () => {
  it('creates a group, and refuses to move it', async () => {
    const path = `${world.subscription}/resourcegroups/new-group`;
    expect((await world.call('HEAD', path, versions.resources)).status).toBe(404);
    expect((await world.call('PUT', path, versions.resources, { location: 'West Europe' })).status).toBe(201);
    expect((await world.call('HEAD', path, versions.resources)).status).toBe(204);
    expect(
      (await world.call('PUT', path, versions.resources, { location: 'westeurope', tags: { a: 'b' } })).json,
    ).toMatchObject({ tags: { a: 'b' }, location: 'westeurope' });
    expect((await world.call('PUT', path, versions.resources, { location: 'eastus' })).code).toBe(
      'InvalidResourceGroupLocation',
    );
    expect(
      (await world.call('PUT', `${world.subscription}/resourcegroups/bad.`, versions.resources, { location: 'eastus' }))
        .status,
    ).toBe(400);
  });

  it('registers a preview feature after a while', async () => {
    const path = `${world.subscription}/providers/Microsoft.Features/providers/Microsoft.ContainerRegistry/features/ArtifactCacheManagedIdentityAuthentication`;
    expect(at((await world.call('GET', path, versions.features)).json, 'properties', 'state')).toBe('NotRegistered');
    expect(at((await world.call('POST', `${path}/register`, versions.features)).json, 'properties', 'state')).toBe(
      'Registering',
    );
    await world.sandbox.advance(1000);
    expect(at((await world.call('GET', path, versions.features)).json, 'properties', 'state')).toBe('Registered');
    expect((await world.call('GET', path.replace('Artifact', 'X'), versions.features)).code).toBe('FeatureNotFound');
  });
});
