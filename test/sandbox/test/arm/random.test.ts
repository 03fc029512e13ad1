import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, valuesOf, versions } from './armWorld.ts';
import { hasSpecs, readSpec, sayIfSkipped } from './sharedSpecs.ts';
import { isObject } from '../../src/json.ts';
import type { JsonObject } from '../../src/json.ts';
import type { ArmWorld, Reply } from './armWorld.ts';

sayIfSkipped();
const version = '2026-01-01-preview';
let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
  await world.identity('random');
});
afterAll(() => world.sandbox.close());

/** Whatever is sent: an answer that is no fault of the sandbox, and a refusal in ARM's form. */
function expectWhole(reply: Reply, sent: unknown): void {
  const about = `${reply.status} ${JSON.stringify(reply.json)} for ${JSON.stringify(sent)}`;
  expect(reply.status, about).toBeLessThan(500);
  if (reply.status < 400) return;
  expect(reply.code, about).toMatch(/^\w+$/);
  expect(typeof reply.message, about).toBe('string');
}

const names = ['constructor', '__proto__', 'toString', 'id', 'properties', 'x'];
const junk = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', [], {}, 0, -1, 1e300, 'x'.repeat(300), '\0', '/subscriptions/x'),
  fc.jsonValue({ maxDepth: 2 }),
  fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 1 })),
);

/** Values of a schema, now and then something else in the place of a part. */
function valueOf(spec: JsonObject, schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  if (!isObject(schema) || depth > 8) return junk;
  const { $ref: reference, allOf, enum: words, properties, additionalProperties, items } = schema;
  if (typeof reference === 'string') return valueOf(spec, at(spec, ...reference.split('/').slice(1)), depth);
  if (Array.isArray(allOf)) {
    const parts = allOf.map((part: unknown) => valueOf(spec, part, depth + 1));
    return fc.tuple(...parts).map((all) => Object.assign({}, ...all.filter(isObject)) as unknown);
  }
  const right = (): fc.Arbitrary<unknown> => {
    if (Array.isArray(words)) return fc.constantFrom(...(words as unknown[]));
    if (isObject(properties)) {
      const inner = Object.entries(properties).map(([name, one]) => [name, valueOf(spec, one, depth + 1)] as const);
      return fc.record(Object.fromEntries(inner), { requiredKeys: [] });
    }
    if (isObject(additionalProperties))
      return fc.dictionary(fc.constantFrom(...names, 'tag'), valueOf(spec, additionalProperties, depth + 1));
    if (schema['type'] === 'array') return fc.array(valueOf(spec, items, depth + 1), { maxLength: 2 });
    if (schema['type'] === 'boolean') return fc.boolean();
    if (schema['type'] === 'integer' || schema['type'] === 'number') return fc.integer();
    return fc.constantFrom(
      'eastus',
      'Premium',
      'docker.io/library/nginx',
      'nginx',
      'UserAssigned',
      'https://v/secrets/u',
    );
  };
  return fc.oneof({ weight: 12, arbitrary: right() }, { weight: 1, arbitrary: junk });
}

/** The address of an operation: registries that are there or not, children of any name. */
function addressOf(path: string): fc.Arbitrary<string> {
  const isChild = /registry_name\}\/[a-z]/i.test(path);
  const registry = isChild ? ['myregistry', 'myregistry', 'absent'] : ['randomregistry', 'x'];
  return fc
    .tuple(fc.constantFrom(...registry), fc.constantFrom('randomrule', 'randomset', 'x', 'a%2Fb', 'näme'))
    .map(([name, child]) =>
      path
        .replace(/\?.*$/, '')
        .replace('{subscription_id}', world.sandbox.info.subscriptionId)
        .replace('{resource_group_name}', 'MyResourceGroup')
        .replace('{registry_name}', name)
        .replace(/\{\w+\}/, encodeURI(child).replaceAll('%25', '%')),
    );
}

describe.skipIf(!hasSpecs)('every operation of the specification that the sandbox has', () => {
  const spec = hasSpecs ? readSpec('containerregistry-2026-01-01-preview.openapi.yaml') : {};
  const operations = Object.entries((spec['paths'] ?? {}) as Record<string, JsonObject>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => ['get', 'put', 'patch', 'delete', 'post'].includes(method))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const typeOf = (path: string): string =>
    (path.split('?')[0] ?? '')
      .split('/Microsoft.ContainerRegistry/')[1]
      ?.split('/')
      .filter((_, index) => index % 2 === 0)
      .join('/') ?? '';
  const claimed = ['registries', 'registries/cacheRules', 'registries/credentialSets', 'registries/importImage'];
  const had = operations.filter(({ path }) => claimed.includes(typeOf(path)));

  it('are those of the types that its provider lists', async () => {
    const provider = await world.call(
      'GET',
      `${world.subscription}/providers/Microsoft.ContainerRegistry`,
      versions.resources,
    );
    const listed = (at(provider.json, 'resourceTypes') as { resourceType: string }[]).map((one) => one.resourceType);
    expect(had.length).toBeGreaterThan(14);
    expect(operations.map(({ path }) => typeOf(path)).filter((type) => listed.includes(type))).toEqual(
      had.map(({ path }) => typeOf(path)),
    );
  });

  it.each(had)('$method $path', async ({ method, path, operation }) => {
    const schema = at(operation, 'requestBody', 'content', 'application/json', 'schema');
    const body = schema === undefined ? fc.constant(undefined) : fc.oneof(valueOf(spec, schema), junk);
    await fc.assert(
      fc.asyncProperty(addressOf(path), body, async (address, sent) => {
        expectWhole(await world.call(method, address, version, sent), { address, sent });
      }),
      { numRuns: schema === undefined ? 15 : 120 },
    );
  });
});

