import { afterEach, describe, expect, it } from 'vitest';
import { diagnoseRule } from '../../../../src/provisioning/diagnosis/diagnose.ts';
import type { ResourceState } from '../../../sandbox/src/types.ts';
import { mapping } from '../links.ts';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;
afterEach(() => world.close());

async function expectHealthy(): Promise<void> {
  expect(troubles(await world.diagnose())).toEqual([]);
}

describe('the rule', () => {
  it('failed: written again', async () => {
    world = await startDiagnosis();
    await world.pull();
    world.resource(world.ruleId).properties['provisioningState'] = 'Failed';
    const diagnosis = await world.diagnose();
    // Without its rule the registry cannot get the platform that is not cached.
    expect(troubles(diagnosis)).toEqual(['ruleState problem', 'featureFlag problem', 'cached warning']);
    await world.repair(check(diagnosis, 'ruleState').repair);
    await expectHealthy();
  });

  it('failed for want of the preview feature: registered with consent', async () => {
    world = await startDiagnosis();
    world.sandbox.setOptions({ featureFlagRequired: true });
    world.resource(world.ruleId).properties['provisioningState'] = 'Failed';
    const { repair } = check(await world.diagnose(), 'featureFlag');
    expect(repair?.confirmation).toMatchObject({ sentence: expect.any(String) });
    await world.repair(repair);
    await expectHealthy();
  });

  it('was deleted', async () => {
    world = await startDiagnosis();
    await world.azure.cacheRules.delete(world.ruleId);
    const diagnosis = await world.diagnose();
    expect(check(diagnosis, 'ruleState').verdict).toBe('problem');
    expect(diagnosis.checks.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id)).toEqual([
      'registryReady',
      'ruleCount',
      'trustedServices',
      'softDelete',
    ]);
  });

  /** Another rule beside the first, as the service would never let it be made. */
  function plant(name: string, change: (rule: ResourceState) => Partial<ResourceState>): string {
    const rule = world.resource(world.ruleId);
    const id = world.ruleId.replace(/[^/]+$/, name);
    world.sandbox.state.resources.set(id.toLowerCase(), { ...rule, id, name, ...change(rule) });
    return id;
  }
  const withPaths =
    (source: string, target: string) =>
    (rule: ResourceState): Partial<ResourceState> => ({
      properties: {
        ...rule.properties,
        sourceRepository: `${world.link().source.loginServer}/${source}`,
        targetRepository: target,
      },
    });

  it('has the same target as another', async () => {
    world = await startDiagnosis();
    plant('OtherRule', withPaths('base/node', 'myapp'));
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['overlaps problem']);
    expect(check(diagnosis, 'overlaps').reason).toContain('OtherRule');
  });

  it('is a wildcard: repositories that another rule takes from elsewhere are told; the same source is fine', async () => {
    world = await startDiagnosis({ link: { mappings: [mapping('TeamRule', 'team/*')] } });
    await expectHealthy();
    plant('SameRule', withPaths('team/shop/api', 'team/shop/api'));
    await expectHealthy();
    plant('ShopRule', withPaths('base/node', 'team/shop/web'));
    expect(troubles(await world.diagnose())).toEqual(['overlaps warning']);
    plant('WideRule', withPaths('team/shop/*', 'team/shop/*'));
    expect(troubles(await world.diagnose())).toEqual(['overlaps problem']);
  });

  it.each([
    ['upper case', 'MyApp', 'myapp'],
    ['a tag', 'myapp:1.0', 'myapp'],
    ['a wildcard for one repository', 'team/*', 'myapp'],
  ])('has a path that is none: %s', async (_, source, target) => {
    world = await startDiagnosis();
    const id = plant('BadRule', withPaths(source, target));
    world.sandbox.state.resources.delete(world.ruleId.toLowerCase());
    expect(troubles(await diagnoseRule(world.azure, id)).filter((text) => text.endsWith('problem'))).toEqual([
      'paths problem',
    ]);
  });

  it('authenticates not at all', async () => {
    world = await startDiagnosis();
    delete world.resource(world.ruleId).identity;
    expect(troubles(await world.diagnose())).toEqual(['authentication problem', 'pullable problem']);
  });

  it('authenticates by a credential set, or by both: which is used is not documented', async () => {
    world = await startDiagnosis();
    const credentialSetResourceId = `${world.link().downstream.id}/credentialSets/MyCredentials`;
    const properties = (rule: ResourceState) => ({
      ...rule.properties,
      targetRepository: 'elsewhere',
      credentialSetResourceId,
    });
    const both = plant('BothRule', (rule) => ({ properties: properties(rule) }));
    const set = plant('SetRule', (rule) => ({ identity: undefined, properties: properties(rule) }));
    const codes = [both, set].map(async (id) => check(await diagnoseRule(world.azure, id), 'authentication').code);
    expect(await Promise.all(codes)).toEqual(['authenticationTwice', 'authenticatesByCredentials']);
  });

  it.each([
    ['docker.io/library/node', false, ['authentication problem']],
    ['mcr.microsoft.com/dotnet/sdk', true, ['authentication problem', 'credentialSet problem']],
    ['ghcr.io/owner/app', false, []],
  ])('of another upstream: %s', async (source, withSet, expected) => {
    world = await startDiagnosis();
    const { downstream } = world.link();
    const set = `${downstream.id}/credentialSets/MyCredentials`;
    const id = plant('OtherRule', (rule) => ({
      identity: undefined,
      properties: {
        ...rule.properties,
        sourceRepository: source,
        targetRepository: 'elsewhere',
        ...(withSet ? { credentialSetResourceId: set } : {}),
      },
    }));
    const diagnosis = await diagnoseRule(world.azure, id);
    expect(troubles(diagnosis).filter((text) => !text.startsWith('pullable'))).toEqual(expected);
  });

  it.each([
    ['Healthy', 'ok'],
    ['Unhealthy', 'problem'],
    ['', 'unknown'],
  ])('has a credential set that Azure calls "%s"', async (status, verdict) => {
    world = await startDiagnosis();
    const { downstream } = world.link();
    const id = `${downstream.id}/credentialSets/MyCredentials`;
    world.sandbox.state.resources.set(id.toLowerCase(), {
      id,
      name: 'MyCredentials',
      type: 'Microsoft.ContainerRegistry/registries/credentialSets',
      properties: {
        loginServer: 'docker.io',
        provisioningState: 'Succeeded',
        authCredentials: [
          {
            name: 'Credential1',
            ...(status
              ? { credentialHealth: { status, errorCode: 'X', errorMessage: 'Sequence contains no elements' } }
              : {}),
          },
        ],
      },
      createdAt: 0,
    });
    const ruleId = plant('HubRule', (rule) => ({
      identity: undefined,
      properties: {
        ...rule.properties,
        sourceRepository: 'docker.io/library/node',
        targetRepository: 'node',
        credentialSetResourceId: id,
      },
    }));
    const found = check(await diagnoseRule(world.azure, ruleId), 'credentialSet');
    expect(found.verdict).toBe(verdict);
    if (verdict === 'problem') expect(found.reason).toContain('Sequence contains no elements');
  });

  it('is one of a thousand: a warning', async () => {
    world = await startDiagnosis();
    for (let index = 1; index < 1000; index++) plant(`Rule${index}x`, withPaths('base/node', `node${index}`));
    expect(troubles(await world.diagnose())).toEqual(['ruleCount warning']);
  });
});
