import { describe, expect, it } from 'vitest';
import type { Azure, ManifestInfo, RegistryContent } from '../../../../src/azure/azure.ts';
import { AzureError } from '../../../../src/azure/errors.ts';
import type { Registry } from '../../../../src/domain/types.ts';
import { createObservations } from '../../../../src/inventory/observations.ts';
import { recordingAzure } from '../../../../src/ui/services/recordingAzure.lazy.ts';

const registry = { id: '/registries/MyRegistry', loginServer: 'downstream.example' } as Registry;
const manifest = (fromUpstream: boolean): ManifestInfo => ({ digest: 'sha256:1', mediaType: 'm', fromUpstream });

function open(methods: Partial<RegistryContent>) {
  const observations = createObservations();
  const content = { loginServer: 'downstream.example', ...methods } as RegistryContent;
  const azure = recordingAzure({ registry: () => content } as unknown as Azure, observations);
  return { observations, content: azure.registry(registry), azure };
}

const cachedState = (observations: ReturnType<typeof createObservations>, reference: string) =>
  observations.cached(registry.id, 'app', reference)?.state;

describe('recordingAzure', () => {
  it('notes repositories and tags, and gives the same object for the same registry', async () => {
    const { observations, content, azure } = open({
      repositories: async () => ['app', 'b'],
      tags: async () => [
        { name: '2', digest: 'd2' },
        { name: '1', digest: 'd1' },
      ],
    });
    expect(azure.registry(registry)).toBe(content);
    expect(await content.repositories()).toEqual(['app', 'b']);
    await content.tags('app');
    expect([observations.repositories(registry.id), observations.tags(registry.id, 'app')]).toEqual([
      ['app', 'b'],
      ['2', '1'],
    ]);
  });

  it('notes nothing of an answer that comes when somebody else is signed in', async () => {
    const observations = createObservations();
    let isCurrent = true;
    const content = { repositories: async () => ['app'], headManifest: async () => manifest(false) };
    const azure = { registry: () => content } as unknown as Azure;
    const recorded = recordingAzure(azure, observations, () => isCurrent).registry(registry);
    const [listing, heading] = [recorded.repositories(), recorded.headManifest('app', 'old')];
    isCurrent = false;
    expect([await listing, await heading]).toEqual([['app'], manifest(false)]);
    expect([observations.repositories(registry.id), cachedState(observations, 'old')]).toEqual([[], undefined]);
  });

  it('does not give up a long list of tags for the beginning of it', async () => {
    const all = ['3', '2', '1'].map((name) => ({ name, digest: name }));
    const { observations, content } = open({ tags: async (_repository, options) => all.slice(0, options?.limit) });
    await content.tags('app', { limit: 10 });
    await content.tags('app', { limit: 1 });
    expect(observations.tags(registry.id, 'app')).toEqual(['3', '2', '1']);
  });

  it('notes of a manifest whether the registry has it, fetches it, or knows none', async () => {
    const { observations, content } = open({
      headManifest: async (_repository, reference) => manifest(reference === 'new'),
      getManifest: async (_repository, reference) => {
        throw new AzureError('none', { kind: reference === 'gone' ? 'notFound' : 'network', code: 'X' });
      },
    });
    await content.headManifest('app', 'new');
    await content.headManifest('app', 'old');
    await expect(content.getManifest('app', 'gone')).rejects.toThrow('none');
    await expect(content.getManifest('app', 'down')).rejects.toThrow('none');
    expect(['new', 'old', 'gone', 'down'].map((tag) => cachedState(observations, tag))).toEqual([
      'proxied',
      'cached',
      'absent',
      undefined,
    ]);
  });

  it('notes what is stored, until something of it is deleted', async () => {
    const { observations, content } = open({
      storedManifests: async () => [{ digest: 'sha256:1', tags: ['1', 'latest'] }],
      deleteTag: async () => true,
    });
    await content.storedManifests('app');
    expect(['sha256:1', '1', 'latest'].map((each) => cachedState(observations, each))).toEqual([
      'cached',
      'cached',
      'cached',
    ]);
    await content.deleteTag('app', '1');
    expect(cachedState(observations, 'latest')).toBeUndefined();
  });
});
