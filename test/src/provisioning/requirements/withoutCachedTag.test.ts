import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { applyPlan, type ApplyOptions } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { withoutCachedTag } from '../../../../src/provisioning/requirements/withoutCachedTag.ts';
import type { ApplyResult, Plan } from '../../../../src/provisioning/types.ts';
import type { RepositoryState } from '../../../sandbox/src/types.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

async function start(): Promise<void> {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
}

const ruleId = (): string => cacheRuleArmId(world.link().downstream.id, 'MyRule');
const rule = (): Promise<CacheRule> => world.azure.cacheRules.get(ruleId());

async function planReset(azure: Azure, of: CacheRule, tag: string): Promise<Plan> {
  const registry = await world.registry('myregistry');
  return planOf(azure, { requirements: [withoutCachedTag(registry, of, 'myapp', tag)] });
}

async function reset(azure: Azure, tag: string, options: ApplyOptions = {}): Promise<ApplyResult> {
  return applyPlan(azure, await planReset(azure, await rule(), tag), { timeScale: 0.02, ...options });
}

/** Digests that the registry stores. */
async function storedDigests(): Promise<string[]> {
  const content = world.azure.registry(await world.registry('myregistry'));
  return (await content.storedManifests('myapp')).map(({ digest }) => digest);
}

