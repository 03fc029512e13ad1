import { expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { generateCondition, sameCondition } from '../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../src/domain/roles.ts';
import type { RoleAssignment } from '../../../src/domain/types.ts';
import {
  accessRevocations,
  performRevocation,
  type AccessRevocation,
} from '../../../src/provisioning/access/accessRevocations.ts';
import { readIdentityUsage } from '../../../src/provisioning/access/identityUsage.ts';
import { narrowedCondition } from '../../../src/provisioning/requirements/narrowedCondition.ts';
import { createWalkContext } from '../../../src/provisioning/engine/walkContext.ts';
import { mapping } from './links.ts';
import { pattern } from '../../samples.ts';
import { inOneWorld } from './savedState.ts';
import { startWorld, type World } from './world.ts';

let world: World;
inOneWorld(async () => (world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 })));

const timeScale = 0.01;

/** A set-up of `myapp` and `other` by one assignment, and what taking `myapp` out of it means. */
async function review(): Promise<AccessRevocation> {
  const link = world.link({ mappings: [mapping('MyRule', 'myapp'), mapping('OtherRule', 'charts/shop')] });
  await world.setUp(link);
  const mine = world.link();
  const usage = await readIdentityUsage(
    createWalkContext(world.azure),
    await world.azure.identities.get(mine.authentication.identityId),
    mine.downstream.id,
  );
  const rules = usage.rules.filter(({ name }) => name !== 'MyRule');
  const [found] = accessRevocations(mine, { ...usage, rules });
  if (!found) throw new Error('no revocation');
  return found;
}

/** What a colleague writes. */
async function write({ scope, name, roleId, principalId }: RoleAssignment, repositories: string[]): Promise<void> {
  const condition = generateCondition(repositories.map(pattern)) ?? '';
  await world.azure.roles.put(scope, name, { roleId, principalId, principalType: 'ServicePrincipal', condition });
}

async function expectCondition({ scope, principalId }: RoleAssignment, repositories: string[]): Promise<void> {
  const [present] = await world.azure.roles.listForPrincipal(scope, principalId);
  const wanted = generateCondition(repositories.map(pattern));
  expect(sameCondition(present?.condition, wanted), present?.condition).toBe(true);
}

it('keeps what was added to the condition since it was reviewed', async () => {
  const revocation = await review();
  await write(revocation.assignment, ['myapp', 'charts/shop', 'added']);
  await performRevocation(createWalkContext(world.azure, { timeScale }), revocation);
  await expectCondition(revocation.assignment, ['charts/shop', 'added']);
});

it('takes it out again when a colleague, who had read before, puts it back', async () => {
  const revocation = await review();
  const { roles } = world.azure;
  let writes = 0;
  const azure: Azure = {
    ...world.azure,
    roles: {
      ...roles,
      async put(...input) {
        const written = await roles.put(...input);
        writes += 1;
        if (writes === 1) await write(revocation.assignment, ['myapp', 'charts/shop', 'added']);
        return written;
      },
    },
  };
  await performRevocation(createWalkContext(azure, { timeScale }), revocation);
  expect(writes).toBe(2);
  await expectCondition(revocation.assignment, ['charts/shop', 'added']);
});

it('narrows a prefix that lacks its slash, and keeps where the name comes from', async () => {
  const link = world.link();
  const { principalId } = await world.azure.identities.create(link.authentication.identityId, 'eastus');
  const conditionFor = (text: string) => generateCondition([pattern(text)])?.replaceAll('@Request', '@Resource') ?? '';
  const wide = conditionFor('my/*').replace("'my/'", "'my'");
  await world.assign(link.source.id, roles.repositoryReader.id, principalId, wide);
  await narrowedCondition(link).satisfy(createWalkContext(world.azure, { timeScale }));
  const present = await world.azure.roles.listForPrincipal(link.source.id, principalId);
  expect(present.map(({ condition }) => condition)).toEqual([conditionFor('myapp')]);
});
