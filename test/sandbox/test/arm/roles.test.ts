import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acrPullRole, armWorld, at, readerRole, valuesOf, versions } from './armWorld.ts';
import type { ArmWorld } from './armWorld.ts';

let world: ArmWorld;
beforeAll(async () => {
  world = await armWorld();
});
afterAll(() => world.sandbox.close());

const servicePrincipal = { principalType: 'ServicePrincipal' };
const condition = (repository: string): string =>
  `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase '${repository}'))`;
const list = async (scope: string, filter = ''): Promise<unknown[]> => {
  const query = filter === '' ? '' : `?$filter=${encodeURIComponent(filter)}`;
  const reply = await world.call(
    'GET',
    `${scope}/providers/Microsoft.Authorization/roleAssignments${query}`,
    versions.authorization,
  );
  return valuesOf(reply).map((one) => at(one, 'properties', 'scope'));
};

describe('a role assignment', () => {
  it('of a fresh principal needs principalType until the directory is replicated', async () => {
    const { principalId } = await world.identity('fresh');
    const early = await world.assign(world.upstream, readerRole, principalId);
    expect([early.status, early.code]).toEqual([400, 'PrincipalNotFound']);
    expect(early.message).toContain(
      `Principal ${principalId.replaceAll('-', '')} does not exist in the directory ${world.sandbox.info.tenantId}.`,
    );
    await world.sandbox.advance(11_000);
    expect((await world.assign(world.upstream, readerRole, principalId)).json).toMatchObject({
      properties: { principalType: 'ServicePrincipal' },
    });
  });

  it('is created once: the same grant under another name is a conflict', async () => {
    const { principalId } = await world.identity('twice');
    const first = await world.assign(world.upstream, readerRole, principalId, servicePrincipal);
    expect(first.status).toBe(201);
    const second = await world.assign(world.upstream, readerRole, principalId, {
      ...servicePrincipal,
      condition: condition('myapp'),
      conditionVersion: '2.0',
    });
    expect([second.status, second.code]).toEqual([409, 'RoleAssignmentExists']);
    expect(second.message).toBe(
      `The role assignment already exists. The ID of the existing role assignment is ${String(first.json['name']).replaceAll('-', '')}.`,
    );
  });

  it('changes its condition and description under its name, and nothing else', async () => {
    const { principalId } = await world.identity('changing');
    const created = await world.assign(world.upstream, readerRole, principalId, servicePrincipal);
    const id = String(created.json['id']);
    const properties = {
      roleDefinitionId: at(created.json, 'properties', 'roleDefinitionId'),
      principalId,
      ...servicePrincipal,
    };
    const changed = await world.call('PUT', id, versions.authorization, {
      properties: { ...properties, condition: condition('myapp'), conditionVersion: '2.0', description: 'cache' },
    });
    expect([
      changed.status,
      at(changed.json, 'properties', 'condition'),
      at(changed.json, 'properties', 'description'),
    ]).toEqual([200, condition('myapp'), 'cache']);
    const other = await world.call('PUT', id, versions.authorization, {
      properties: { ...properties, principalId: randomUUID() },
    });
    expect([other.status, other.code]).toEqual([400, 'RoleAssignmentUpdateNotPermitted']);
    expect((await world.call('DELETE', id, versions.authorization)).json).toMatchObject({ id });
    expect((await world.call('DELETE', id, versions.authorization)).status).toBe(204);
    expect((await world.call('GET', id, versions.authorization)).code).toBe('RoleAssignmentNotFound');
  });

  it.each([
    ['a name that is no GUID', { name: 'nonsense' }, 'InvalidRoleAssignmentId'],
    ['a role nobody knows', { role: '00000000-0000-0000-0000-000000000001' }, 'RoleDefinitionDoesNotExist'],
    ['another type than the principal has', { properties: { principalType: 'User' } }, 'UnmatchedPrincipalType'],
    [
      'a condition that does not parse',
      { properties: { condition: '(!(ActionMatches{', conditionVersion: '2.0' } },
      'InvalidRoleAssignmentCondition',
    ],
    [
      'a condition of version 1.0',
      { properties: { condition: condition('a'), conditionVersion: '1.0' } },
      'InvalidRoleAssignmentCondition',
    ],
    [
      'a condition that is no string',
      { properties: { condition: { oops: 1 }, conditionVersion: '2.0' } },
      'InvalidRequestContent',
    ],
    ['a description that is a list', { properties: { description: ['x'] } }, 'InvalidRequestContent'],
  ])('is refused for %s', async (_, input: { name?: string; role?: string; properties?: object }, code) => {
    const { principalId } = await world.identity('refused');
    const reply = await world.call(
      'PUT',
      `${world.upstream}/providers/Microsoft.Authorization/roleAssignments/${input.name ?? randomUUID()}`,
      versions.authorization,
      {
        properties: {
          roleDefinitionId: `${world.subscription}/providers/Microsoft.Authorization/roleDefinitions/${input.role ?? readerRole}`,
          principalId,
          ...servicePrincipal,
          ...input.properties,
        },
      },
    );
    expect([reply.status, reply.code]).toEqual([400, code]);
  });

  it.each([
    ['a role without data actions', acrPullRole, condition('a')],
    ['an attribute of the connection', readerRole, '@Environment[isPrivateLink] BoolEquals true'],
    ['a time', readerRole, "@Environment[UtcNow] DateTimeGreaterThan '2026-01-01T00:00:00.0Z'"],
  ])('takes a condition with %s', async (_, role, text) => {
    const principalId = world.person('somebody');
    const more = { principalType: 'User', condition: text, conditionVersion: '2.0' };
    const made = await world.assign(world.group, role, principalId, more);
    expect([made.status, at(made.json, 'properties', 'condition')]).toEqual([201, text]);
    // Who made it is told by reads only.
    expect(at(made.json, 'properties', 'createdBy')).toBeNull();
    const read = await world.call('GET', String(made.json['id']), versions.authorization);
    expect(at(read.json, 'properties', 'createdBy')).toEqual(expect.any(String));
    expect(at(read.json, 'properties', 'createdOn')).toMatch(/\.\d{7}Z$/);
    await world.call('DELETE', String(made.json['id']), versions.authorization);
  });

  it('is listed at, above and below a scope', async () => {
    const { principalId } = await world.identity('listed');
    const below = `${world.upstream}/repositories/myapp`;
    for (const scope of [world.subscription, world.group, world.upstream, below]) {
      expect((await world.assign(scope, readerRole, principalId, servicePrincipal)).status, scope).toBe(201);
    }
    const mine = `principalId eq '${principalId}'`;
    expect(await list(world.upstream, mine)).toEqual([world.subscription, world.group, world.upstream, below]);
    expect(await list(world.upstream, `atScope() and assignedTo('${principalId}')`)).toEqual([
      world.subscription,
      world.group,
      world.upstream,
    ]);
    expect(await list(world.group, `${mine} and atScope()`)).toEqual([world.subscription, world.group]);
    expect(await list(world.registry, mine)).toEqual([world.subscription, world.group]);
    const bad = await world.call(
      'GET',
      `${world.group}/providers/Microsoft.Authorization/roleAssignments?$filter=nonsense`,
      versions.authorization,
    );
    expect([bad.status, bad.code]).toEqual([400, 'UnsupportedQuery']);
  });

  it('shows what other people have on the upstream from the start', async () => {
    const reply = await world.call(
      'GET',
      `${world.upstream}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`,
      versions.authorization,
    );
    const pulls = valuesOf(reply).filter((one) =>
      String(at(one, 'properties', 'roleDefinitionId')).endsWith(acrPullRole),
    );
    expect(pulls.map((one) => at(one, 'properties', 'principalType')).sort()).toEqual(['ServicePrincipal', 'User']);
  });
});

