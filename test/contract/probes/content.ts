import { roles } from '../../../src/domain/roles.ts';
import type { Probe } from '../types.ts';
import { succeeds, type World } from '../world.ts';

/** Longest that a copy is waited for. Milliseconds of the service's time. */
const copyMs = 180_000;

/** What the downstream stores, and when. Needs the rule's identity to be able to read `sample/app`. */
export const contentProbes: readonly Probe[] = [
  {
    fact: 'head-starts-copy',
    isIndependent: true,
    option: 'headStartsCopy',
    async observe({ createRule, upstream, azure, downstream, wait }) {
      await createRule('contract-head', upstream, 'sample/app', 'content/head');
      const content = azure.registry(downstream);
      const first = await content.headManifest('content/head', 'v1');
      await wait(90_000);
      return { fromUpstream: first.fromUpstream, stored: (await content.storedManifests('content/head')).length > 0 };
    },
  },
  {
    fact: 'origin-header',
    expected: { first: true, later: false },
    async observe(world) {
      const { createRule, upstream, azure, downstream, eventually } = world;
      await createRule('contract-content', upstream, 'sample/app', 'content/app');
      const content = azure.registry(downstream);
      const pulled = await content.pull('content/app', 'v1', { platform: { os: 'linux', architecture: 'amd64' } });
      const isCached = await eventually(
        copyMs,
        async () => !(await content.headManifest('content/app', 'v1')).fromUpstream,
      );
      return { first: pulled.fromUpstream, later: !isCached };
    },
  },
  {
    fact: 'partial-copy',
    expected: { manifests: 2, platforms: ['linux/amd64'] },
    async observe(world) {
      const { azure, downstream, eventually } = world;
      const content = azure.registry(downstream);
      await eventually(copyMs, async () => (await content.storedManifests('content/app')).length >= 2);
      const stored = await content.storedManifests('content/app');
      return {
        manifests: stored.length,
        platforms: stored.flatMap(({ platform }) => (platform ? [`${platform.os}/${platform.architecture}`] : [])),
      };
    },
  },
  {
    fact: 'rule-delete-keeps-content',
    expected: { repository: true, tag: true },
    async observe({ azure, downstream, ruleId }) {
      await azure.cacheRules.delete(ruleId('contract-content'));
      const content = azure.registry(downstream);
      return {
        repository: await content.repositoryExists('content/app'),
        tag: await succeeds(content.headManifest('content/app', 'v1')),
      };
    },
  },
  {
    fact: 'tag-freshness',
    option: 'freshMs',
    isSlow: true,
    async observe(world) {
      const { azure, downstream, createRule, rbacUpstream, push, eventually } = world;
      const content = azure.registry(downstream);
      await createRule('contract-fresh', rbacUpstream, 'sample/app', 'content/fresh');
      if (!(await succeeds(content.pull('content/fresh', 'v1')))) return freshnessFromAbac(world);
      await eventually(copyMs, async () => !(await content.headManifest('content/fresh', 'v1')).fromUpstream);
      const digest = await push(rbacUpstream, 'sample/app', 'v1', `second ${Date.now()}`);
      return { minutes: await minutesUntil(world, 'content/fresh', digest) };
    },
  },
];

/** Where an upstream in RBAC mode cannot be read: this account is given the role to push into the one in ABAC mode. */
async function freshnessFromAbac(world: World): Promise<{ minutes: number }> {
  const { azure, downstream, createRule, upstream, reread, assign, push, eventually } = world;
  await createRule('contract-fresh-abac', upstream, 'sample/app', 'content/fresh-abac');
  const content = azure.registry(downstream);
  await content.pull('content/fresh-abac', 'v1');
  await eventually(copyMs, async () => !(await content.headManifest('content/fresh-abac', 'v1')).fromUpstream);
  const me = await azure.roles.signedIn(upstream.id);
  if (!me) throw new Error('The account that runs this cannot be given a role.');
  const { principalId, principalType } = me;
  await assign(upstream.id, { roleId: roles.repositoryContributor.id, principalId, principalType });
  const registry = await reread(upstream);
  let digest = '';
  await eventually(300_000, async () => {
    digest = await push(registry, 'sample/app', 'v1', `second ${Date.now()}`).catch(() => '');
    return digest !== '';
  });
  return { minutes: await minutesUntil(world, 'content/fresh-abac', digest) };
}

/** Whole minutes, rounded up, until the downstream answers with the digest; 0 if it does not within ten. */
async function minutesUntil({ azure, downstream, wait }: World, repository: string, digest: string): Promise<number> {
  const content = azure.registry(downstream);
  for (let minute = 1; minute <= 10; minute++) {
    await wait(60_000);
    if ((await content.headManifest(repository, 'v1')).digest === digest) return minute;
  }
  return 0;
}
