import { afterEach, expect, it } from 'vitest';
import { cacheRuleArmId } from '../../../../src/domain/armId.ts';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { cleanUpAll } from '../cleaning.ts';
import { pattern } from '../links.ts';
import { startWorld, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

const cleanUp = () => cleanUpAll(world.azure, cacheRuleArmId(world.link().downstream.id, 'MyRule'));

it('leaves the registry in ABAC mode', async () => {
  world = await startWorld({ upstream: { roleAssignmentMode: 'LegacyRegistryPermissions' } });
  await world.setUp(world.link({ allowAbacSwitch: true }));
  await cleanUp();
  expect((await world.registry('upstreamregistry')).roleAssignmentMode).toBe('AbacRepositoryPermissions');
});

it('keeps permission and identity when some registry cannot be read', async () => {
  world = await startWorld();
  const link = world.link();
  await world.setUp(link);
  await world.withFaults([{ match: '^GET .*upstreamregistry/cacheRules', status: 403 }], cleanUp);
  expect(await world.azure.cacheRules.list(link.downstream.id)).toEqual([]);
  const { principalId } = await world.azure.identities.get(link.authentication.identityId);
  expect(await world.azure.roles.listForPrincipal(link.source.id, principalId)).toHaveLength(1);
});

it.each(['', '/repositories/myapp'])('leaves a condition that someone else wrote (at "%s")', async (below) => {
  world = await startWorld();
  const link = world.link({ access: below === '' ? 'condition' : 'repositoryScope' });
  const { principalId } = await world.azure.identities.create(link.authentication.identityId, 'eastus');
  const theirs = generateCondition([pattern('myapp'), pattern('base/node')]);
  await world.assign(`${link.source.id}${below}`, roles.repositoryReader.id, principalId, theirs);
  await world.setUp(link);
  await cleanUp();
  const found = await world.azure.roles.listForPrincipal(link.source.id, principalId);
  expect(found.map(({ condition }) => condition)).toEqual([theirs]);
});

it('takes away one that someone else wrote only for this rule', async () => {
  world = await startWorld();
  const link = world.link();
  const { principalId } = await world.azure.identities.create(link.authentication.identityId, 'eastus');
  await world.assign(link.source.id, roles.repositoryReader.id, principalId, generateCondition([pattern('myapp')]));
  await world.setUp(link);
  await cleanUp();
  expect(await world.azure.roles.listForPrincipal(link.source.id, principalId)).toEqual([]);
});
