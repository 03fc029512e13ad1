import { afterEach, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { replacementOf } from '../../../../src/provisioning/changes/changeRule.ts';
import { cleanUpPlan } from '../../../../src/provisioning/changes/cleanUp.ts';
import { createWalkContext } from '../../../../src/provisioning/engine/walkContext.ts';
import { narrowedCondition } from '../../../../src/provisioning/requirements/narrowedCondition.ts';
import { requirementsOf } from '../../../../src/provisioning/requirements/requirementsOf.ts';
import { withoutArticleScope } from '../../../../src/provisioning/requirements/absence/withoutArticleScope.ts';
import type { Key } from '../../../../src/provisioning/engine/memo.ts';
import type { WalkContext } from '../../../../src/provisioning/types.ts';
import { mapping } from '../links.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

/** What does not change by what others do during a change, or is only asked for what to say. */
const lasting: readonly Key['kind'][] = ['registries', 'registry', 'permissions', 'newPrincipal'];

function isCovered(read: Key, { kind, id = read.id, part = read.part }: Key): boolean {
  return kind === read.kind && id === read.id && part === read.part;
}

it('what an inspection remembers of its reads is read again before the write', async () => {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  const link = world.link();
  await world.azure.registry(await world.registry('myregistry')).pull('myapp', '1.0');
  const { steps } = await cleanUpPlan(world.azure, cacheRuleArmId(link.downstream.id, 'MyRule'));
  const replaced = replacementOf({
    kind: 'replace',
    link: world.link({ mappings: [mapping('MyRule', 'charts/*', 'shop/*')] }),
    replaces: mapping('MyRule', 'myapp'),
  });
  const requirements = [
    ...requirementsOf(link),
    ...requirementsOf(world.link({ access: 'repositoryScope' })),
    ...replaced.requirements,
    ...steps.map(({ requirement }) => requirement),
    narrowedCondition(link),
    withoutArticleScope(link),
  ];
  const unread: string[] = [];
  for (const requirement of requirements) {
    const context = createWalkContext(world.azure);
    const memo: WalkContext['memo'] = (key, read) => {
      const isRead = lasting.includes(key.kind) || requirement.reads.some((one) => isCovered(key, one));
      if (!isRead) unread.push(`${requirement.id}: ${key.kind}`);
      return context.memo(key, read);
    };
    await requirement.inspect({ ...context, memo });
  }
  expect(unread).toEqual([]);
});
