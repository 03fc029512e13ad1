import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Azure } from '../../../../src/azure/azure.ts';
import type { Identity } from '../../../../src/domain/types.ts';
import { cacheRuleArmId, identityArmId } from '../../../../src/domain/armId.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
let registryId: string;
let upstream: string;
let identity: Identity;

beforeAll(async () => {
  under = await startAzure({ retryAfterSeconds: 0 });
  registryId = under.id('myregistry');
  upstream = (await under.registry('upstreamregistry')).loginServer;
  identity = await under.azure.identities.create(
    identityArmId(under.subscriptionId, 'MyResourceGroup', 'CacheIdentity'),
    'eastus',
  );
});
afterEach(async () => {
  const rules = await under.azure.cacheRules.list(registryId);
  await Promise.all(rules.map((rule) => under.azure.cacheRules.delete(rule.id)));
});
afterAll(() => under.close());

/** Someone with a role on one registry only. */
function registryOnly(): Azure {
  const objectId = randomUUID();
  const { sandbox } = under;
  const name = `registryOnly-${objectId.slice(0, 8)}`;
  const tenantId = sandbox.state.tenantId;
  sandbox.state.principals.set(objectId, { objectId, tenantId, type: 'User', name, createdAt: 0 });
  const id = `${registryId}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
  sandbox.state.roleAssignments.set(id.toLowerCase(), {
    id,
    name: id.split('/').at(-1) ?? '',
    scope: registryId,
    roleDefinitionId: `/subscriptions/${under.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/df87f177-bb12-4db1-9793-a413691eff94`,
    principalId: objectId,
    principalType: 'User',
    createdAt: 0,
    updatedAt: 0,
  });
  return under.as(name);
}

const rulePut = 'PUT .*/cacheRules/';

function newRule(): { id: string; input: { sourceRepository: string; targetRepository: string; identityId: string } } {
  const name = `rule-${randomUUID().slice(0, 8)}`;
  return {
    id: cacheRuleArmId(registryId, name),
    input: { sourceRepository: `${upstream}/myapp`, targetRepository: `cache/${name}`, identityId: identity.id },
  };
}

describe('cache rules', () => {
  it('are created with their identity, which is read back', async () => {
    const { id, input } = newRule();
    const { result, requests } = await under.requestsOf(() => under.azure.cacheRules.create(id, input));
    const expected = {
      id,
      name: id.split('/').at(-1),
      registryId,
      sourceRepository: input.sourceRepository,
      targetRepository: input.targetRepository,
      identity: { id: identity.id, principalId: identity.principalId, clientId: identity.clientId },
      provisioningState: 'Succeeded',
    };
    expect(result).toMatchObject(expected);
    expect(result.credentialSetId).toBeUndefined();
    expect(requests.some(({ url }) => url.includes('/operationStatuses/'))).toBe(true);
    expect(await under.azure.cacheRules.get(id)).toMatchObject(expected);
    expect(await under.azure.cacheRules.list(registryId)).toEqual([result]);
  });

  it('are listed by one request where nothing is to be written, of the api-version that most clouds have', async () => {
    const azure = under.as('dev');
    const { requests } = await under.requestsOf(() => azure.cacheRules.list(registryId, { needs: 'identity' }));
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toContain('/cacheRules?api-version=2026-01-01-preview');
  });

  it('are read whole with the newest api-version the provider offers, found once', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const azure = under.as('dev');
    const { requests } = await under.requestsOf(async () => {
      await Promise.all([azure.cacheRules.get(id), azure.cacheRules.get(id)]);
      await azure.cacheRules.get(id);
    });
    expect(requests.filter(({ url }) => /\/providers\/Microsoft\.ContainerRegistry\?/.test(url))).toHaveLength(1);
    expect(requests.filter(({ url }) => url.includes('?api-version=2026-09-01-preview'))).toHaveLength(3);
  });

  it('work for someone who may not read the provider', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const azure = under.as('dev');
    const faults = [{ match: 'GET /subscriptions/[^/]+/providers/Microsoft.ContainerRegistry\\?', status: 403 }];
    const { requests } = await under.withFaults(faults, () => under.requestsOf(() => azure.cacheRules.get(id)));
    expect(requests.at(-1)?.url).toContain('api-version=2026-01-01-preview');
  });

  it('list in pages', async () => {
    const rules = Array.from({ length: 5 }, newRule);
    await Promise.all(rules.map(({ id, input }) => under.azure.cacheRules.create(id, input)));
    under.sandbox.setOptions({ pageSize: 2 });
    const { result, requests } = await under.requestsOf(() => under.azure.cacheRules.list(registryId));
    under.sandbox.setOptions({ pageSize: 1000 });
    expect(result.map(({ id }) => id).sort()).toEqual(rules.map(({ id }) => id).sort());
    expect(requests).toHaveLength(3);
  });

  it('come to exist once although the answer to the PUT was lost', async () => {
    const { id, input } = newRule();
    const rule = await under.withFaults([{ match: rulePut, reset: 'after', times: 1 }], () =>
      under.azure.cacheRules.create(id, input),
    );
    expect(rule.identity?.id).toBe(identity.id);
    expect(await under.azure.cacheRules.list(registryId)).toHaveLength(1);
  });

  it('come to exist although the first PUT never arrived', async () => {
    const { id, input } = newRule();
    const rule = await under.withFaults([{ match: rulePut, reset: 'before', times: 1 }], () =>
      under.azure.cacheRules.create(id, input),
    );
    expect(rule.provisioningState).toBe('Succeeded');
  });

  it('tell why their creation failed in the end', async () => {
    const { id, input } = newRule();
    const failOperation = { code: 'UpstreamUnreachable', message: 'The upstream did not answer.' };
    const error = await under.withFaults([{ match: rulePut, failOperation }], () =>
      failureOf(under.azure.cacheRules.create(id, input)),
    );
    expect(error).toMatchObject({
      kind: 'operationFailed',
      code: 'UpstreamUnreachable',
      message: 'The upstream did not answer.',
    });
  });

  it('tell why they were refused', async () => {
    const { id, input } = newRule();
    const error = await failureOf(under.azure.cacheRules.create(id, { ...input, targetRepository: 'Upper/Case' }));
    expect(error).toMatchObject({ kind: 'invalid', status: 400 });
    expect(error).toHaveProperty('correlationId', expect.stringMatching(/^[0-9a-f-]{36}$/));
  });

  it('tell that the preview feature is missing', async () => {
    under.sandbox.setOptions({ featureFlagRequired: true });
    const { id, input } = newRule();
    const error = await failureOf(under.azure.cacheRules.create(id, input));
    under.sandbox.setOptions({ featureFlagRequired: false });
    expect(error).toMatchObject({ code: 'CannotCreateCacheRuleWithManagedIdentity' });
  });

  it('go on in Azure when the waiting is cancelled', async () => {
    under.sandbox.setOptions({ operationMs: 60_000 });
    const { id, input } = newRule();
    const abort = new AbortController();
    void under.asked(/^GET .*operationStatuses/).then(() => abort.abort());
    const creating = failureOf(under.azure.cacheRules.create(id, input, { signal: abort.signal }));
    expect(await creating).toMatchObject({ kind: 'cancelled' });
    under.sandbox.setOptions({ operationMs: 50 });
    await under.sandbox.advance(60_000);
    expect((await under.azure.cacheRules.get(id)).provisioningState).toBe('Succeeded');
  });

  it('survive throttling of the status of their operation', async () => {
    const { id, input } = newRule();
    const rule = await under.withFaults(
      [{ match: 'GET .*/operationStatuses/', status: 429, retryAfter: 0, times: 2 }],
      () => under.azure.cacheRules.create(id, input),
    );
    expect(rule.provisioningState).toBe('Succeeded');
  });

  it('are watched themselves when the status of the operation may not be read', async () => {
    const { id, input } = newRule();
    const rule = await under.withFaults([{ match: 'GET .*/operationStatuses/', status: 403 }], () =>
      under.azure.cacheRules.create(id, input),
    );
    expect(rule.provisioningState).toBe('Succeeded');
  });

  it('are deleted by who may act on the registry alone, and so not read how the deletion ends', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const azure = registryOnly();
    const { result, requests } = await under.requestsOf(() => azure.cacheRules.delete(id));
    expect(result).toBe(true);
    expect(requests.find(({ url }) => url.includes('/operationResults/'))?.status).toBe(403);
    expect(requests.at(-1)).toMatchObject({ method: 'GET', status: 404 });
  });

  it('are said to be there still when Azure could not delete them, whoever may not read why', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const failOperation = { code: 'DeleteFailed', message: 'Not now.' };
    under.sandbox.setOptions({ operationMs: 1500 });
    const error = await under.withFaults([{ match: 'DELETE .*/cacheRules/', failOperation }], () =>
      failureOf(registryOnly().cacheRules.delete(id)),
    );
    under.sandbox.setOptions({ operationMs: 50 });
    expect(error).toMatchObject({ kind: 'operationFailed', code: 'StillThere' });
  });

  it('are gone only when they are not found any more', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const stored = under.sandbox.state.resources.get(id.toLowerCase());
    void under.asked(/\/operationResults\//).then(() => {
      // The operation ends, and the resource is still shown for a while.
      if (stored) under.sandbox.state.resources.set(id.toLowerCase(), stored);
    });
    const faults = [{ match: 'GET .*/operationResults/', delayMs: 200 }];
    const { requests } = await under.withFaults(faults, () =>
      under.requestsOf(async () => {
        const deleting = under.azure.cacheRules.delete(id);
        await under.asked(new RegExp(`^GET .*${id}\\?`));
        under.sandbox.state.resources.delete(id.toLowerCase());
        return deleting;
      }),
    );
    expect(requests.at(-1)).toMatchObject({ method: 'GET', status: 404 });
  });

  it('change their identity, and keep what this product does not know', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const stored = under.sandbox.state.resources.get(id.toLowerCase());
    const unknown = {
      authenticationType: 'GoogleArtifactRegistry',
      projectNumber: '12345',
      workloadIdentityPool: 'pool-one',
      workloadIdentityProvider: 'provider-one',
    };
    if (stored) {
      stored.properties['additionalAuthenticationProperties'] = unknown;
    }
    const other = await under.azure.identities.create(
      identityArmId(under.subscriptionId, 'MyResourceGroup', 'OtherIdentity'),
      'eastus',
    );
    const updated = await under.azure.cacheRules.update(id, { identityId: other.id });
    expect(updated.identity).toEqual({ id: other.id, principalId: other.principalId, clientId: other.clientId });
    const json = await under.azure.cacheRules.getJson(id);
    expect(json).toMatchObject({
      identity: { userAssignedIdentities: { [other.id]: {} } },
      properties: { additionalAuthenticationProperties: unknown, targetRepository: input.targetRepository },
    });
    expect(JSON.stringify(json)).not.toContain('CacheIdentity');
  });

  it('are deleted, and deleting again says there was nothing', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    expect(await under.azure.cacheRules.delete(id)).toBe(true);
    expect(await under.azure.cacheRules.delete(id)).toBe(false);
    await expect(under.azure.cacheRules.get(id)).rejects.toMatchObject({ kind: 'notFound', status: 404 });
  });

  it.each([
    ['takes it twice', false],
    ['refuses the second one meanwhile', true],
  ])('are gone although the answer to the DELETE was lost, where Azure %s', async (_, refuseWhileBusy) => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    under.sandbox.setOptions({ refuseWhileBusy });
    await under.withFaults([{ match: 'DELETE .*/cacheRules/', reset: 'after', times: 1 }], () =>
      under.azure.cacheRules.delete(id),
    );
    under.sandbox.setOptions({ refuseWhileBusy: false });
    await expect(under.azure.cacheRules.get(id)).rejects.toMatchObject({ kind: 'notFound' });
  });

  it('tell a cancel as such when the deletion was refused', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const abort = new AbortController();
    const asked = under.asked(/^GET .*\/cacheRules\//);
    const faults = [
      { match: 'DELETE .*/cacheRules/', status: 409, code: 'Conflict' },
      { match: 'GET .*/cacheRules/', hold: true },
    ] as const;
    const error = await under.withFaults(faults, () => {
      void asked.then(() => abort.abort());
      return failureOf(under.azure.cacheRules.delete(id, { signal: abort.signal }));
    });
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('tell why they could not be deleted', async () => {
    const { id, input } = newRule();
    await under.azure.cacheRules.create(id, input);
    const failOperation = { code: 'DeleteFailed', message: 'Not now.' };
    const error = await under.withFaults([{ match: 'DELETE .*/cacheRules/', failOperation }], () =>
      failureOf(under.azure.cacheRules.delete(id)),
    );
    expect(error).toMatchObject({ code: 'DeleteFailed', message: 'Not now.' });
    expect(await under.azure.cacheRules.get(id)).toMatchObject({ id });
  });

  it('of a registry that is gone are not found', async () => {
    await expect(under.azure.cacheRules.list(`${registryId}gone`)).rejects.toMatchObject({ kind: 'notFound' });
  });
});
