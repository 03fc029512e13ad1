import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, credentialSet, finish, versions } from './armWorld.ts';
import type { ArmWorld, Reply } from './armWorld.ts';
import { createValidator, hasSpecs, readExamples, readSpec, sayIfSkipped, shapeProblems } from './sharedSpecs.ts';
import type { Example } from './sharedSpecs.ts';
import { articleScenario } from '../../src/scenarios.ts';

sayIfSkipped();

/** Recorded answers spell types of identity and resource groups otherwise than the specification, and errors have a status (../shared/domain.md §10). */
function asSpecified(json: unknown): unknown {
  const text = JSON.stringify(json)
    .replaceAll('"userAssigned"', '"UserAssigned"')
    .replaceAll('"systemAssigned"', '"SystemAssigned"')
    .replaceAll('/resourcegroups/', '/resourceGroups/')
    .replace(/,"status":"Failed"}$/, '}');
  return JSON.parse(text) as unknown;
}

describe.skipIf(!hasSpecs)('a full walk against the specifications', () => {
  let world: ArmWorld;
  beforeAll(async () => {
    world = await armWorld();
  });
  afterAll(() => world.sandbox.close());

  it('of 2026-01-01-preview', async () => {
    const validate = createValidator(
      readSpec('containerregistry-2026-01-01-preview.openapi.yaml'),
      'components/schemas',
    );
    const list = (item: string) => ({ type: 'object', required: ['value'], item });
    await walk(
      '2026-01-01-preview',
      (schema, reply) => {
        const items = typeof schema === 'string' ? [reply.json] : (reply.json['value'] as unknown[]);
        const check = validate(typeof schema === 'string' ? schema : schema.item);
        for (const item of items)
          expect(check(item), `${JSON.stringify(check.errors)} in ${JSON.stringify(item)}`).toBe(true);
      },
      {
        rule: 'CacheRule',
        rules: list('CacheRule'),
        set: 'CredentialSet',
        sets: list('CredentialSet'),
        registry: 'Registry',
        registries: list('Registry'),
      },
    );
  });

  it('of 2026-09-01-preview (cache rules and credential sets)', async () => {
    const validate = createValidator(
      readSpec('cacheRules-credentialSets-2026-09-01-preview.swagger-excerpt.json'),
      'definitions',
    );
    await walk(
      '2026-09-01-preview',
      (schema, reply) => {
        const check = validate(typeof schema === 'string' ? schema : schema.item);
        expect(check(reply.json), `${JSON.stringify(check.errors)} in ${JSON.stringify(reply.json)}`).toBe(true);
      },
      {
        rule: 'CacheRule',
        rules: 'CacheRulesListResult',
        set: 'CredentialSet',
        sets: 'CredentialSetListResult',
        error: 'ErrorResponse',
      },
    );
  });

  it('would find a wrong type, a wrong value and a property that is not in the specification', () => {
    const check = createValidator(
      readSpec('containerregistry-2026-01-01-preview.openapi.yaml'),
      'components/schemas',
    )('CacheRule');
    expect(check({ properties: { sourceRepository: 1 } })).toBe(false);
    expect(check({ properties: { provisioningState: 'Fine' } })).toBe(false);
    expect(check({ properties: { source: 'x' } })).toBe(false);
  });

  type Schema = string | { readonly item: string };

  /** Every operation once, each answer checked by the schema of its kind where the specification has one. */
  async function walk(
    version: string,
    check: (schema: Schema, reply: Reply) => void,
    schemas: Partial<Record<'rule' | 'rules' | 'set' | 'sets' | 'registry' | 'registries' | 'error', Schema>>,
  ): Promise<void> {
    const expectReply = (kind: keyof typeof schemas, status: number, reply: Reply): Reply => {
      expect(reply.status, JSON.stringify(reply.json)).toBe(status);
      const schema = schemas[kind];
      if (schema !== undefined) check(schema, { ...reply, json: asSpecified(reply.json) as Reply['json'] });
      return reply;
    };
    const reads = async (kind: keyof typeof schemas, path: string) =>
      expectReply(kind, 200, await world.call('GET', path, version));
    const writes = async (kind: keyof typeof schemas, status: number, method: string, path: string, body: unknown) =>
      finish(world, expectReply(kind, status, await world.call(method, path, version, body)));
    const suffix = version.slice(0, 7);
    const { id } = await world.identity(`walk-${suffix}`);
    const set = `${world.registry}/credentialSets/walk-${suffix}`;
    const rule = `${world.registry}/cacheRules/walk-${suffix}`;
    await writes('set', 201, 'PUT', set, credentialSet);
    await reads('set', set);
    await reads('sets', `${world.registry}/credentialSets`);
    const { authCredentials } = credentialSet.properties;
    await writes('set', 201, 'PATCH', set, { properties: { authCredentials } });
    const body = {
      identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } },
      properties: { sourceRepository: `${world.upstreamServer}/myapp`, targetRepository: `walk/${suffix}` },
    };
    await writes('rule', 201, 'PUT', rule, body);
    await writes('rule', 200, 'PUT', rule, body);
    await reads('rule', rule);
    await reads('rules', `${world.registry}/cacheRules`);
    await writes('rule', 201, 'PATCH', rule, { properties: { credentialSetResourceId: set } });
    expectReply('error', 409, await world.call('DELETE', set, version));
    expectReply('error', 404, await world.call('GET', `${rule}x`, version));
    for (const path of [rule, set]) {
      expect((await finish(world, await world.call('DELETE', path, version))).status).toBe(200);
      expect((await world.call('DELETE', path, version)).status).toBe(204);
    }
    await reads('registry', world.registry);
    for (const scope of [world.group, world.subscription])
      await reads('registries', `${scope}/providers/Microsoft.ContainerRegistry/registries`);
    const changes = { tags: { walk: suffix }, properties: { anonymousPullEnabled: false } };
    await writes('registry', 200, 'PATCH', world.registry, changes);
  }
});

