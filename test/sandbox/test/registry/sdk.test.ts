import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { ContainerRegistryClient, ContainerRegistryContentClient } from '@azure/container-registry';
import type { TokenCredential } from '@azure/core-auth';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import { mapping } from '../../../src/provisioning/links.ts';
import { group, startWorld, type World } from '../../../src/provisioning/world.ts';
import { registryAudience } from './registryClient.ts';

/** Microsoft's client of the registry protocol as published, told nothing but the login server. */
let world: World;
let credential: TokenCredential;
const endpoint = (registry: 'downstream' | 'upstream'): string => {
  const { downstream, source } = world.link();
  return `https://${registry === 'downstream' ? downstream.loginServer : source.loginServer}`;
};
const audience = registryAudience;

beforeAll(async () => {
  world = await startWorld({
    hosts: 'names',
    upstream: { roleAssignmentMode: 'LegacyRegistryPermissions', properties: { anonymousPullEnabled: true } },
  });
  // As published it has its own way to a proxy: this variable, and an agent of its own with every request.
  vi.stubEnv('HTTPS_PROXY', world.sandbox.info.proxy);
  credential = {
    getToken: (scopes) => {
      const scope = String(scopes).replace(/\/\.default$/, '');
      return Promise.resolve({ token: world.sandbox.token('dev', scope), expiresOnTimestamp: Date.now() + 3_600_000 });
    },
  };
  await world.setUp(world.link({ mappings: [mapping('base-images', 'base/*', 'cache/*')], access: 'acrPull' }));
  const identityId = identityArmId(world.subscriptionId, group, 'WithoutRole');
  await world.azure.identities.create(identityId, 'eastus');
  await world.azure.cacheRules.create(cacheRuleArmId(world.id('myregistry'), 'Denied'), {
    sourceRepository: `${world.link().source.loginServer}/myapp`,
    targetRepository: 'denied',
    identityId,
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world.close();
});

/** Digest of a tag, as the upstream keeps it. */
function digestInUpstream(repository: string, tag: string): string {
  const contents = [...world.sandbox.state.content.values()];
  const upstream = contents.find(({ loginServer }) => endpoint('upstream').endsWith(loginServer));
  return upstream?.repositories.get(repository)?.tags.get(tag)?.digest ?? '';
}

const content = (repository: string): ContainerRegistryContentClient =>
  new ContainerRegistryContentClient(endpoint('downstream'), repository, credential, { audience });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('@azure/container-registry with a credential', () => {
  it('pulls through a rule what the upstream has, and again from the cache', async () => {
    const digest = digestInUpstream('base/dotnet', 'latest');
    const client = content('cache/dotnet');
    const index = await client.getManifest('latest');
    expect(index.digest).toBe(digest);
    const [platform] = (index.manifest as unknown as { manifests: { digest: string }[] }).manifests;
    const image = await client.getManifest(platform?.digest ?? '');
    const { layers } = image.manifest as { layers: { digest: string }[] };
    expect(layers.length).toBeGreaterThan(0);
    // By a redirect to a storage host of another name, which must get no token.
    for (const layer of layers) {
      const bytes = await buffer((await client.downloadBlob(layer.digest)).content);
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(layer.digest);
    }

    const stored = world.azure.registry(await world.registry('myregistry'));
    await expect.poll(async () => (await stored.storedManifests('cache/dotnet')).length).toBe(2);
    const { result, requests } = await world.requestsOf(() => client.getManifest('latest'));
    expect(result.digest).toBe(digest);
    expect(requests.filter(({ url }) => endpoint('upstream').endsWith(url.split('/')[0] ?? ''))).toEqual([]);
  });

  it('is refused by a rule whose identity may not read its source', async () => {
    await expect(content('denied').getManifest('latest')).rejects.toMatchObject({
      statusCode: 403,
      message: expect.stringContaining('DENIED'),
    });
  });

  it('lists repositories over several pages, and an image with its platforms', async () => {
    const client = new ContainerRegistryClient(endpoint('upstream'), credential, { audience });
    const pages = await all(client.listRepositoryNames().byPage({ maxPageSize: 10 }));
    expect(pages.length).toBeGreaterThan(2);
    const names = pages.flat();
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('base/node/slim');
    const properties = await client.getArtifact('myapp', 'latest').getManifestProperties();
    expect(properties.digest).toBe(digestInUpstream('myapp', 'latest'));
    expect(
      properties.relatedArtifacts.map(({ operatingSystem, architecture }) => [operatingSystem, architecture]),
    ).toEqual([
      ['linux', 'amd64'],
      ['linux', 'arm64'],
    ]);
  });

  it('pushes an image, and deletes it', async () => {
    const client = content('pushed/by-sdk');
    const config = await client.uploadBlob(Buffer.from('{}'));
    const layer = await client.uploadBlob(Buffer.from('a layer'));
    const { digest } = await client.setManifest(
      {
        schemaVersion: 2,
        config: {
          mediaType: 'application/vnd.oci.image.config.v1+json',
          digest: config.digest,
          size: config.sizeInBytes,
        },
        layers: [
          { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer.digest, size: layer.sizeInBytes },
        ],
      },
      { tag: '1' },
    );
    expect((await client.getManifest('1')).digest).toBe(digest);
    await client.deleteManifest(digest);
    await expect(client.getManifest('1')).rejects.toMatchObject({ statusCode: 404 });
  });
});

describe('@azure/container-registry without a credential', () => {
  it('reads where anonymous pull is on', async () => {
    const client = new ContainerRegistryClient(endpoint('upstream'), { audience });
    const tags = await all(client.getArtifact('myapp', 'latest').listTagProperties());
    expect(tags.map(({ name }) => name)).toEqual(['1.0', '1.1', 'latest']);
  });

  it('is refused elsewhere', async () => {
    const client = new ContainerRegistryClient(endpoint('downstream'), { audience });
    const reading = client.getArtifact('cache/dotnet', 'latest').getManifestProperties();
    await expect(reading).rejects.toMatchObject({ statusCode: 401 });
  });
});