describe('role definitions and permissions', () => {
  it('are found by name and by id', async () => {
    const found = await world.call(
      'GET',
      `${world.upstream}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'AcrPull'`,
      versions.authorization,
    );
    expect(valuesOf(found).map((one) => [one['name'], one['id']])).toEqual([
      [acrPullRole, `${world.subscription}/providers/Microsoft.Authorization/roleDefinitions/${acrPullRole}`],
    ]);
    const one = await world.call(
      'GET',
      `/providers/Microsoft.Authorization/roleDefinitions/${readerRole}`,
      versions.authorization,
    );
    expect(at(one.json, 'properties', 'permissions', 0, 'dataActions')).toContain(
      'Microsoft.ContainerRegistry/registries/repositories/content/read',
    );
  });

  it('list what the caller holds at the scope and above', async () => {
    const permissions = (as: string) =>
      world.call(
        'GET',
        `${world.upstream}/providers/Microsoft.Authorization/permissions`,
        versions.authorization,
        undefined,
        { as },
      );
    expect(valuesOf(await permissions('dev'))).toMatchObject([{ actions: ['*'], notActions: [] }]);
    world.person('empty');
    expect(valuesOf(await permissions('empty'))).toEqual([]);
  });

  it('stop a Contributor from assigning roles', async () => {
    const objectId = world.person('contributor');
    await world.assign(world.group, 'b24988ac-6180-42a0-ab88-20f7382dd24c', objectId, { principalType: 'User' });
    const { principalId } = await world.identity('wanted');
    const reply = await world.assign(world.upstream, readerRole, principalId, servicePrincipal, { as: 'contributor' });
    expect([reply.status, reply.code]).toEqual([403, 'AuthorizationFailed']);
    expect(reply.message).toContain("perform action 'Microsoft.Authorization/roleAssignments/write' over scope");
  });
});
