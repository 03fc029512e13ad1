import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manyRegistries } from '../../../sandbox/src/scenarios.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

const graph = 'POST /providers/Microsoft.ResourceGraph/resources';

describe('registries', () => {
  let under: AzureUnderTest;
  beforeAll(async () => {
    under = await startAzure();
  });
  afterAll(() => under.close());

  it('lists by Resource Graph in one request', async () => {
    const pages: number[] = [];
    const { result, requests } = await under.requestsOf(() =>
      under.azure.registries.list([under.subscriptionId], { onPage: (page) => pages.push(page.length) }),
    );
    expect(result.failures).toEqual([]);
    expect(result.registries.map(({ name }) => name).sort()).toEqual(['myregistry', 'upstreamregistry']);
    expect(pages).toEqual([2]);
    expect(requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it('normalizes what it lists and what it gets alike', async () => {
    const { registries } = await under.azure.registries.list([under.subscriptionId]);
    const listed = registries.find(({ name }) => name === 'myregistry');
    const got = await under.registry('myregistry');
    expect(listed).toEqual(got);
    expect(got).toMatchObject({
      id: under.id('myregistry'),
      subscriptionId: under.subscriptionId,
      resourceGroup: 'MyResourceGroup',
      location: 'eastus',
      tenantId: under.sandbox.info.tenantId,
      loginServer: under.sandbox.info.registries.find(({ name }) => name === 'myregistry')?.loginServer,
      sku: 'Premium',
      provisioningState: 'Succeeded',
      roleAssignmentMode: 'LegacyRegistryPermissions',
      acceptsArmTokens: true,
      publicNetworkAccess: 'Enabled',
    });
  });

  it('falls back to listing each subscription when Resource Graph fails', async () => {
    const { result, requests } = await under.withFaults([{ match: graph, status: 403 }], () =>
      under.requestsOf(() => under.azure.registries.list([under.subscriptionId])),
    );
    expect(result.failures).toEqual([]);
    expect(result.registries.map(({ name }) => name).sort()).toEqual(['myregistry', 'upstreamregistry']);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });

  it('names the subscriptions that could not be read', async () => {
    const faults = [
      { match: graph, status: 403 },
      { match: 'GET /subscriptions/[^/]+/providers/Microsoft.ContainerRegistry/registries', status: 403 },
    ];
    const unknown = '00000000-0000-4000-8000-000000000000';
    const { registries, failures } = await under.withFaults(faults, () =>
      under.azure.registries.list([under.subscriptionId, unknown]),
    );
    expect(registries).toEqual([]);
    expect(failures).toHaveLength(2);
    expect(failures).toContainEqual({
      subscriptionId: under.subscriptionId,
      error: expect.objectContaining({ kind: 'forbidden' }),
    });
    expect(failures).toContainEqual({
      subscriptionId: unknown,
      error: expect.objectContaining({ code: 'SubscriptionNotVisible' }),
    });
  });

  it('does not try every subscription when the network is gone', async () => {
    const { result, requests } = await under.withFaults([{ match: graph, reset: 'before' }], () =>
      under.requestsOf(() => under.azure.registries.list([under.subscriptionId])),
    );
    expect(result.failures).toEqual([
      { subscriptionId: under.subscriptionId, error: expect.objectContaining({ kind: 'network' }) },
    ]);
    expect(requests.every(({ method }) => method === 'POST')).toBe(true);
  });

  it('rejects as a whole only when cancelled', async () => {
    const error = await failureOf(under.azure.registries.list([under.subscriptionId], { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('finds a registry by its login server, whatever the case', async () => {
    const { loginServer } = await under.registry('upstreamregistry');
    expect((await under.azure.registries.findByLoginServer(loginServer.toUpperCase()))?.name).toBe('upstreamregistry');
    expect(await under.azure.registries.findByLoginServer('localhost:1')).toBeUndefined();
  });

  it('finds it by listing when Resource Graph fails', async () => {
    const { loginServer } = await under.registry('upstreamregistry');
    const found = await under.withFaults([{ match: graph, status: 400 }], () =>
      under.azure.registries.findByLoginServer(loginServer),
    );
    expect(found?.name).toBe('upstreamregistry');
  });

  it.each(["x' or 1 == 1", 'x | project id', '', '../..', 'https://host'])('asks nothing for %j', async (text) => {
    const { result, requests } = await under.requestsOf(() => under.azure.registries.findByLoginServer(text));
    expect(result).toBeUndefined();
    expect(requests).toHaveLength(0);
  });

  it.each([
    ['at once, as recorded', false],
    ['by an operation and waits for its end', true],
  ])('switches the permission mode %s', async (_, registryOperations) => {
    under.sandbox.setOptions({ registryOperations });
    const { result, requests } = await under.requestsOf(() =>
      under.azure.registries.setRoleAssignmentMode(under.id('myregistry'), 'AbacRepositoryPermissions'),
    );
    expect(result.roleAssignmentMode).toBe('AbacRepositoryPermissions');
    expect(result.provisioningState).toBe('Succeeded');
    expect(requests[0]).toMatchObject({ method: 'PATCH' });
    expect(requests.some(({ url }) => url.includes('/operationStatuses/'))).toBe(registryOperations);
    expect((await under.registry('myregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
    await under.azure.registries.setRoleAssignmentMode(under.id('myregistry'), 'LegacyRegistryPermissions');
    under.sandbox.setOptions({ registryOperations: false });
  });

  it('switches although the answer to the PATCH was lost', async () => {
    const after = await under.withFaults(
      [{ match: 'PATCH .*/registries/myregistry\\?', reset: 'after', times: 1 }],
      () => under.azure.registries.setRoleAssignmentMode(under.id('myregistry'), 'AbacRepositoryPermissions'),
    );
    expect(after.roleAssignmentMode).toBe('AbacRepositoryPermissions');
    await under.azure.registries.setRoleAssignmentMode(under.id('myregistry'), 'LegacyRegistryPermissions');
  });

  it('says why a switch failed', async () => {
    const failOperation = { code: 'SwitchNotAllowed', message: 'Tasks still run.' };
    const error = await under.withFaults([{ match: 'PATCH .*/registries/myregistry\\?', failOperation }], () =>
      failureOf(under.azure.registries.setRoleAssignmentMode(under.id('myregistry'), 'AbacRepositoryPermissions')),
    );
    expect(error).toMatchObject({ kind: 'operationFailed', code: 'SwitchNotAllowed', message: 'Tasks still run.' });
    expect((await under.registry('myregistry')).roleAssignmentMode).toBe('LegacyRegistryPermissions');
  });

  it('shows the JSON that ARM sent', async () => {
    const json = await under.azure.registries.getJson(under.id('myregistry'));
    expect(json).toMatchObject({ name: 'myregistry', properties: { policies: expect.anything() } });
  });

  it.each([
    'not an id',
    '/subscriptions/x',
    '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/../providers/A.B/c/d',
  ])('refuses %j without a request', async (id) => {
    const { result, requests } = await under.requestsOf(() => failureOf(under.azure.registries.get(id)));
    expect(result).toMatchObject({ kind: 'invalid' });
    expect(requests).toHaveLength(0);
  });

  it('opens the data plane only of registries that ARM named in this session', async () => {
    const registry = await under.registry('myregistry');
    expect(under.azure.registry(registry).loginServer).toBe(registry.loginServer);
    expect(() => under.azure.registry({ ...registry })).toThrow(
      expect.objectContaining({ code: 'RegistryNotFromAzure' }),
    );
    expect(() => under.as('dev').registry(registry)).toThrow(expect.objectContaining({ kind: 'invalid' }));
  });
});

describe('many registries', () => {
  let under: AzureUnderTest;
  beforeAll(async () => {
    under = await startAzure({ scenario: manyRegistries(300, 5), pageSize: 70 });
  });
  afterAll(() => under.close());

  it('come in pages, each once, from one query over all subscriptions', async () => {
    const pages: number[] = [];
    const ids = under.azure.subscriptions.map(({ id }) => id);
    const { result, requests } = await under.requestsOf(() =>
      under.azure.registries.list(ids, { onPage: (page) => pages.push(page.length) }),
    );
    expect(result.registries).toHaveLength(300);
    expect(new Set(result.registries.map(({ id }) => id)).size).toBe(300);
    expect(pages).toHaveLength(5);
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST', 'POST']);
  });

  it('come by paged lists too', async () => {
    under.sandbox.setOptions({ pageSize: 7 });
    const ids = under.azure.subscriptions.map(({ id }) => id);
    const { registries, failures } = await under.withFaults([{ match: graph, status: 403 }], () =>
      under.azure.registries.list(ids),
    );
    under.sandbox.setOptions({ pageSize: 70 });
    expect(failures).toEqual([]);
    expect(registries).toHaveLength(300);
  });
});

describe('two tenants', () => {
  let under: AzureUnderTest;
  const homeTenant = '11111111-1111-4111-8111-111111111111';
  const otherTenant = '22222222-2222-4222-8222-222222222222';
  beforeAll(async () => {
    const [one, two] = manyRegistries(4, 2).subscriptions;
    if (!one || !two) {
      throw new Error('no subscriptions');
    }
    under = await startAzure({
      scenario: { tenantId: homeTenant, subscriptions: [one, { ...two, tenantId: otherTenant }] },
    });
  });
  afterAll(() => under.close());

  it('are asked one query each, with a token of their own', async () => {
    under.tokenRequests.length = 0;
    const azure = under.as('dev');
    const ids = azure.subscriptions.map(({ id }) => id);
    const { result, requests } = await under.requestsOf(() => azure.registries.list(ids));
    expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(new Set(under.tokenRequests.map(({ tenantId }) => tenantId))).toEqual(new Set([homeTenant, otherTenant]));
    const home = result.registries.filter(({ tenantId }) => tenantId === homeTenant);
    expect(home).toHaveLength(2);
  });
});

describe('another host', () => {
  let under: AzureUnderTest;
  beforeAll(async () => {
    under = await startAzure({ scenario: manyRegistries(20, 1), pageSize: 5 });
  });
  afterAll(() => under.close());

  /** Links in answers name `localhost`; reached as 127.0.0.1, they point to another host. */
  function renamed() {
    const cloud = { ...under.cloud, armEndpoint: `https://127.0.0.1:${new URL(under.sandbox.info.arm).port}` };
    return under.as('dev', { cloud });
  }

  it('named by the next link of a list gets no request, from the SDK neither', async () => {
    const azure = renamed();
    const { result, requests } = await under.withFaults([{ match: graph, status: 403 }], () =>
      under.requestsOf(() => azure.registries.list([under.subscriptionId])),
    );
    expect(result.failures).toEqual([
      {
        subscriptionId: under.subscriptionId,
        error: expect.objectContaining({ kind: 'invalid', code: 'ForeignHost' }),
      },
    ]);
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.filter(({ url }) => !url.startsWith('127.0.0.1'))).toEqual([]);
  });

  it('named by an operation gets no request: the resource itself is asked', async () => {
    const azure = renamed();
    const { result, requests } = await under.requestsOf(() =>
      azure.registries.setRoleAssignmentMode(under.id('registry0000'), 'AbacRepositoryPermissions'),
    );
    expect(result).toMatchObject({ roleAssignmentMode: 'AbacRepositoryPermissions', provisioningState: 'Succeeded' });
    expect(requests.filter(({ url }) => !url.startsWith('127.0.0.1'))).toEqual([]);
  });
});
