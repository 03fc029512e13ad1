import { randomUUID } from 'node:crypto';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ContainerRegistryManagementClient } from '@azure/arm-containerregistry';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { TokenCredential } from '@azure/core-auth';
import { RestError } from '@azure/core-rest-pipeline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acrPullRole, armWorld, readerRole } from './armWorld.ts';
import type { ArmWorld } from './armWorld.ts';

/** Microsoft's clients as published, told nothing but the endpoint. */
let world: ArmWorld;
let subscriptionId: string;
let credential: TokenCredential;
beforeAll(async () => {
  world = await armWorld({ pageSize: 1 });
  subscriptionId = world.sandbox.info.subscriptionId;
  credential = {
    getToken: (scopes) => {
      const scope = typeof scopes === 'string' ? scopes : (scopes[0] ?? '');
      return Promise.resolve({ token: world.sandbox.token('dev', scope), expiresOnTimestamp: Date.now() + 3_600_000 });
    },
  };
});
afterAll(() => world.sandbox.close());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const endpointOptions = (): { endpoint: string; credentialScopes: string[] } => ({
  endpoint: world.sandbox.info.arm.replace(/\/$/, ''),
  credentialScopes: [`${world.sandbox.info.arm}.default`],
});
const group = 'MyResourceGroup';

describe('@azure/arm-containerregistry', () => {
  const client = (): ContainerRegistryManagementClient =>
    new ContainerRegistryManagementClient(credential, subscriptionId, endpointOptions());

  it('lists registries over several pages', async () => {
    const registries = await all(client().registries.list());
    expect(registries.map(({ name, roleAssignmentMode, sku }) => [name, roleAssignmentMode, sku.name])).toEqual([
      ['myregistry', 'LegacyRegistryPermissions', 'Premium'],
      ['upstreamregistry', 'LegacyRegistryPermissions', 'Premium'],
    ]);
  });

  it('waits for the switch to repository permissions', async () => {
    const updated = await client().registries.update(group, 'upstreamregistry', {
      roleAssignmentMode: 'AbacRepositoryPermissions',
    });
    expect([updated.roleAssignmentMode, updated.provisioningState]).toEqual(['AbacRepositoryPermissions', 'Succeeded']);
  });

  it('creates, updates, lists and deletes a credential set and a rule', async () => {
    const { cacheRules, credentialSets } = client();
    const set = await credentialSets.create(group, 'myregistry', 'docker-hub', {
      identity: { type: 'SystemAssigned' },
      loginServer: 'docker.io',
      authCredentials: [
        {
          name: 'Credential1',
          usernameSecretIdentifier: 'https://vault.invalid/secrets/u',
          passwordSecretIdentifier: 'https://vault.invalid/secrets/p',
        },
      ],
    });
    expect([set.provisioningState, set.identity?.principalId?.length]).toEqual(['Succeeded', 36]);
    const rule = await cacheRules.create(group, 'myregistry', 'hello', {
      sourceRepository: 'docker.io/library/hello-world',
      targetRepository: 'hub/hello',
      credentialSetResourceId: String(set.id),
    });
    expect([rule.name, rule.provisioningState, rule.creationDate instanceof Date]).toEqual([
      'hello',
      'Succeeded',
      true,
    ]);
    await cacheRules.create(group, 'myregistry', 'second', {
      sourceRepository: `${world.upstreamServer}/myapp`,
      targetRepository: 'second',
    });
    expect((await all(cacheRules.list(group, 'myregistry'))).map(({ name }) => name)).toEqual(['hello', 'second']);
    for (const name of ['hello', 'second']) await cacheRules.delete(group, 'myregistry', name);
    await credentialSets.delete(group, 'myregistry', 'docker-hub');
    expect(await all(cacheRules.list(group, 'myregistry'))).toEqual([]);
    await cacheRules.delete(group, 'myregistry', 'hello');
  });

  it('throws what ARM answers, with its code', async () => {
    const failed = client().registries.get(group, 'nosuch');
    await expect(failed).rejects.toSatisfy(
      (error: unknown) => error instanceof RestError && error.statusCode === 404 && error.code === 'ResourceNotFound',
    );
    const create = client().cacheRules.create(group, 'myregistry', 'hub-rule', {
      sourceRepository: 'docker.io/library/x',
      targetRepository: 'x',
    });
    await expect(create).rejects.toMatchObject({ statusCode: 400, code: 'EnforceDockerAuthentication' });
  });

  it('throws when the operation fails', async () => {
    world.sandbox.setFaults([
      { match: '^PUT .*cacheRules/broken', failOperation: { code: 'InternalError', message: 'boom' } },
    ]);
    const create = client().cacheRules.create(group, 'myregistry', 'broken', {
      sourceRepository: `${world.upstreamServer}/myapp`,
      targetRepository: 'broken',
    });
    await expect(create).rejects.toThrow(/failed|boom/i);
    world.sandbox.setFaults([]);
  });
});

describe('@azure/arm-msi and @azure/arm-authorization', () => {
  it('make an identity and give it a role', async () => {
    const { userAssignedIdentities } = new ManagedServiceIdentityClient(credential, subscriptionId, endpointOptions());
    const { roleAssignments, roleDefinitions } = new AuthorizationManagementClient(
      credential,
      subscriptionId,
      endpointOptions(),
    );
    const identity = await userAssignedIdentities.createOrUpdate(group, 'sdk-identity', { location: 'eastus' });
    expect(identity.type).toBe('Microsoft.ManagedIdentity/userAssignedIdentities');
    expect((await all(userAssignedIdentities.listBySubscription())).map(({ name }) => name)).toContain('sdk-identity');
    const principalId = String(identity.principalId);
    const input = {
      roleDefinitionId: `${world.subscription}/providers/Microsoft.Authorization/roleDefinitions/${readerRole}`,
      principalId,
      principalType: 'ServicePrincipal',
    };
    const created = await roleAssignments.create(world.upstream, randomUUID(), input);
    expect([created.principalId, created.scope, created.condition ?? null]).toEqual([
      principalId,
      world.upstream,
      null,
    ]);
    await expect(roleAssignments.create(world.upstream, randomUUID(), input)).rejects.toMatchObject({
      statusCode: 409,
      code: 'RoleAssignmentExists',
    });
    const mine = await all(roleAssignments.listForScope(world.group, { filter: `principalId eq '${principalId}'` }));
    expect(mine.map(({ name }) => name)).toEqual([created.name]);
    expect(
      (await all(roleDefinitions.list(world.upstream, { filter: "roleName eq 'AcrPull'" }))).map(({ name }) => name),
    ).toEqual([acrPullRole]);
    expect((await roleAssignments.delete(world.upstream, String(created.name))).name).toBe(created.name);
    await userAssignedIdentities.delete(group, 'sdk-identity');
    await expect(userAssignedIdentities.get(group, 'sdk-identity')).rejects.toMatchObject({ statusCode: 404 });
  });
});
