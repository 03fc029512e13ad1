import { afterEach, describe, expect, it } from 'vitest';
import { roles } from '../../../../src/domain/roles.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;
afterEach(() => world.close());

async function expectHealthy(): Promise<void> {
  const after = await world.diagnose();
  expect(troubles(after)).toEqual([]);
  expect(after.health).toBe('works');
}

describe('a rule that is as it should be', () => {
  it('is healthy, before and after its first pull; every request is evidence', async () => {
    world = await startDiagnosis();
    const before = world.sandbox.snapshot();
    await expectHealthy();
    expect(world.sandbox.snapshot()).toBe(before);

    await world.pull();
    await expectHealthy();
    const diagnosis = await world.diagnose();
    expect(check(diagnosis, 'cached').code).toBe('cached');
    expect(check(diagnosis, 'tagFresh').verdict).toBe('ok');
    const { evidence } = check(diagnosis, 'sourceReadable');
    expect(evidence.some(({ request, correlationId }) => request?.includes('roleAssignments') && correlationId)).toBe(
      true,
    );
  });
});

describe('the identity', () => {
  async function deleteIdentity(): Promise<void> {
    await world.azure.identities.delete(world.link().authentication.identityId);
  }

  it('was deleted: made again by the repair', async () => {
    world = await startDiagnosis();
    await deleteIdentity();
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['identityExists problem', 'pullable problem']);
    await world.repair(check(diagnosis, 'identityExists').repair);
    await expectHealthy();
  });

  it('was deleted and made again: its new principal written by the repair', async () => {
    world = await startDiagnosis();
    await deleteIdentity();
    await world.azure.identities.create(world.link().authentication.identityId, 'eastus');
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['identityPrincipal problem', 'sourceReadable problem', 'pullable problem']);
    await world.repair(check(diagnosis, 'identityPrincipal').repair);
    await expectHealthy();
  });
});

describe('the tenant', () => {
  it('of the identity is another: nothing to repair', async () => {
    world = await startDiagnosis();
    world.resource(world.link().authentication.identityId).properties['tenantId'] =
      '33333333-3333-4333-8333-333333333333';
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['identityTenant problem']);
    expect(check(diagnosis, 'identityTenant').repair).toBeUndefined();
  });
});

