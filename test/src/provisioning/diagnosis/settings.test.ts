import { afterEach, describe, expect, it } from 'vitest';
import { check, startDiagnosis, troubles, type DiagnosisWorld } from './diagnosisWorld.ts';

let world: DiagnosisWorld;
afterEach(() => world.close());

async function expectHealthy(): Promise<void> {
  expect(troubles(await world.diagnose())).toEqual([]);
}

const fromHere = { value: '127.0.0.1' };

/** Registries restricted to this machine's address. */
function restrict(id: string, bypass: string | undefined, virtualNetworkRules: object[] = []): void {
  Object.assign(world.resource(id).properties, {
    networkRuleSet: { defaultAction: 'Deny', ipRules: [fromHere], virtualNetworkRules },
    networkRuleBypassOptions: bypass,
  });
}

describe('the registry', () => {
  it('shuts trusted services out: nothing is cached until it does not', async () => {
    world = await startDiagnosis();
    restrict(world.link().downstream.id, 'None');
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['trustedServices problem']);
    await world.pull();
    expect(troubles(await world.diagnose())).toEqual(['trustedServices problem', 'cached warning']);
    const plan = await world.repair(check(diagnosis, 'trustedServices').repair);
    expect(plan.findings.map(({ code }) => code)).not.toContain('downstreamNetwork');
    await world.pull();
    await expectHealthy();
    expect(check(await world.diagnose(), 'cached').code).toBe('cached');
  });

  it('does not tell whether trusted services pass, or in a word that is new: unknown', async () => {
    world = await startDiagnosis();
    restrict(world.link().downstream.id, 'AzureServicesAndMore');
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toContain('trustedServices unknown');
    expect(check(diagnosis, 'trustedServices').repair).toBeUndefined();
    restrict(world.link().downstream.id, 'AzureServices');
    restrict(world.link().source.id, undefined);
    expect(troubles(await world.diagnose())).toContain('upstreamNetwork unknown');
  });

  it.each([undefined, 'AzureServicesAndMore'])(
    'no longer tells it when the repair begins: left alone (%s)',
    async (bypass) => {
      world = await startDiagnosis();
      restrict(world.link().downstream.id, 'None');
      const { repair } = check(await world.diagnose(), 'trustedServices');
      restrict(world.link().downstream.id, bypass);
      await expect(world.repair(repair)).rejects.toThrow('"verdict":"unknown"');
    },
  );

  it('lets subnets in by service endpoints', async () => {
    world = await startDiagnosis();
    restrict(world.link().downstream.id, 'AzureServices', [{ id: '/subscriptions/s/…/subnets/a', action: 'Allow' }]);
    expect(troubles(await world.diagnose())).toEqual(['virtualNetworks problem']);
  });

  it('does not tell of its virtual networks: unknown', async () => {
    world = await startDiagnosis();
    restrict(world.link().downstream.id, 'AzureServices');
    world.resource(world.link().downstream.id).properties['networkRuleSet'] = {
      defaultAction: 'Deny',
      ipRules: [fromHere],
    };
    expect(troubles(await world.diagnose())).toEqual(['virtualNetworks unknown']);
  });

  it('has soft delete on: turned off, other policies stay', async () => {
    world = await startDiagnosis();
    const { properties } = world.resource(world.link().downstream.id);
    const policies = {
      ...(properties['policies'] as object),
      softDeletePolicy: { status: 'enabled', retentionDays: 7 },
    };
    properties['policies'] = policies;
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['softDelete problem']);
    await world.repair(check(diagnosis, 'softDelete').repair);
    await expectHealthy();
    expect(Object.keys(world.resource(world.link().downstream.id).properties['policies'] as object)).toEqual(
      Object.keys(policies),
    );
  });

  it('is in a state other than succeeded, each with its own advice', async () => {
    world = await startDiagnosis();
    const advice = new Set<string | undefined>();
    for (const [state, verdict] of Object.entries({ Updating: 'warning', Failed: 'warning', Deleting: 'problem' })) {
      world.resource(world.link().downstream.id).properties['provisioningState'] = state;
      const diagnosis = await world.diagnose();
      expect(troubles(diagnosis), state).toEqual([`registryReady ${verdict}`]);
      expect(check(diagnosis, 'registryReady').code).toBe('registryState');
      advice.add(check(diagnosis, 'registryReady').next);
    }
    expect(advice.size).toBe(3);
  });

  it('has a tier without artifact cache', async () => {
    world = await startDiagnosis();
    world.resource(world.link().downstream.id).sku = { name: 'Classic', tier: 'Classic' };
    expect(troubles(await world.diagnose())).toEqual(['registryReady problem']);
  });
});

describe('the upstream', () => {
  it('shuts trusted services out', async () => {
    world = await startDiagnosis();
    restrict(world.link().source.id, 'None');
    const diagnosis = await world.diagnose();
    expect(troubles(diagnosis)).toEqual(['upstreamNetwork warning', 'pullable problem']);
    await world.repair(check(diagnosis, 'upstreamNetwork').repair);
    await expectHealthy();
  });

  it('was deleted: nothing about it is called fine', async () => {
    world = await startDiagnosis();
    const { source: upstream } = world.link();
    world.sandbox.state.resources.delete(upstream.id.toLowerCase());
    const diagnosis = await world.diagnose();
    expect(check(diagnosis, 'sourceRecognised').verdict).toBe('unknown');
    for (const id of ['identityTenant', 'permissionMode', 'sourceReadable', 'leastAccess'])
      expect(check(diagnosis, id).verdict).toBe('unknown');
  });

  const contentOf = (name: string) => {
    const found = [...world.sandbox.state.content.values()].find(({ registryId }) => registryId.endsWith(`/${name}`));
    if (!found) throw new Error(name);
    return found;
  };

  it('lost the repository', async () => {
    world = await startDiagnosis();
    contentOf('upstreamregistry').repositories.delete('myapp');
    const diagnosis = await world.diagnose({ tag: 'latest' });
    expect(troubles(diagnosis)).toEqual(['sourceExists problem', 'pullable problem']);
  });

  it('lost the tag: a warning while the copy is served, a problem for one that was never cached', async () => {
    world = await startDiagnosis();
    await world.pull();
    contentOf('upstreamregistry').repositories.get('myapp')?.tags.delete('latest');
    expect(troubles(await world.diagnose())).toEqual(['sourceExists warning']);
    expect(troubles(await world.diagnose({ tag: 'nosuchtag' }))).toEqual(['sourceExists problem', 'pullable problem']);
  });

  it('moved the tag on: stale', async () => {
    world = await startDiagnosis();
    await world.pull();
    const tags = contentOf('upstreamregistry').repositories.get('myapp')?.tags;
    const [latest, other] = [tags?.get('latest'), tags?.get('1.0')];
    if (!tags || !latest || !other || latest.digest === other.digest) throw new Error('tags');
    tags.set('latest', { ...latest, digest: other.digest });
    const diagnosis = await world.diagnose({ tag: 'latest' });
    expect(troubles(diagnosis)).toEqual(['tagFresh warning']);
    expect(
      check(diagnosis, 'tagFresh')
        .evidence.map(({ text }) => text)
        .join(),
    ).toContain(other.digest);
  });
});
