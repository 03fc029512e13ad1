import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegistryContent } from '../../../../src/azure/azure.ts';
import { isAzureError } from '../../../../src/azure/errors.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
let content: RegistryContent;
beforeAll(async () => {
  under = await startAzure();
  content = under.azure.registry(await under.registry('upstreamregistry'));
});
afterAll(() => under.close());

const state = () => {
  const found = under.sandbox.state.content.get(under.id('upstreamregistry').toLowerCase());
  if (!found) {
    throw new Error('no content');
  }
  return found;
};

describe('repositories', () => {
  it('are listed, nested ones too', async () => {
    const repositories = await content.repositories();
    expect(repositories).toEqual([...state().repositories.keys()].sort());
    expect(repositories).toContain('team/payments/api');
  });

  it('are listed in pages, and only as many as wanted', async () => {
    const many = state().repositories;
    const app = many.get('myapp');
    for (let index = 0; app && index < 1200; index++) {
      many.set(`zz/repository-${String(index).padStart(4, '0')}`, app);
    }
    try {
      const { result, requests } = await under.requestsOf(() => content.repositories());
      expect(result).toHaveLength(many.size);
      expect(new Set(result).size).toBe(many.size);
      expect(requests.length).toBe(Math.ceil(many.size / 500));
      const few = await under.requestsOf(() => content.repositories({ limit: 10 }));
      expect(few.result).toEqual(result.slice(0, 10));
      expect(few.requests).toHaveLength(1);
      const cuts: number[] = [];
      for (const limit of [10, 500, many.size, 10_000]) {
        await content.repositories({ limit, onCut: () => cuts.push(limit) });
      }
      expect(cuts).toEqual([10, 500]);
    } finally {
      [...many.keys()].filter((name) => name.startsWith('zz/')).forEach((name) => many.delete(name));
    }
  });

  it('exist or do not, without a list', async () => {
    const { result, requests } = await under.requestsOf(() =>
      Promise.all([content.repositoryExists('team/payments/api'), content.repositoryExists('no/such/thing')]),
    );
    expect(result).toEqual([true, false]);
    expect(requests.some(({ url }) => url.includes('_catalog'))).toBe(false);
  });

  it.each(['UPPER', 'a b', '../x', 'a?b', '', 'myapp:tag'])('named %j are refused without a request', async (name) => {
    const { result, requests } = await under.requestsOf(async () => [
      await failureOf(content.repositoryExists(name)),
      await failureOf(content.tags(name)),
      await failureOf(content.getManifest(name, 'latest')),
    ]);
    expect(result.every((error) => isAzureError(error, 'invalid'))).toBe(true);
    expect(requests).toHaveLength(0);
  });
});

describe('tags', () => {
  it('come newest first', async () => {
    const tags = await content.tags('myapp');
    expect(tags.map(({ name }) => name).sort()).toEqual(['1.0', '1.1', 'latest']);
    const times = tags.map(({ lastUpdated }) => Date.parse(lastUpdated ?? ''));
    expect([...times].sort((a, b) => b - a)).toEqual(times);
    expect(tags.every(({ digest }) => /^sha256:[0-9a-f]{64}$/.test(digest))).toBe(true);
    expect(await content.tags('myapp', { limit: 1 })).toEqual(tags.slice(0, 1));
  });

  it('of a repository that is not there are not found', async () => {
    expect(await failureOf(content.tags('no/such/thing'))).toMatchObject({ kind: 'notFound', code: 'NAME_UNKNOWN' });
  });
});