describe('any JSON', () => {
  const provider = (type: string): string => `${world.group}/providers/${type}`;
  const targets: readonly [method: string, path: () => string, apiVersion: string][] = [
    ['PUT', () => provider('Microsoft.ManagedIdentity/userAssignedIdentities/random'), versions.identity],
    ['PATCH', () => provider('Microsoft.ManagedIdentity/userAssignedIdentities/random'), versions.identity],
    [
      'PUT',
      () => provider('Microsoft.ManagedIdentity/userAssignedIdentities/random/federatedIdentityCredentials/one'),
      versions.identity,
    ],
    ['PUT', () => `${world.subscription}/resourceGroups/random`, versions.resources],
    ['PATCH', () => world.group, versions.resources],
    ['PUT', () => provider('Microsoft.KeyVault/vaults/random'), '2023-07-01'],
    ['PUT', () => provider('Microsoft.KeyVault/vaults/random/accessPolicies/add'), '2023-07-01'],
    ['PUT', () => provider('Microsoft.KeyVault/vaults/random/secrets/one'), '2023-07-01'],
    [
      'PUT',
      () => `${world.upstream}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
      versions.authorization,
    ],
    ['POST', () => '/providers/Microsoft.ResourceGraph/resources', versions.graph],
    ['POST', () => provider('Microsoft.Resources/deployments/random/validate'), versions.resources],
    ['POST', () => provider('Microsoft.Resources/deployments/random/whatIf'), versions.resources],
  ];
  const member = fc.oneof(
    junk,
    fc.constantFrom<unknown>('eastus', randomUUID(), '2.0', "@Resource[a:b] StringEquals 'x'", 'resources | count'),
  );
  const inner = fc.dictionary(
    fc.constantFrom(
      ...['roleDefinitionId', 'principalId', 'principalType', 'condition', 'conditionVersion', 'description'],
      ...['accessPolicies', 'enableRbacAuthorization', 'value', 'issuer', 'subject', 'audiences', ...names],
    ),
    member,
  );
  const body = fc.oneof(
    junk,
    fc.dictionary(
      fc.constantFrom('location', 'tags', 'identity', 'sku', 'query', 'options', 'subscriptions', ...names),
      fc.oneof(member, inner),
    ),
  );

  it.each(targets)('by %s to target %#', async (method, path, apiVersion) => {
    await fc.assert(
      fc.asyncProperty(body, inner, fc.boolean(), async (value, properties, whole) => {
        const sent = whole && isObject(value) ? { location: 'eastus', ...value, properties } : value;
        expectWhole(await world.call(method, path(), apiVersion, sent), sent);
      }),
      { numRuns: 120 },
    );
    expect(valuesOf(await world.call('GET', '/subscriptions', versions.resources))).toHaveLength(1);
  });

  it.each(['validate', 'whatIf'])('in a template (%s)', async (question) => {
    const text = fc.constantFrom<unknown>(
      ...['Microsoft.ContainerRegistry/registries', 'Microsoft.Resources/deployments', versions.registry, 'myregistry'],
      ...["[parameters('x')]", "[variables('__proto__')]", '[format(', "[reference('x', 'y').z]", "[guid('a')]", '[[x'],
      ...["[resourceId('a/b', 'c')]", '/subscriptions/x', world.group, [], {}, null],
    );
    const value = fc.oneof({ weight: 6, arbitrary: text }, { weight: 1, arbitrary: junk });
    const parts = [
      'type',
      'apiVersion',
      'name',
      'scope',
      'dependsOn',
      'location',
      'tags',
      'properties',
      'resourceGroup',
    ];
    const resource = fc.dictionary(fc.constantFrom(...parts, 'subscriptionId', ...names), value);
    const map = fc.dictionary(fc.constantFrom(...names), value);
    const template = fc.record({ parameters: map, variables: map, resources: fc.array(resource, { maxLength: 3 }) });
    const whole = { type: 'Microsoft.ContainerRegistry/registries', apiVersion: versions.registry, name: 'myregistry' };
    await fc.assert(
      fc.asyncProperty(template, fc.boolean(), async ({ resources, ...rest }, isWhole) => {
        const sent = {
          ...(isWhole ? {} : rest),
          resources: resources.map((one) => (isWhole ? { ...one, ...whole } : one)),
        };
        const body = { properties: { mode: 'Incremental', template: sent } };
        const path = provider(`Microsoft.Resources/deployments/random/${question}`);
        expectWhole(await world.call('POST', path, versions.resources, body), body);
      }),
      { numRuns: 400 },
    );
  });

  it.each(['{', '', 'null', '[]', '"x"', '\u0000'])('is refused when it is %j', async (text) => {
    const reply = await world.call('PUT', `${world.registry}/cacheRules/random`, versions.rule, text);
    expect([reply.status, reply.code]).toEqual([400, 'InvalidRequestContent']);
  });
});
