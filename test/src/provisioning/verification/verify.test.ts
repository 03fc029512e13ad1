import { afterEach, describe, expect, it } from 'vitest';
import { verifyCached, type CacheProof, type VerifyOptions } from '../../../../src/provisioning/verification/verify.ts';
import { mapping } from '../links.ts';
import { inOneWorld } from '../savedState.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
const amd64 = { os: 'linux', architecture: 'amd64' };

/** The article, set up; `dev` may read upstream too. */
inOneWorld(async () => {
  world = await startWorld({
    upstream: { assignments: [{ role: 'Container Registry Repository Reader', principal: 'dev' }] },
  });
  const mappings = [mapping('MyRule', 'myapp'), mapping('ChartRule', 'charts/shop', 'shop')];
  await world.setUp(world.link({ mappings }));
  return world;
});
afterEach(() => world.sandbox.setOptions({ copyDelayMs: 50, rolePropagationMs: 0 }));

async function pull(repository = 'myapp', reference = 'latest'): Promise<void> {
  const azure = world.as('dev');
  const registry = await azure.registries.get(world.id('myregistry'));
  await azure.registry(registry).pull(repository, reference, { platform: amd64 });
}

function verify(
  reference = 'latest',
  options: VerifyOptions = {},
  repository = 'myapp',
  platform = amd64,
): Promise<CacheProof> {
  const source = repository === 'shop' ? 'charts/shop' : repository;
  return verifyCached(
    world.as('dev'),
    {
      downstreamId: world.id('myregistry'),
      repository,
      reference,
      upstream: { id: world.id('upstreamregistry'), repository: source },
      ...(repository === 'myapp' ? { platform } : {}),
    },
    { timeScale: 0.1, timeoutMs: 60_000, ...options },
  );
}

describe('verifyCached', () => {
  it('cached: index and the pulled platform, with the digest of upstream', async () => {
    await pull();
    const proof = await verify();
    expect(proof).toMatchObject({ verdict: 'cached', code: 'cached' });
    expect(proof.upstreamDigest).toBe(proof.downstreamDigest);
  });

  it('not called uncached when the registry holds too many manifests to look at all', async () => {
    await pull();
    expect((await verify()).verdict).toBe('cached');
    const content = world.sandbox.state.content.get(world.id('myregistry').toLowerCase());
    const manifests = content?.repositories.get('myapp')?.manifests;
    const known = [...(manifests ?? [])];
    manifests?.clear();
    for (let index = 0; known[0] && index < 10_001; index++) {
      manifests?.set(`sha256:${String(index).padStart(64, '0')}`, known[0][1]);
    }
    for (const [digest, manifest] of known) manifests?.set(digest, manifest);
    const { code, evidence } = await verify();
    expect(code).toBe('unseen');
    expect(evidence).toHaveLength(3);
  });

  it('waits for the copy and says so', async () => {
    world.sandbox.setOptions({ copyDelayMs: 600_000 });
    await pull();
    const said: string[] = [];
    const onProgress = (message: string): void => {
      said.push(message);
      void world.sandbox.advance(600_000);
    };
    expect((await verify('latest', { onProgress })).verdict).toBe('cached');
    expect(said.length).toBeGreaterThan(0);
  });

  it('proxied, not cached yet: when the copy does not end in time', async () => {
    world.sandbox.setOptions({ copyDelayMs: 600_000 });
    await pull();
    const proof = await verify('latest', { timeoutMs: 300 });
    expect(proof).toMatchObject({ verdict: 'proxied', code: 'proxied' });
    expect(proof.platforms.every(({ cached }) => !cached)).toBe(true);
    await world.sandbox.advance(600_000);
    expect((await verify()).verdict).toBe('cached');
  });

  it('an image of one platform', async () => {
    await pull('shop', '0.1.0');
    expect(await verify('0.1.0', {}, 'shop')).toMatchObject({ verdict: 'cached', platforms: [] });
  });

  it('another platform than the pulled one is not cached', async () => {
    await pull();
    await verify();
    const proof = await verify('latest', { timeoutMs: 200 }, 'myapp', { os: 'linux', architecture: 'arm64' });
    expect(proof).toMatchObject({ verdict: 'proxied', code: 'platformNotCached' });
  });

  it('not pulled: a tag that upstream does not have, at once', async () => {
    const said: string[] = [];
    const proof = await verify('no-such-tag', { onProgress: (message) => said.push(message) });
    expect(proof).toMatchObject({ verdict: 'notPulled', code: 'tagMissing', problem: { code: 'tagMissing' } });
    expect(said).toEqual([]);
  });

  it('not pulled: the identity may not read, with rule and correlation id', async () => {
    for (const [key, one] of world.sandbox.state.roleAssignments)
      if (one.condition) world.sandbox.state.roleAssignments.delete(key);
    const proof = await verify('latest', { timeoutMs: 300 });
    expect(proof).toMatchObject({ verdict: 'notPulled', problem: { code: 'sourceDenied', ruleName: 'MyRule' } });
    expect(proof.evidence[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('a fresh assignment that takes a while to take effect is waited for', async () => {
    world.sandbox.setOptions({ rolePropagationMs: 600_000 });
    for (const one of world.sandbox.state.roleAssignments.values())
      if (one.condition) Object.assign(one, { createdAt: world.sandbox.now() });
    const said: string[] = [];
    const abort = new AbortController();
    const onProgress = (message: string): void => {
      said.push(message);
      if (/^Pulled/.test(message)) abort.abort();
      void world.sandbox.advance(600_000);
    };
    await expect(verify('latest', { onProgress, signal: abort.signal })).rejects.toMatchObject({ kind: 'cancelled' });
    expect(said[0]).toMatch(/denied the pull.*Trying again/);
    expect(said.at(-1)).toMatch(/^Pulled/);
  });

  it('cached but stale when the tag moved upstream', async () => {
    await pull();
    await verify();
    const upstream = [...world.sandbox.state.content.values()].find(({ registryId }) =>
      registryId.endsWith('/upstreamregistry'),
    );
    const tags = upstream?.repositories.get('myapp')?.tags;
    const other = tags?.get('1.0');
    if (!tags || !other) throw new Error('no tag 1.0');
    tags.set('latest', { ...other });
    const proof = await verify();
    expect(proof).toMatchObject({ verdict: 'cached', code: 'stale', isStale: true });
  });

  it('explains the output of a container client that failed', async () => {
    const request = {
      downstreamId: world.id('myregistry'),
      repository: 'myapp',
      reference: 'latest',
      pullOutput: 'Error: unauthorized: authentication required',
    };
    expect(await verifyCached(world.as('dev'), request)).toMatchObject({
      verdict: 'notPulled',
      problem: { code: 'unauthenticated' },
    });
  });

  it('says so when the metadata may not be read', async () => {
    await pull();
    await verify();
    const proof = await world.withFaults([{ match: '/acr/v1/myapp/_manifests', status: 403 }], () => verify());
    expect(proof).toMatchObject({ verdict: 'proxied', code: 'unseen' });
  });

  it('is cancelled at once', async () => {
    world.sandbox.setOptions({ copyDelayMs: 600_000 });
    const controller = new AbortController();
    const proof = verify('latest', { signal: controller.signal, timeScale: 1, onProgress: () => controller.abort() });
    await expect(proof).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
