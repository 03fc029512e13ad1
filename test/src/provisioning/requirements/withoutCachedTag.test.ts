import { expect, it } from 'vitest';
import type { Azure, CallOptions, RegistryContent } from '../../../../src/azure/azure.ts';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import { withoutCachedTag } from '../../../../src/provisioning/requirements/absence/withoutCachedTag.ts';
import type { Plan } from '../../../../src/provisioning/types.ts';
import { inOneWorld } from '../savedState.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
let content: RegistryContent;
/** `myapp:1.0` is cached: its index, and the platform that was pulled. */
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  content = world.azure.registry(await world.registry('myregistry'));
  await content.pull('myapp', '1.0');
  await world.sandbox.advance(5000);
  return world;
});

async function planReset(): Promise<Plan> {
  const rule = await world.azure.cacheRules.get(cacheRuleArmId(world.link().downstream.id, 'MyRule'));
  const registry = await world.registry('myregistry');
  return planOf(world.azure, { requirements: [withoutCachedTag(registry, rule, 'myapp', '1.0')] });
}

it('a cached tag is forgotten with its index and parts, and the next pull copies again', async () => {
  expect((await applyPlan(world.azure, await planReset())).outcome).toBe('complete');
  expect(await content.storedManifests('myapp')).toEqual([]);
  await content.pull('myapp', '1.0');
  await expect.poll(() => content.storedManifests('myapp')).toHaveLength(2);
});

it.each([
  ['deleteManifest', 'complete', 1],
  ['manifestReferences', 'cancelled', 2],
] as const)('cancelled at %s: %s, nothing new is begun', async (method, outcome, left) => {
  const abort = new AbortController();
  const cancelling: RegistryContent = {
    ...content,
    [method]: (repository: string, digest: string, options?: CallOptions) => {
      abort.abort();
      return content[method](repository, digest, options);
    },
  };
  const azure: Azure = { ...world.azure, registry: () => cancelling };
  const result = await applyPlan(azure, await planReset(), { signal: abort.signal });
  expect(result).toMatchObject({ outcome, done: { length: 2 - left }, begun: [] });
  expect(await content.tags('myapp')).toHaveLength(left - 1);
  expect(await content.storedManifests('myapp')).toHaveLength(left);
});

it('a tag that names another image since the review is left', async () => {
  const plan = await planReset();
  const registry = await world.registry('myregistry');
  const { tags, manifests } = world.sandbox.state.content.get(registry.id.toLowerCase())!.repositories.get('myapp')!;
  const digest = [...manifests.keys()].find((one) => one !== tags.get('1.0')?.digest)!;
  tags.set('1.0', { digest, createdAt: 0, updatedAt: 0 });
  const { steps } = await applyPlan(world.azure, plan);
  expect(steps).toMatchObject([{ state: 'failed', error: { code: 'ChangedSinceReview' } }]);
  expect(tags.has('1.0')).toBe(true);
});
