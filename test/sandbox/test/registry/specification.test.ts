import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleDefinitions } from '../../src/rbac/roleDefinitions.ts';
import { clientOf, login, post } from './registryClient.ts';
import { createWorld } from './registryWorld.ts';
import type { ValidateFunction } from 'ajv';
import type { Reply } from './registryClient.ts';
import type { RegistryPort, World } from './registryWorld.ts';

const specs = path.resolve(import.meta.dirname, '../../../../../shared/specs');
const specification = path.join(specs, 'containerregistry-dataplane.openapi.yaml');
const roles = path.join(specs, 'acr-role-definitions.json');

describe.skipIf(!existsSync(specification))('answers as specified (skipped without ../shared/specs)', () => {
  let world: World;
  let registry: RegistryPort;
  let get: ReturnType<typeof clientOf>;
  let password: string;
  const validators = new Map<string, ValidateFunction>();

  beforeAll(async () => {
    const document = parse(readFileSync(specification, 'utf8')) as {
      paths: Record<
        string,
        Record<string, { responses: Record<string, { content?: Record<string, { schema: object }> }> }>
      >;
    };
    const ajv = new Ajv({ strict: false, formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } });
    ajv.addSchema({ $id: 'spec', ...document });
    for (const [name, methods] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        if (operation.responses['200']?.content?.['application/json'] === undefined) continue;
        const pointer = ['paths', name, method, 'responses', '200', 'content', 'application/json', 'schema'];
        const encoded = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
        validators.set(`${method} ${name.split('?')[0] ?? ''}`, ajv.compile({ $ref: `spec#/${encoded.join('/')}` }));
      }
    }
    world = await createWorld();
    const dev = world.principal('dev');
    world.assign(dev, 'Owner', '/');
    registry = await world.registry(
      'myregistry',
      {},
      {
        myapp: { tags: ['latest', '1.0', '1.1'], platforms: ['linux/amd64', 'linux/arm64'] },
        'team/api': { tags: ['v1'] },
      },
    );
    get = clientOf(world, registry, dev);
    password = await login(world, registry, dev);
  });
  afterAll(() => world.close());

  function conforms(operation: string, reply: Reply, body: unknown = reply.json): void {
    const validate = validators.get(operation);
    if (validate === undefined) throw new Error(`The specification has no ${operation}.`);
    expect(reply.status).toBe(200);
    expect(validate(body) ? [] : validate.errors).toEqual([]);
  }
  const scope = 'repository:myapp:pull,metadata_read,metadata_write';
  const digests = (): string[] => [...(registry.content.repositories.get('myapp')?.manifests.keys() ?? [])];

  it('tokens', async () => {
    const form = { service: registry.loginServer, scope: 'repository:myapp:pull' };
    const entra = world.core.tokens.issue(
      [...world.core.state.principals.values()][0] ?? world.principal('nobody'),
      'https://containerregistry.azure.net',
    );
    conforms(
      'post /oauth2/exchange',
      await post(world, registry, '/oauth2/exchange', { ...form, grant_type: 'access_token', access_token: entra }),
    );
    conforms(
      'post /oauth2/token',
      await post(world, registry, '/oauth2/token', { ...form, grant_type: 'refresh_token', refresh_token: password }),
    );
  });

  it('manifests and indexes', async () => {
    for (const reference of ['latest', ...digests()]) {
      conforms('get /v2/{name}/manifests/{reference}', await get(scope, `/v2/myapp/manifests/${reference}`));
    }
  });

  it('repositories', async () => {
    conforms('get /acr/v1/{name}', await get(scope, '/acr/v1/myapp'));
    const body = '{"writeEnabled":true}';
    conforms('patch /acr/v1/{name}', await get(scope, '/acr/v1/myapp', { method: 'PATCH', body }));
  });

  it('the catalog, but for the wrapping of names', async () => {
    // The excerpt has objects `{ value }` where the service and Microsoft's own clients have strings.
    const reply = await get('registry:catalog:*', '/acr/v1/_catalog');
    const { repositories } = reply.json as { repositories: string[] };
    expect(repositories).toEqual(['myapp', 'team/api']);
    conforms('get /acr/v1/_catalog', reply, { repositories: repositories.map((value) => ({ value })) });
  });

  it('tags', async () => {
    conforms('get /acr/v1/{name}/_tags', await get(scope, '/acr/v1/myapp/_tags'));
    conforms('get /acr/v1/{name}/_tags/{reference}', await get(scope, '/acr/v1/myapp/_tags/latest'));
    const patched = await get(scope, '/acr/v1/myapp/_tags/latest', { method: 'PATCH', body: '{}' });
    conforms('patch /acr/v1/{name}/_tags/{reference}', patched);
  });

  it('manifest metadata', async () => {
    conforms('get /acr/v1/{name}/_manifests', await get(scope, '/acr/v1/myapp/_manifests'));
    for (const digest of digests()) {
      conforms('get /acr/v1/{name}/_manifests/{digest}', await get(scope, `/acr/v1/myapp/_manifests/${digest}`));
    }
  });

  it('rejects what the specification does not allow', () => {
    const validate = validators.get('get /acr/v1/{name}/_tags');
    expect(validate?.({ registry: 'r', imageName: 'i' })).toBe(false);
  });
});

describe.skipIf(!existsSync(roles))('the roles (skipped without ../shared/specs)', () => {
  it('are those of the file', () => {
    const { roles: expected } = JSON.parse(readFileSync(roles, 'utf8')) as {
      roles: { name: string; roleName: string; permissions: { actions: string[]; dataActions: string[] }[] }[];
    };
    expect(expected.length).toBeGreaterThan(8);
    for (const { name, roleName, permissions } of expected) {
      const role = roleDefinitions.find((known) => known.name === name);
      expect({ roleName: role?.roleName, actions: role?.actions, dataActions: role?.dataActions }).toEqual({
        roleName,
        actions: permissions[0]?.actions,
        dataActions: permissions[0]?.dataActions,
      });
    }
  });
});