describe('manifests', () => {
  it('are described by HEAD and GET alike', async () => {
    const head = await content.headManifest('myapp', 'latest');
    const get = await content.getManifest('myapp', 'latest');
    expect(get).toMatchObject({ digest: head.digest, mediaType: head.mediaType, size: head.size, fromUpstream: false });
    expect(get.platforms?.map(({ platform }) => `${platform.os}/${platform.architecture}`)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
    expect(await content.getManifest('myapp', head.digest)).toMatchObject({ digest: head.digest });
    expect((await content.getManifest('myapp', get.platforms?.[0]?.digest ?? '')).platforms).toBeUndefined();
  });

  it('that are not there are not found, by HEAD and by GET', async () => {
    for (const read of [content.headManifest('myapp', 'none'), content.getManifest('myapp', 'none')]) {
      expect(await failureOf(read)).toMatchObject({ kind: 'notFound', code: 'MANIFEST_UNKNOWN', status: 404 });
    }
  });

  it.each(['UPPER/x', 'a b', 'sha256:short', '../..', ''])(
    'referred to as %j are refused without a request',
    async (reference) => {
      const { result, requests } = await under.requestsOf(() => failureOf(content.headManifest('myapp', reference)));
      expect(result).toMatchObject({ kind: 'invalid', code: 'InvalidReference' });
      expect(requests).toHaveLength(0);
    },
  );

  it('that do not match their digest are refused', async () => {
    const repository = state().repositories.get('tools/build_agent');
    const digest = repository?.tags.get('latest')?.digest ?? '';
    const manifest = repository?.manifests.get(digest);
    if (!manifest) {
      throw new Error('no manifest');
    }
    const bytes = Buffer.from(manifest.bytes);
    repository?.manifests.set(digest, { ...manifest, bytes: Buffer.concat([bytes, Buffer.from(' ')]) });
    expect(await failureOf(content.getManifest('tools/build_agent', 'latest'))).toMatchObject({
      code: 'DigestMismatch',
    });
    repository?.manifests.set(digest, manifest);
  });

  it('stored in the registry itself are listed with their tags', async () => {
    const { digest, platforms } = await content.getManifest('myapp', '1.1');
    const stored = await content.storedManifests('myapp');
    expect(stored.find((manifest) => manifest.digest === digest)?.tags).toContain('1.1');
    expect(stored.map((manifest) => manifest.digest)).toEqual(
      expect.arrayContaining(platforms?.map((one) => one.digest) ?? []),
    );
    expect(await content.storedManifests('no/such/thing')).toEqual([]);
    let cut = 0;
    expect(await content.storedManifests('myapp', { limit: 1, onCut: () => (cut += 1) })).toEqual(stored.slice(0, 1));
    expect(cut).toBe(1);
  });
});

describe('who may not', () => {
  it('list repositories gets forbidden, not a request to sign in', async () => {
    const registry = await under.registry('upstreamregistry');
    await under.azure.registries.setRoleAssignmentMode(registry.id, 'AbacRepositoryPermissions');
    try {
      const error = await failureOf(under.azure.registry(await under.registry('upstreamregistry')).repositories());
      expect(error).toMatchObject({ kind: 'forbidden', code: 'UNAUTHORIZED', status: 401 });
      expect(error).toHaveProperty('correlationId', expect.stringMatching(/^[0-9a-f-]{36}$/));
    } finally {
      await under.azure.registries.setRoleAssignmentMode(registry.id, 'LegacyRegistryPermissions');
    }
  });

  it('pass the firewall is told so', async () => {
    const resource = under.sandbox.state.resources.get(under.id('myregistry').toLowerCase());
    const registry = await under.registry('myregistry');
    if (resource) {
      resource.properties['publicNetworkAccess'] = 'Disabled';
    }
    const other = under.as('dev');
    expect(await failureOf(other.registry(await other.registries.get(registry.id)).repositories())).toMatchObject({
      kind: 'forbidden',
      status: 403,
      code: 'RegistryFirewall',
    });
    if (resource) {
      resource.properties['publicNetworkAccess'] = 'Enabled';
    }
  });
});

describe('trouble', () => {
  it('with throttling is waited out', async () => {
    const tags = await under.withFaults([{ match: 'GET .*/_tags', status: 429, retryAfter: 0, times: 2 }], () =>
      content.tags('myapp'),
    );
    expect(tags).toHaveLength(3);
  });

  it('with a storm is told', async () => {
    const error = await under.withFaults([{ match: 'GET .*/_tags', status: 429, retryAfter: 0 }], () =>
      failureOf(content.tags('myapp')),
    );
    expect(error).toMatchObject({ kind: 'throttled', status: 429 });
  });

  it('with the connection is tried again', async () => {
    const tags = await under.withFaults([{ match: 'GET .*/_tags', reset: 'before', times: 1 }], () =>
      content.tags('myapp'),
    );
    expect(tags).toHaveLength(3);
  });

  it('ends when cancelled', async () => {
    const abort = new AbortController();
    void under.asked(/\/_tags/).then(() => abort.abort());
    const error = await under.withFaults([{ match: 'GET .*/_tags', delayMs: 600_000 }], () =>
      failureOf(content.tags('myapp', { signal: abort.signal })),
    );
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('does not leak a registry token into errors', async () => {
    const id = randomUUID();
    const message = `bad token eyJhbGciOiJIUzI1NiJ9.eyJvaWQiOiJhYmMifQ.c2ln. CorrelationId: ${id}`;
    const error = await under.withFaults([{ match: 'GET .*/_tags', status: 400, code: 'BAD', message }], () =>
      failureOf(content.tags('myapp')),
    );
    expect(error).toMatchObject({ code: 'BAD', correlationId: id, message: expect.not.stringContaining('eyJ') });
  });
});
