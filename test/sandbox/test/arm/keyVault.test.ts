import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { armWorld, at, finish, valuesOf, versions } from './armWorld.ts';
import type { ArmWorld, Reply } from './armWorld.ts';

const secretsUser = '4633458b-17de-408a-b874-0445c86b69e6';
const version = '2023-07-01';
let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const vault = (name: string): string => `${world.group}/providers/Microsoft.KeyVault/vaults/${name}`;
const putVault = (name: string, properties: object = {}): Promise<Reply> =>
  world.call('PUT', vault(name), version, { location: 'eastus', properties });
const putSecret = (vaultName: string, secret: string): Promise<Reply> =>
  world.call('PUT', `${vault(vaultName)}/secrets/${secret}`, version, { properties: { value: 'hidden' } });

/** A credential set whose secrets are in a vault; returns how it is now and its principal. */
async function credentialSet(name: string, vaultName: string) {
  const id = `${world.registry}/credentialSets/${name}`;
  const secret = (one: string): string => `https://${vaultName}.vault.azure.net/secrets/${one}`;
  const made = await world.call('PUT', id, versions.rule, {
    identity: { type: 'SystemAssigned' },
    properties: {
      loginServer: 'docker.io',
      authCredentials: [
        { name: 'Credential1', usernameSecretIdentifier: secret('user'), passwordSecretIdentifier: secret('pass') },
      ],
    },
  });
  await finish(world, made);
  const health = async (): Promise<unknown> =>
    at((await world.call('GET', id, versions.rule)).json, 'properties', 'authCredentials', 0, 'credentialHealth');
  return { made, health, principalId: String(at(made.json, 'identity', 'principalId')) };
}

describe('a credential set', () => {
  it('is unhealthy from its first answer on, until its identity may read the vault by role', async () => {
    await putVault('byrole', { enableRbacAuthorization: true });
    const { made, health, principalId } = await credentialSet('by-role', 'byrole');
    expect(at(made.json, 'properties', 'authCredentials', 0, 'credentialHealth')).toMatchObject({
      status: 'Unhealthy',
      errorCode: 'unauthorized_client',
    });
    await world.sandbox.advance(60_000);
    expect(await health()).toMatchObject({ status: 'Unhealthy', errorCode: 'Forbidden' });
    await world.assign(vault('byrole'), secretsUser, principalId, { principalType: 'ServicePrincipal' });
    expect(await health()).toMatchObject({ status: 'Unhealthy', errorCode: 'SecretNotFound' });
    for (const secret of ['user', 'pass']) expect((await putSecret('byrole', secret)).status).toBe(201);
    expect(await health()).toEqual({ status: 'Healthy' });
  });

  it('reads a vault without roles by its access policies alone', async () => {
    await putVault('bypolicy');
    for (const secret of ['user', 'pass']) await putSecret('bypolicy', secret);
    const { health, principalId } = await credentialSet('by-policy', 'bypolicy');
    await world.sandbox.advance(60_000);
    await world.assign(vault('bypolicy'), secretsUser, principalId, { principalType: 'ServicePrincipal' });
    expect(await health()).toMatchObject({ errorCode: 'Forbidden' });
    const policy = (operation: string, secrets: string[]): Promise<Reply> =>
      world.call('PUT', `${vault('bypolicy')}/accessPolicies/${operation}`, version, {
        properties: { accessPolicies: [{ objectId: principalId, permissions: { secrets } }] },
      });
    await policy('add', ['list']);
    expect(await health()).toMatchObject({ errorCode: 'Forbidden' });
    await policy('replace', ['get']);
    expect(await health()).toEqual({ status: 'Healthy' });
    await policy('remove', ['get']);
    expect(await health()).toMatchObject({ errorCode: 'Forbidden' });
  });

  it('takes a role at the id of a vault that is elsewhere', async () => {
    const { health, principalId } = await credentialSet('elsewhere', 'ofothers');
    await world.sandbox.advance(60_000);
    expect(await health()).toMatchObject({ errorCode: 'Forbidden' });
    await world.assign(vault('ofothers'), secretsUser, principalId, { principalType: 'ServicePrincipal' });
    expect(await health()).toEqual({ status: 'Healthy' });
  });

  it.each([
    ['healthy', 'Healthy'],
    ['unhealthy', 'Unhealthy'],
  ] as const)('can be made %s by an option', async (credentialHealth, status) => {
    const { health } = await credentialSet(`forced-${credentialHealth}`, 'nonesuch');
    world.sandbox.setOptions({ credentialHealth });
    expect(await health()).toMatchObject({ status });
    world.sandbox.setOptions({ credentialHealth: 'evaluate' });
  });
});

describe('a vault', () => {
  it('is made, listed and deleted, and never tells a secret', async () => {
    expect((await putVault('9vault')).code).toBe('VaultNameNotValid');
    expect((await putVault('listed', { accessPolicies: 'all' })).status).toBe(400);
    expect((await putVault('listed')).status).toBe(201);
    expect((await putVault('listed')).status).toBe(200);
    await putSecret('listed', 'one');
    const secrets = await world.call('GET', `${vault('listed')}/secrets`, version);
    expect(valuesOf(secrets).map((one) => one['name'])).toEqual(['one']);
    expect(JSON.stringify(secrets.json)).not.toContain('hidden');
    const all = await world.call('GET', `${world.subscription}/providers/Microsoft.KeyVault/vaults`, version);
    expect(valuesOf(all).map((one) => one['name'])).toContain('listed');
    expect((await world.call('DELETE', vault('listed'), version)).status).toBe(200);
    expect((await world.call('GET', vault('listed'), version)).code).toBe('ResourceNotFound');
    expect((await world.call('DELETE', vault('listed'), version)).status).toBe(204);
  });
});