describe('resetting a cached tag', () => {
  it.each(['gone', 'made anew'])('deletes nothing once the rule is %s: it might not come back', async (state) => {
    await start();
    const seen = await rule();
    const content = world.azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.tags('myapp')).length).toBe(1);
    if (state === 'gone') await world.azure.cacheRules.delete(ruleId());
    const stale = state === 'gone' ? seen : { ...seen, creationDate: '2020-01-01T00:00:00Z' };
    const plan = await planReset(world.azure, stale, '1.0');
    expect(plan).toMatchObject({ canApply: false, steps: [{ inspection: { code: 'RuleChanged' } }] });
    expect((await applyPlan(world.azure, plan)).outcome).toBe('failed');
    expect(await content.tags('myapp')).toHaveLength(1);
  });

  it('forgets the tag with its index and parts, and the next pull copies again', async () => {
    await start();
    const registry = await world.registry('myregistry');
    const content = world.azure.registry(registry);
    await content.pull('myapp', '1.0');
    // The index and the platform that was pulled.
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const stored = await content.storedManifests('myapp');
    const result = await reset(world.azure, '1.0');
    expect(result.outcome).toBe('complete');
    expect(result.done[0]).toMatch(/next pull copies/);
    expect(await content.storedManifests('myapp')).toEqual([]);
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(stored.length);
  });

  it('keeps an image that another tag names', async () => {
    await start();
    const registry = await world.registry('myregistry');
    const content = world.azure.registry(registry);
    await content.pull('myapp', '1.0');
    // The index, which comes first, and the platform that was pulled.
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const tags = world.sandbox.state.content.get(registry.id.toLowerCase())?.repositories.get('myapp')?.tags;
    const first = tags?.get('1.0');
    if (!tags || !first) throw new Error('not cached');
    tags.set('twin', { ...first });
    const before = await storedDigests();
    await reset(world.azure, 'twin');
    expect(await storedDigests()).toEqual(before);
    expect((await content.tags('myapp')).map(({ name }) => name)).toEqual(['1.0']);
  });

  /** Cached `myapp:1.0` with its index, and the digest of one image below it, which gets the tag `amd64`. */
  async function cachedWithPlatformTag(): Promise<{ registryId: string; index: string; image: string }> {
    await start();
    const registry = await world.registry('myregistry');
    const content = world.azure.registry(registry);
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const stored = await content.storedManifests('myapp');
    const index = stored.find(({ tags }) => tags.includes('1.0'))?.digest ?? '';
    const image = stored.find(({ tags }) => tags.length === 0)?.digest ?? '';
    repositoryState(registry.id).tags.set('amd64', { digest: image, createdAt: 0, updatedAt: 0 });
    return { registryId: registry.id, index, image };
  }

  function repositoryState(registryId: string): RepositoryState {
    const state = world.sandbox.state.content.get(registryId.toLowerCase())?.repositories.get('myapp');
    if (!state) throw new Error('not cached');
    return state;
  }

  it('keeps an image that an index names', async () => {
    const { registryId, image } = await cachedWithPlatformTag();
    const { done } = await reset(world.azure, 'amd64');
    expect(done[0]).toMatch(/another image index names it/);
    expect([...repositoryState(registryId).tags.keys()]).toEqual(['1.0']);
    expect(repositoryState(registryId).manifests.has(image)).toBe(true);
  });

  it('keeps an image when an index does not say what it names', async () => {
    const { registryId, index, image } = await cachedWithPlatformTag();
    const faults = [{ match: `_manifests/${index}`, status: 403 }];
    const { done } = await world.withFaults(faults, () => reset(world.azure, 'amd64'));
    expect(done[0]).toMatch(/could not be found out/);
    expect(repositoryState(registryId).manifests.has(image)).toBe(true);
    const state = repositoryState(registryId);
    state.tags.set('amd64', { digest: image, createdAt: 0, updatedAt: 0 });
    const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests: [] }));
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    state.manifests.set(index, { mediaType, bytes, createdAt: 0, updatedAt: 0 });
    await reset(world.azure, 'amd64');
    expect(repositoryState(registryId).tags.has('amd64')).toBe(false);
    expect(repositoryState(registryId).manifests.has(image)).toBe(true);
  });

  it('keeps the manifests when not all of them were listed', async () => {
    const { registryId } = await cachedWithPlatformTag();
    const { azure } = world;
    // The limit is the client's own; ten thousand manifests would make the test slow.
    const limited: Azure = {
      ...azure,
      registry: (registry) => {
        const content = azure.registry(registry);
        return {
          ...content,
          storedManifests: (name, options) => {
            options?.onCut?.();
            return content.storedManifests(name, options);
          },
        };
      },
    };
    const before = await storedDigests();
    await reset(limited, '1.0');
    expect(await storedDigests()).toEqual(before);
    expect([...repositoryState(registryId).tags.keys()]).toEqual(['amd64']);
  });

  it('cancelled while it deletes, says what became of the tag, and begins nothing new', async () => {
    await start();
    const registry = await world.registry('myregistry');
    const { azure } = world;
    const content = azure.registry(registry);
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const abort = new AbortController();
    const cancelled: Azure = {
      ...azure,
      registry: () => ({
        ...content,
        deleteManifest: (repository, digest, options) => {
          abort.abort();
          return content.deleteManifest(repository, digest, options);
        },
      }),
    };
    const result = await reset(cancelled, '1.0', { signal: abort.signal });
    expect(result.done[0]).toMatch(/no longer cached/);
    expect(await content.tags('myapp')).toEqual([]);
    expect(await storedDigests()).toHaveLength(1);
  });

  it('cancelled while it looks what else names the image, deletes nothing', async () => {
    await start();
    const { azure } = world;
    const content = azure.registry(await world.registry('myregistry'));
    await content.pull('myapp', '1.0');
    await expect.poll(async () => (await content.storedManifests('myapp')).length).toBe(2);
    const abort = new AbortController();
    const cancelled: Azure = {
      ...azure,
      registry: () => ({
        ...content,
        manifestReferences: (repository, digest, options) => {
          abort.abort();
          return content.manifestReferences(repository, digest, options);
        },
      }),
    };
    const result = await reset(cancelled, '1.0', { signal: abort.signal });
    expect(result).toMatchObject({ outcome: 'cancelled', done: [], begun: [] });
    expect(await storedDigests()).toHaveLength(2);
  });

  it('says when it is not cached', async () => {
    await start();
    expect(await planReset(world.azure, await rule(), 'none')).toMatchObject({
      steps: [{ inspection: { verdict: 'satisfied' } }],
    });
  });

  it('leaves a tag that names another image since the review', async () => {
    const { registryId, index } = await cachedWithPlatformTag();
    const plan = await planReset(world.azure, await rule(), 'amd64');
    repositoryState(registryId).tags.set('amd64', { digest: index, createdAt: 0, updatedAt: 0 });
    const { steps } = await applyPlan(world.azure, plan, { timeScale: 0.02 });
    expect(steps).toMatchObject([{ state: 'failed', error: { code: 'ChangedSinceReview' } }]);
    expect(repositoryState(registryId).tags.has('amd64')).toBe(true);
  });
});
