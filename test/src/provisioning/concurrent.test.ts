import { describe, expect, it } from 'vitest';
import type { Azure } from '../../../src/azure/azure.ts';
import { generateCondition, parseCondition } from '../../../src/domain/condition/abacCondition.ts';
import { cacheRuleArmId } from '../../../src/domain/armId.ts';
import { roleAssignmentName } from '../../../src/domain/guid.ts';
import { roles } from '../../../src/domain/roles.ts';
import { applyPlan } from '../../../src/provisioning/engine/apply.ts';
import { mapping } from './links.ts';
import { pattern } from '../../samples.ts';
import { inOneWorld } from './savedState.ts';
import { startWorld, states, verdicts, type World } from './world.ts';

/** Other people, and other windows, work on the same things at the same time. */
let world: World;
inOneWorld(async () => (world = await startWorld({ retryAfterSeconds: 0, operationMs: 5 })));

async function makeIdentity(): Promise<string> {
  return (await world.azure.identities.create(world.link().authentication.identityId, 'eastus')).principalId;
}

/** Azure as this window sees it: while the upstream is switched to ABAC mode, others work. */
function switchingWhile(others: () => Promise<void>): Azure {
  const { registries } = world.azure;
  return {
    ...world.azure,
    registries: {
      ...registries,
      async setRoleAssignmentMode(...given) {
        const switched = await registries.setRoleAssignmentMode(...given);
        await others();
        return switched;
      },
    },
  };
}

/** Writes the identity's assignment at the upstream as a colleague would, with exactly these repositories. */
async function grant(principalId: string, ...repositories: string[]): Promise<void> {
  const { source: upstream } = world.link();
  const condition = generateCondition(repositories.map(pattern));
  await world.azure.roles.put(upstream.id, roleAssignmentName(upstream.id, principalId, roles.repositoryReader.id), {
    roleId: roles.repositoryReader.id,
    principalId,
    principalType: 'ServicePrincipal',
    ...(condition === undefined ? {} : { condition }),
  });
}

async function granted(principalId: string): Promise<string[]> {
  const found = await world.azure.roles.listForPrincipal(world.link().source.id, principalId);
  return found.flatMap(({ condition }) => {
    const parsed = parseCondition(condition ?? '');
    return parsed.ok ? parsed.value.grants.map(({ value }) => value).sort() : [];
  });
}

describe('the shared role assignment', () => {
  it('keeps what a colleague granted while the registry was switched to ABAC mode', async () => {
    world.setMode('LegacyRegistryPermissions');
    const principalId = await makeIdentity();
    await grant(principalId, 'charts/shop');
    const plan = await world.plan(world.link({ allowAbacSwitch: true }));
    const azure = switchingWhile(() => grant(principalId, 'charts/shop', 'base/node'));
    const result = await applyPlan(azure, plan, { timeScale: 0.02 });
    expect(result.outcome).toBe('complete');
    expect(await granted(principalId)).toEqual(['base/node', 'charts/shop', 'myapp']);
  });

  it('lets two windows add their repositories at the same moment', async () => {
    const principalId = await makeIdentity();
    const { roles: client } = world.azure;
    let writes = 0;
    let haveRead = (): void => undefined;
    const allHaveRead = new Promise<void>((resolve) => (haveRead = resolve));
    const roleClient: Azure['roles'] = {
      ...client,
      async put(...given) {
        if (++writes === links.length) haveRead();
        await allHaveRead;
        return client.put(...given);
      },
    };
    const azure: Azure = { ...world.azure, roles: roleClient };
    const links = ['myapp', 'base/node', 'charts/shop'].map((source, index) =>
      world.link({ mappings: [mapping(`Window${index}`, source)] }),
    );
    const plans = await Promise.all(links.map((link) => world.plan(link)));
    const results = await Promise.all(plans.map((plan) => applyPlan(azure, plan, { timeScale: 0.3 })));
    expect(results.map(({ outcome }) => outcome)).toEqual(['complete', 'complete', 'complete']);
    expect(writes).toBeGreaterThan(links.length);
    expect(await granted(principalId)).toEqual(['base/node', 'charts/shop', 'myapp']);
  });
});

describe('a rule made by someone else while its needs were met', () => {
  it('is not given another identity', async () => {
    await makeIdentity();
    const link = world.link({ allowFeatureRegistration: true });
    const theirs = (
      await world.azure.identities.create(link.authentication.identityId.replace(/[^/]+$/, 'Colleague'), 'eastus')
    ).id;
    const id = cacheRuleArmId(link.downstream.id, 'MyRule');
    const plan = await world.plan(link);
    const { features: client } = world.azure;
    const features: Azure['features'] = {
      ...client,
      async register(...given) {
        await world.azure.cacheRules.create(id, {
          sourceRepository: `${link.source.loginServer}/myapp`,
          targetRepository: 'myapp',
          identityId: theirs,
        });
        return client.register(...given);
      },
    };
    const result = await applyPlan({ ...world.azure, features }, plan, { timeScale: 0.02 });
    expect(states(result)).toMatchObject({ featureFlag: 'done', 'cacheRule:MyRule': 'failed' });
    expect((await world.azure.cacheRules.get(id)).identity?.id.toLowerCase()).toBe(theirs.toLowerCase());
  });
});

describe('an identity that was deleted and made again', () => {
  async function recreate(): Promise<string> {
    const { authentication: identity } = world.link();
    await world.azure.identities.delete(identity.identityId);
    return makeIdentity();
  }

  it('is taken over by a rule of its name, cached images or not', async () => {
    await world.setUp();
    await world.azure.registry(await world.registry('myregistry')).pull('myapp', 'latest');
    await world.sandbox.advance(5000);
    const principalId = await recreate();
    const plan = await world.plan();
    expect(verdicts(plan)).toMatchObject({ identity: 'satisfied', 'cacheRule:MyRule': 'missing' });
    expect((await world.setUp()).outcome).toBe('complete');
    const [rule] = await world.azure.cacheRules.list(world.link().downstream.id);
    expect(rule?.identity?.principalId).toBe(principalId);
  });
});