describe('the permission', () => {
  const principal = async (): Promise<string> =>
    (await world.azure.identities.get(world.link().authentication.identityId)).principalId;

  async function removeAssignments(): Promise<void> {
    const { source: upstream } = world.link();
    for (const { id } of await world.azure.roles.listForPrincipal(upstream.id, await principal()))
      await world.azure.roles.delete(id);
  }

  const conditionFor = (operator: string, name: string): string =>
    `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] ${operator} '${name}'))`;

  it('is missing', async () => {
    world = await startDiagnosis();
    await removeAssignments();
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['sourceReadable problem', 'pullable problem']);
    await world.repair(check(diagnosis, 'sourceReadable').repair);
    await expectHealthy();
  });

  it("is at the article's scope only: replaced", async () => {
    world = await startDiagnosis();
    await removeAssignments();
    const scope = `${world.link().source.id}/repositories/myapp`;
    await world.assign(scope, roles.repositoryReader.id, await principal());
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['sourceReadable problem', 'pullable problem']);
    expect(check(diagnosis, 'sourceReadable').code).toBe('onlyArticleScope');
    await world.repair(check(diagnosis, 'sourceReadable').repair);
    await expectHealthy();
    const left = await world.azure.roles.listForPrincipal(world.link().source.id, await principal());
    expect(left.map((assignment) => assignment.scope.toLowerCase())).toEqual([world.link().source.id.toLowerCase()]);
  });

  it("is at the article's scope too: a warning, removed", async () => {
    world = await startDiagnosis();
    const scope = `${world.link().source.id}/repositories/myapp`;
    await world.assign(scope, roles.repositoryReader.id, await principal());
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['leastAccess warning']);
    await world.repair(check(diagnosis, 'leastAccess').repair);
    await expectHealthy();
  });

  it.each([
    ['names another repository', 'StringEqualsIgnoreCase', 'otherapp'],
    ['names another prefix', 'StringStartsWithIgnoreCase', 'team/'],
  ])('%s', async (_, operator, name) => {
    world = await startDiagnosis();
    await removeAssignments();
    await world.assign(
      world.link().source.id,
      roles.repositoryReader.id,
      await principal(),
      conditionFor(operator, name),
    );
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['sourceReadable problem', 'pullable problem']);
    expect(check(diagnosis, 'sourceReadable').code).toBe('otherRepositories');
    await world.repair(check(diagnosis, 'sourceReadable').repair);
    await expectHealthy();
  });

  it.each([
    ['lacks the trailing slash', conditionFor('StringStartsWithIgnoreCase', 'myapp')],
    ['has no condition', undefined],
  ])('%s: more than needed, narrowed', async (_, condition) => {
    world = await startDiagnosis();
    await removeAssignments();
    await world.assign(world.link().source.id, roles.repositoryReader.id, await principal(), condition);
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['leastAccess warning']);
    expect([diagnosis.health, diagnosis.warnings]).toEqual(['works', 1]);
    const { repair } = check(diagnosis, 'leastAccess');
    expect(repair?.confirmation).toMatchObject({ sentence: expect.stringContaining('MyACRCacheIdentity') });
    await world.repair(repair);
    await expectHealthy();
  });

  it('is AcrPull on a registry in ABAC mode', async () => {
    world = await startDiagnosis();
    await removeAssignments();
    await world.assign(world.link().source.id, roles.acrPull.id, await principal());
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['sourceReadable problem', 'pullable problem']);
    expect(check(diagnosis, 'sourceReadable').code).toBe('roleIgnored');
    await world.repair(check(diagnosis, 'sourceReadable').repair);
    await expectHealthy();
  });

  it('waits for ABAC mode: the switch needs its own page', async () => {
    world = await startDiagnosis();
    world.resource(world.link().source.id).properties['roleAssignmentMode'] = 'LegacyRegistryPermissions';
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['permissionMode problem', 'pullable problem']);
    const { repair } = check(diagnosis, 'permissionMode');
    expect(repair?.confirmation).toBe('abacSwitch');
    await world.repair(repair);
    await expectHealthy();
  });

  it('is AcrPull in RBAC mode: works here, but is not documented', async () => {
    world = await startDiagnosis({
      upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' },
      link: { access: 'acrPull' },
    });
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['permissionMode warning']);
  });

  it.each(['AbacRepositoryPermissions', 'LegacyRegistryPermissions'] as const)(
    'was given to the client id: found, named and repaired (%s)',
    async (roleAssignmentMode) => {
      world = await startDiagnosis();
      const { source: upstream, authentication: identity } = world.link();
      await removeAssignments();
      const { clientId } = await world.azure.identities.get(identity.identityId);
      const isAbac = roleAssignmentMode === 'AbacRepositoryPermissions';
      const role = isAbac ? roles.repositoryReader : roles.acrPull;
      await world.assign(
        upstream.id,
        role.id,
        clientId,
        isAbac ? conditionFor('StringEqualsIgnoreCase', 'myapp') : undefined,
      );
      world.resource(upstream.id).properties['roleAssignmentMode'] = roleAssignmentMode;
      const found = check(await world.diagnose(), 'sourceReadable');
      expect(found).toMatchObject({ verdict: 'problem' });
      expect(found.reason).toContain(clientId);
      expect(found.reason).toContain(await principal());
      await world.repair(found.repair);
      await expectHealthy();
      expect(await world.azure.roles.listForPrincipal(upstream.id, clientId)).toEqual([]);
    },
  );

  it('has a condition that is not understood: unknown, not fine', async () => {
    world = await startDiagnosis();
    await removeAssignments();
    const strange = `(${conditionFor('StringEqualsIgnoreCase', 'myapp')}) AND @Environment[isPrivateLink] BoolEquals true`;
    await world.assign(world.link().source.id, roles.repositoryReader.id, await principal(), strange);
    const diagnosis = await world.diagnose();
    expect(check(diagnosis, 'sourceReadable')).toMatchObject({ verdict: 'unknown' });
    expect(check(diagnosis, 'sourceReadable').repair).toBeUndefined();
    expect(check(diagnosis, 'leastAccess')).toMatchObject({ verdict: 'unknown' });
  });

  it('has another assignment with a condition that is not understood: readable, but how much is unknown', async () => {
    world = await startDiagnosis();
    const strange = `(${conditionFor('StringEqualsIgnoreCase', 'myapp')}) AND @Environment[isPrivateLink] BoolEquals true`;
    await world.assign(world.link().source.id, roles.repositoryWriter.id, await principal(), strange);
    expect(troubles(await world.diagnose())).toEqual(['leastAccess unknown']);
  });
});
