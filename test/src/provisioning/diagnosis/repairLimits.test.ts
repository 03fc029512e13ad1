import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import { generateCondition } from '../../../../src/domain/condition/abacCondition.ts';
import { roles } from '../../../../src/domain/roles.ts';
import { narrowedCondition } from '../../../../src/provisioning/requirements/narrowedCondition.ts';
import { withoutArticleScope } from '../../../../src/provisioning/requirements/withoutArticleScope.ts';
import { applyPlan } from '../../../../src/provisioning/engine/apply.ts';
import { createWalkContext } from '../../../../src/provisioning/engine/walkContext.ts';
import { planOf } from '../../../../src/provisioning/plan.ts';
import type { ApplyResult } from '../../../../src/provisioning/types.ts';
import { pattern } from '../links.ts';
import { startWorld, states, type World } from '../world.ts';

let world: World;
afterEach(() => world.close());

async function start(): Promise<string> {
  world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 });
  await world.setUp();
  return (await world.azure.identities.get(world.link().authentication.identityId)).principalId;
}

async function assignments(principalId: string): Promise<string[]> {
  const found = await world.azure.roles.listForPrincipal(world.link().source.id, principalId);
  return found.map(({ roleId, scope }) => `${roleId} ${scope.replace(/^.*\/registries\//i, '')}`).sort();
}

describe('narrowing to what cache rules need', () => {
  async function widen(principalId: string): Promise<void> {
    const { source: upstream } = world.link();
    for (const { id } of await world.azure.roles.listForPrincipal(upstream.id, principalId))
      await world.azure.roles.delete(id);
    await world.assign(upstream.id, roles.repositoryReader.id, principalId);
  }
  const narrowing = async (azure: Azure = world.azure): Promise<{ verdict: string; reason: string }> =>
    narrowedCondition(world.link()).inspect(createWalkContext(azure));

  it('is refused where something carries the identity, and names it', async () => {
    const principalId = await start();
    await widen(principalId);
    expect(await narrowing()).toMatchObject({ verdict: 'missing' });
    const { downstream, authentication: identity } = world.link();
    const id = downstream.id.replace(/\/providers\/.*/, '/providers/Microsoft.Compute/virtualMachineScaleSets/kubelet');
    world.sandbox.state.resources.set(id.toLowerCase(), {
      id,
      name: 'kubelet',
      type: 'Microsoft.Compute/virtualMachineScaleSets',
      location: 'eastus',
      identity: {
        type: 'UserAssigned',
        userAssignedIdentities: { [identity.identityId]: { principalId, clientId: 'c' } },
      },
      properties: {},
      createdAt: 0,
    });
    expect(await narrowing()).toMatchObject({ verdict: 'conflicting', reason: expect.stringContaining('kubelet') });
    const context = createWalkContext(world.azure);
    await expect(narrowedCondition(world.link()).satisfy(context)).rejects.toThrow('kubelet');
  });

  it('is refused where not every subscription is looked at', async () => {
    await widen(await start());
    const { tenantId = '' } = world.azure.subscriptions[0] ?? {};
    expect(await narrowing({ ...world.azure, unselected: [{ name: 'Production', tenantId }] })).toMatchObject({
      verdict: 'conflicting',
      reason: expect.stringContaining('Production'),
    });
  });
});

describe("removing what is at the article's scope", () => {
  const remove = async (): Promise<ApplyResult> =>
    applyPlan(world.azure, await planOf(world.azure, { requirements: [withoutArticleScope(world.link())] }));

  it('leaves other roles and conditions of others', async () => {
    const principalId = await start();
    const scope = `${world.link().source.id}/repositories/myapp`;
    const foreign = generateCondition([pattern('myapp'), pattern('other')]);
    await world.assign(scope, roles.repositoryContributor.id, principalId);
    await world.assign(scope, roles.repositoryReader.id, principalId, foreign);
    await world.assign(scope, roles.acrPull.id, principalId);
    const before = await assignments(principalId);
    await remove();
    expect(await assignments(principalId)).toEqual(before.filter((line) => !line.startsWith(roles.acrPull.id)));
  });

  it('removes nothing while it is all that the identity has', async () => {
    const principalId = await start();
    const { source: upstream } = world.link();
    for (const { id } of await world.azure.roles.listForPrincipal(upstream.id, principalId))
      await world.azure.roles.delete(id);
    await world.assign(`${upstream.id}/repositories/myapp`, roles.repositoryReader.id, principalId);
    expect(states(await remove())).toEqual({ withoutArticleScope: 'failed' });
    expect(await assignments(principalId)).toHaveLength(1);
  });
});