describe.skipIf(!hasSpecs)('the examples', () => {
  const subscription = '00000000-0000-0000-0000-000000000000';
  const identitySubscription = '12345678-1234-1234-1234-123456789012';
  const root = `/subscriptions/${subscription}/resourceGroups/myResourceGroup/providers`;
  const registry = `${root}/Microsoft.ContainerRegistry/registries/myRegistry`;
  const identity = `${root}/Microsoft.ManagedIdentity/userAssignedIdentities`;
  const assignments = `${registry}/providers/Microsoft.Authorization/roleAssignments`;
  let world: ArmWorld;

  beforeAll(async () => {
    const [article] = articleScenario().subscriptions;
    world = await armWorld({
      scenario: {
        subscriptions: [
          {
            id: subscription,
            name: 'Examples',
            resourceGroups: [
              {
                name: 'myResourceGroup',
                location: 'westus',
                identities: ['testid'],
                registries: [{ name: 'myRegistry', sku: 'Standard' }],
              },
            ],
          },
          {
            id: identitySubscription,
            name: 'Identities',
            resourceGroups: [{ name: 'myResourceGroup', location: 'westus', identities: ['myUserAssignedIdentity'] }],
          },
          ...(article ? [article] : []),
        ],
      },
    });
    for (const name of ['myCredentialSet', 'myCredentialSet2']) {
      await finish(world, await world.call('PUT', `${registry}/credentialSets/${name}`, versions.rule, credentialSet));
    }
  });
  afterAll(() => world.sandbox.close());

  const rule = `${registry}/cacheRules/myCacheRule`;
  const set = `${registry}/credentialSets/myCredentialSet`;
  const makeRule = async (withIdentity = false): Promise<unknown> => {
    await finishIfStarted(await world.call('DELETE', rule, versions.rule));
    return finish(
      world,
      await world.call('PUT', rule, versions.rule, {
        ...(withIdentity && {
          identity: { type: 'UserAssigned', userAssignedIdentities: { [`${identity}/testid`]: {} } },
        }),
        properties: {
          sourceRepository: 'docker.io/library/hello-world',
          targetRepository: 'cached-docker-hub/hello-world',
          credentialSetResourceId: set,
        },
      }),
    );
  };
  const noRule = async (): Promise<unknown> => finishIfStarted(await world.call('DELETE', rule, versions.rule));
  const finishIfStarted = async (reply: Reply): Promise<unknown> =>
    reply.status === 202 ? finish(world, reply) : undefined;
  const noSet = async (): Promise<unknown> => {
    await noRule();
    return finishIfStarted(await world.call('DELETE', set, versions.rule));
  };
  const makeSet = async (): Promise<unknown> => {
    const reply = await world.call('PUT', set, versions.rule, credentialSet);
    return reply.status === 201 ? finish(world, reply) : reply;
  };
  const roleAssignment = '05c5a614-a7d6-4502-b150-c2fb455033ff';
  const assignmentBody = () => ({
    properties: {
      roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
      principalId: 'ce2ce14e-85d7-4629-bdbc-454d0519d987',
      principalType: 'User',
    },
  });
  const makeAssignment = (): Promise<Reply> =>
    world.call('PUT', `${assignments}/${roleAssignment}`, versions.authorization, assignmentBody());

  interface Request {
    readonly method: string;
    readonly path: string;
    /** Name of the example's parameter that is the body. */
    readonly body?: string;
    /** Sent instead: the example names roles and groups that exist nowhere. */
    readonly instead?: () => unknown;
    readonly prepare?: () => Promise<unknown>;
  }
  const requests: Readonly<Record<string, Request>> = {
    CacheRuleCreate: { method: 'PUT', path: rule, body: 'cacheRuleCreateParameters', prepare: noRule },
    CacheRuleCreateUserAssignedMIAuthentication: {
      method: 'PUT',
      path: rule,
      body: 'cacheRuleCreateParameters',
      prepare: noRule,
    },
    CacheRuleCreateUserAssignedMIGoogle: {
      method: 'PUT',
      path: rule,
      body: 'cacheRuleCreateParameters',
      prepare: noRule,
    },
    CacheRuleDelete: { method: 'DELETE', path: rule, prepare: makeRule },
    CacheRuleGet: { method: 'GET', path: rule, prepare: () => makeRule(true) },
    CacheRuleList: { method: 'GET', path: `${registry}/cacheRules`, prepare: () => makeRule(true) },
    CacheRuleUpdate: { method: 'PATCH', path: rule, body: 'cacheRuleUpdateParameters', prepare: makeRule },
    CredentialSetCreate: {
      method: 'PUT',
      path: set,
      body: 'credentialSetCreateParameters',
      prepare: noSet,
    },
    CredentialSetDelete: {
      method: 'DELETE',
      path: set,
      prepare: async () => {
        await noRule();
        await makeSet();
      },
    },
    CredentialSetGet: { method: 'GET', path: set, prepare: makeSet },
    CredentialSetList: { method: 'GET', path: `${registry}/credentialSets`, prepare: makeSet },
    CredentialSetUpdate: {
      method: 'PATCH',
      path: set,
      body: 'credentialSetUpdateParameters',
      prepare: makeSet,
    },
    RegistryCreateAbac: {
      method: 'PUT',
      path: `${root}/Microsoft.ContainerRegistry/registries/exampleRegistry`,
      body: 'registry',
    },
    RegistryGet: { method: 'GET', path: registry },
    RegistryList: {
      method: 'GET',
      path: `/subscriptions/${subscription}/providers/Microsoft.ContainerRegistry/registries`,
    },
    RegistryUpdate: { method: 'PATCH', path: registry, body: 'registryUpdateParameters' },
    RoleAssignments_CreateForResource: {
      method: 'PUT',
      path: `${assignments}/${roleAssignment}`,
      instead: assignmentBody,
    },
    RoleAssignments_Delete: { method: 'DELETE', path: `${assignments}/${roleAssignment}`, prepare: makeAssignment },
    RoleAssignments_ListForScope: { method: 'GET', path: assignments, prepare: makeAssignment },
    // These two examples are swapped in the source: ByName is the list, AtScope one definition.
    GetRoleDefinitionByName: {
      method: 'GET',
      path: `${registry}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
    },
    GetRoleDefinitionAtScope: { method: 'GET', path: `${registry}/providers/Microsoft.Authorization/roleDefinitions` },
    IdentityGet: { method: 'GET', path: `${identity}/testid` },
    IdentityListByResourceGroup: { method: 'GET', path: identity },
    IdentityCreate: { method: 'PUT', path: `${identity}/created`, body: 'parameters' },
  };

  // Old previews alone have listAssociatedResources, and no client asks for it.
  const asked = readExamples().filter(({ name }) => !name.endsWith('/IdentityListAssociatedResources'));

  it.each(asked)('$name is accepted and answered in its shape', async (example: Example) => {
    const request = requests[example.name.split('/').at(-1) ?? ''];
    if (!request) throw new Error(`No request for ${example.name}`);
    await request.prepare?.();
    const body = request.instead?.() ?? (request.body === undefined ? undefined : example.parameters[request.body]);
    const reply = await world.call(request.method, request.path, String(example.parameters['api-version']), body);
    const expected = example.responses[String(reply.status)] as
      { body?: unknown; headers?: Record<string, string> } | undefined;
    expect(
      expected,
      `${reply.status} ${JSON.stringify(reply.json)}; the example knows ${Object.keys(example.responses).join(', ')}`,
    ).toBeDefined();
    expect(shapeProblems(optionalRemoved(example, expected?.body), asSpecified(reply.json))).toEqual([]);
    // Recorded: no Retry-After.
    const headers = Object.keys(expected?.headers ?? {}).filter((header) => header.toLowerCase() !== 'retry-after');
    for (const header of headers) expect(reply.headers.has(header), header).toBe(true);
    if (reply.headers.has('azure-asyncoperation') || reply.status === 202) await finish(world, reply);
  });

  /** Properties that an example shows and its own specification does not have, or that depend on the resource. */
  function optionalRemoved(example: Example, body: unknown): unknown {
    if (!/Registry(Get|List|Update|CreateAbac)$/.test(example.name)) return body;
    const gone = [
      'regionalEndpointEnabled',
      'dualStackEndpointsEnabled',
      'virtualNetworkRules',
      'identity',
      // Recorded: a registry below Premium has none.
      'networkRuleSet',
    ];
    return JSON.parse(
      JSON.stringify(body, (name: string, value: unknown) => (gone.includes(name) ? undefined : value)),
    ) as unknown;
  }
});
