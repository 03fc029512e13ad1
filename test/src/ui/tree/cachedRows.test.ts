import { expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import type { CacheRule } from '../../../../src/domain/types.ts';
import { readCachedRows } from '../../../../src/ui/tree/cachedRows.lazy.ts';
import { createNodeStore, type RepositoryNode, type RuleNode } from '../../../../src/ui/tree/nodes.ts';
import { mapping } from '../../provisioning/links.ts';
import { inOneWorld } from '../../provisioning/savedState.ts';
import { startWorld, type World } from '../../provisioning/world.ts';

let world: World;
inOneWorld(async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp(world.link({ mappings: [mapping('MyRule', 'myapp'), mapping('Wildcard', '*', '*')] }));
  return world;
});

const nodes = createNodeStore();

async function read(ruleName: string, parentOf = (node: RuleNode): RuleNode | RepositoryNode => node) {
  const azure = world.as('dev');
  const registryId = world.link().downstream.id;
  const ruleId = cacheRuleArmId(registryId, ruleName);
  const rule: CacheRule = await azure.cacheRules.get(ruleId);
  const { signal } = new AbortController();
  return readCachedRows(
    parentOf(nodes.rule(registryId, ruleId)),
    { azure, rule, registry: () => undefined, signal },
    nodes,
  );
}

async function pull(repository: string, tag: string): Promise<void> {
  const content = world.azure.registry(await world.registry('myregistry'));
  await content.pull(repository, tag);
  await expect.poll(async () => (await content.tags(repository)).map(({ name }) => name)).toContain(tag);
}

it('a rule that has cached nothing has no rows', async () => {
  expect(await read('MyRule')).toEqual({ rows: [], more: 0, untagged: 0, isCut: false });
});

it('what a rule has cached are its tags, with platforms, and what is known of the upstream', async () => {
  await pull('myapp', '1.0');
  const tag = { kind: 'tag', repository: 'myapp', tag: '1.0', upstreamState: 'unknown' };
  const known = { platforms: [expect.stringMatching(/^linux\//)], upstreamReason: expect.any(String) };
  // The tag is there before its platform.
  await expect.poll(async () => (await read('MyRule')).rows).toMatchObject([{ ...tag, ...known }]);
});

it('what a wildcard has cached are its repositories, not those of another rule, and below each its tags', async () => {
  await pull('myapp', '1.0');
  await pull('base/node', 'latest');
  const { rows } = await read('Wildcard');
  expect(rows).toMatchObject([{ kind: 'repository', repository: 'base/node', source: 'base/node' }]);
  const [repository] = rows;
  const below = await read('Wildcard', (node) => (repository?.kind === 'repository' ? repository : node));
  expect(below.rows).toMatchObject([{ kind: 'tag', parent: repository, repository: 'base/node', tag: 'latest' }]);
});
