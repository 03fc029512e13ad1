import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistryContent } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
let upstream: RegistryContent;
let downstream: RegistryContent;
beforeAll(async () => {
  under = await startAzure();
  upstream = under.azure.registry(await under.registry('upstreamregistry'));
  downstream = under.azure.registry(await under.registry('myregistry'));
});
afterAll(() => under.close());

const amd64 = { os: 'linux', architecture: 'amd64' };
const blobsOfUpstream = () => {
  const content = under.sandbox.state.content.get(under.id('upstreamregistry').toLowerCase());
  if (!content) {
    throw new Error('no content');
  }
  return content.blobs;
};

async function blobsOf(repository: string, digest: string): Promise<{ digest: string; size: number }[]> {
  const { body } = await upstream.getManifest(repository, digest);
  const manifest = body as { config: { digest: string; size: number }; layers: { digest: string; size: number }[] };
  return [manifest.config, ...manifest.layers];
}

describe('pulling through the API', () => {
  it('reads manifest, platform, config and layers, and reports progress up to the end', async () => {
    const index = await upstream.getManifest('myapp', 'latest');
    const progress: [number, number][] = [];
    const { result, requests } = await under.requestsOf(() =>
      upstream.pull('myapp', 'latest', { platform: amd64, onProgress: (done, total) => progress.push([done, total]) }),
    );
    const digest = index.platforms?.find(({ platform }) => platform.architecture === 'amd64')?.digest ?? '';
    const blobs = await blobsOf('myapp', digest);
    const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
    expect(result).toEqual({
      digest: index.digest,
      platform: expect.objectContaining(amd64),
      platformDigest: digest,
      layers: blobs.length - 1,
      bytes,
      fromUpstream: false,
    });
    expect(progress.at(-1)).toEqual([bytes, bytes]);
    const asked = requests.filter(({ url }) => url.includes('/blobs/'));
    const { size } = new Set(blobs.map((blob) => blob.digest));
    // Each at the registry, then at the storage that it names; the storage refuses the registry's token.
    expect(asked.map(({ status }) => status).sort()).toEqual([...Array(size).fill(200), ...Array(size).fill(307)]);
  });

  it('takes an image that is no index as it is', async () => {
    const result = await upstream.pull('tools/build_agent', 'latest');
    expect(result.platform).toBeUndefined();
    expect(result.layers).toBeGreaterThan(0);
  });

  it('takes linux without being told a platform', async () => {
    expect((await upstream.pull('myapp', 'latest')).platform?.os).toBe('linux');
  });

  it('says that a platform is not there, and that a tag is not', async () => {
    const error = await failureOf(
      upstream.pull('myapp', 'latest', { platform: { os: 'windows', architecture: 'amd64' } }),
    );
    expect(error).toMatchObject({ kind: 'notFound', code: 'PlatformNotFound' });
    expect(await failureOf(upstream.pull('myapp', 'missing'))).toMatchObject({
      kind: 'notFound',
      code: 'MANIFEST_UNKNOWN',
    });
  });

  it('begins a layer again when the connection breaks', async () => {
    const result = await under.withFaults([{ match: 'GET .*/blobs/', reset: 'before', times: 2 }], () =>
      upstream.pull('myapp', 'latest', { platform: amd64 }),
    );
    expect(result.bytes).toBeGreaterThan(0);
  });

  it.each([
    ['changed', (bytes: Uint8Array) => Uint8Array.from(bytes, (byte, index) => (index === 0 ? byte ^ 1 : byte))],
    ['shorter', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['longer', (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(100_000)])],
  ])('refuses a layer that is %s', async (_, spoil) => {
    const { digest } = await upstream.getManifest('tools/build_agent', 'latest');
    const layer = (await blobsOf('tools/build_agent', digest)).at(-1)?.digest ?? '';
    const bytes = blobsOfUpstream().get(layer);
    if (!bytes) {
      throw new Error('no layer');
    }
    blobsOfUpstream().set(layer, spoil(bytes));
    try {
      const error = await failureOf(upstream.pull('tools/build_agent', 'latest'));
      expect(error).toMatchObject({ kind: 'invalid', code: 'DigestMismatch' });
    } finally {
      blobsOfUpstream().set(layer, bytes);
    }
  });

  it('stops when cancelled', async () => {
    const abort = new AbortController();
    const error = await under.withFaults([{ match: 'GET .*/blobs/', delayMs: 600_000 }], () => {
      void under.asked(/\/blobs\//).then(() => abort.abort());
      return failureOf(upstream.pull('myapp', 'latest', { signal: abort.signal }));
    });
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('through a cache rule says that it came from upstream, and afterwards that it is stored', async () => {
    const identity = await under.azure.identities.create(
      identityArmId(under.subscriptionId, 'MyResourceGroup', 'Cache'),
      'eastus',
    );
    await under.azure.roles.put(under.id('upstreamregistry'), randomUUID(), {
      roleId: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
      principalId: identity.principalId,
      principalType: 'ServicePrincipal',
    });
    await under.azure.cacheRules.create(cacheRuleArmId(under.id('myregistry'), 'my-rule'), {
      sourceRepository: `${upstream.loginServer}/myapp`,
      targetRepository: 'cached/myapp',
      identityId: identity.id,
    });
    expect(await downstream.storedManifests('cached/myapp')).toEqual([]);
    const first = await downstream.pull('cached/myapp', 'latest', { platform: amd64 });
    expect(first.fromUpstream).toBe(true);
    expect(first.digest).toBe((await upstream.headManifest('myapp', 'latest')).digest);
    await under.sandbox.advance(5000);
    await expect
      .poll(async () => (await downstream.storedManifests('cached/myapp')).map(({ digest }) => digest).sort())
      .toEqual([first.digest, first.platformDigest].sort());
    expect((await downstream.pull('cached/myapp', 'latest', { platform: amd64 })).fromUpstream).toBe(false);
  });
});
