import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityArmId } from '../../../src/domain/armId.ts';
import { storedBytes } from '../../../src/azure/registry/storedContent.ts';
import { failureOf, startAzure, type AzureUnderTest } from './harness.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure({ retryAfterSeconds: 0 });
});
afterAll(() => under.close());

/** The upstream in its scenario's mode, in which its owner may delete. */
const content = async () => under.azure.registry(await under.registry('upstreamregistry'));

describe('deleting content', () => {
  it('a tag leaves the manifest, a manifest takes its tags, a repository everything; again it is false', async () => {
    const registry = await content();
    const { length } = await registry.storedManifests('myapp');
    expect(await registry.repositorySize('myapp')).toBeGreaterThan(0);
    expect(await registry.deleteTag('myapp', 'latest')).toBe(true);
    expect(await registry.deleteTag('myapp', 'latest')).toBe(false);
    expect(await registry.storedManifests('myapp')).toHaveLength(length);
    expect(await registry.tags('myapp')).toHaveLength(2);
    const tagged = (await registry.tags('myapp')).find(({ name }) => name === '1.0');
    const parts = await registry.manifestReferences('myapp', tagged?.digest ?? '');
    expect(parts.length).toBeGreaterThan(1);
    expect(await registry.deleteManifest('myapp', tagged?.digest ?? '')).toBe(true);
    expect(await registry.deleteManifest('myapp', tagged?.digest ?? '')).toBe(false);
    expect((await registry.tags('myapp')).map(({ name }) => name)).not.toContain('1.0');
    expect(await registry.deleteRepository('myapp')).toBe(true);
    expect(await registry.deleteRepository('myapp')).toBe(false);
    expect(await registry.repositorySize('myapp')).toBe(0);
  });

  it('refuses what is no tag or digest before sending', async () => {
    const registry = await content();
    for (const work of [registry.deleteTag('myapp', '../x'), registry.deleteManifest('myapp', 'sha256:1')]) {
      expect(await failureOf(work)).toMatchObject({ kind: 'invalid' });
    }
  });

  it('a 404 that is not the registry’s own answer is no absence', async () => {
    const azure = under.as('dev');
    const fresh = azure.registry(await azure.registries.get(under.id('upstreamregistry')));
    const error = await under.withFaults([{ match: 'oauth2/exchange', status: 404 }], () =>
      failureOf(fresh.repositoryExists('myapp')),
    );
    expect(error).toMatchObject({ kind: 'notFound' });
  });
});

describe('who depends on an identity', () => {
  it('names carriers exactly, not those of an identity whose id only begins the same', async () => {
    const id = identityArmId(under.subscriptionId, 'MyResourceGroup', 'carried');
    const { principalId, clientId } = await under.azure.identities.create(id, 'eastus');
    for (const [name, identity] of [
      ['vm1', id],
      ['vm2', `${id}Too`],
    ] as const) {
      const resource = id.replace(/\/providers\/.*/, `/providers/Microsoft.Compute/virtualMachines/${name}`);
      under.sandbox.state.resources.set(resource.toLowerCase(), {
        id: resource,
        name,
        type: 'Microsoft.Compute/virtualMachines',
        location: 'eastus',
        identity: { type: 'UserAssigned', userAssignedIdentities: { [identity]: { principalId, clientId } } },
        properties: {},
        createdAt: 0,
      });
    }
    expect(await under.azure.resources.usingIdentity(id)).toMatchObject([
      { name: 'vm1', type: 'microsoft.compute/virtualmachines' },
    ]);
  });

  it('lists federated credentials; without the identity it is not found', async () => {
    const id = identityArmId(under.subscriptionId, 'MyResourceGroup', 'federated');
    expect(await failureOf(under.azure.identities.federatedCredentials(id))).toMatchObject({ kind: 'notFound' });
    await under.azure.identities.create(id, 'eastus');
    expect(await under.azure.identities.federatedCredentials(id)).toEqual([]);
    const answer = await fetch(
      `${under.sandbox.info.arm.replace(/\/$/, '')}${id}/federatedIdentityCredentials/github?api-version=2024-11-30`,
      {
        method: 'PUT',
        headers: { Authorization: `Bearer ${under.sandbox.token('dev', under.sandbox.info.arm)}` },
        body: JSON.stringify({
          properties: { issuer: 'https://issuer.example', subject: 'repo:a/b', audiences: ['api://x'] },
        }),
      },
    );
    expect(answer.status).toBe(201);
    expect(await under.azure.identities.federatedCredentials(id)).toEqual(['github']);
    await under.azure.identities.delete(id);
    expect([...under.sandbox.state.resources.keys()].filter((key) => key.includes('/federated'))).toEqual([]);
  });
});

describe('the size of a repository', () => {
  const image = (digest: string, bytes: number) => ({
    digest,
    tags: [],
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    bytes,
  });
  const index = (digest: string, bytes: number) => ({
    digest,
    tags: [],
    mediaType: 'application/vnd.oci.image.index.v1+json',
    bytes,
  });

  it('is what it stores: the platforms of an index, which Azure counts into its size, are counted once', async () => {
    const fresh = await startAzure();
    try {
      const registry = fresh.azure.registry(await fresh.registry('upstreamregistry'));
      const stored = await registry.storedManifests('myapp');
      const repository = fresh.sandbox.state.content
        .get(fresh.id('upstreamregistry').toLowerCase())
        ?.repositories.get('myapp');
      const size = (bytes: Uint8Array): number => {
        const { config, layers = [] } = JSON.parse(Buffer.from(bytes).toString()) as {
          config?: { size: number };
          layers?: { size: number }[];
        };
        return bytes.length + (config?.size ?? 0) + layers.reduce((total, layer) => total + layer.size, 0);
      };
      const expected = [...(repository?.manifests.values() ?? [])].reduce((total, { bytes }) => total + size(bytes), 0);
      expect(await registry.repositorySize('myapp')).toBe(expected);
      // Azure's own numbers add up to about twice as much.
      expect(stored.reduce((total, { bytes = 0 }) => total + bytes, 0)).toBeGreaterThan(expected * 1.8);
    } finally {
      await fresh.close();
    }
  });

  it('counts platforms that two indexes share once, and an index of indexes', async () => {
    const parts: Record<string, string[]> = { i1: ['a', 'b'], i2: ['b', 'c'], all: ['i1', 'i2'] };
    const manifests = [
      image('a', 100),
      image('b', 200),
      image('c', 300),
      index('i1', 305),
      index('i2', 506),
      index('all', 818),
    ];
    expect(await storedBytes(manifests, (digest) => Promise.resolve(parts[digest] ?? []))).toBe(600 + 5 + 6 + 7);
  });

  it('takes no platform for stored that is not, whether Azure counts it or not', async () => {
    for (const counted of [105, 305]) {
      expect(await storedBytes([image('a', 100), index('i', counted)], () => Promise.resolve(['a', 'gone']))).toBe(100);
    }
  });

  it('is not known when one size is not, nor asked for without end', async () => {
    const unsized = { digest: 'a', tags: [], mediaType: 'x' };
    expect(await storedBytes([unsized], () => Promise.resolve([]))).toBeUndefined();
    let asked = 0;
    const many = Array.from({ length: 1000 }, (_, number) => index(`i${number}`, 10));
    await storedBytes(many, () => Promise.resolve((asked++, [])));
    expect(asked).toBeLessThanOrEqual(100);
  });
});
