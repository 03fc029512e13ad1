import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityArmId } from '../../../../src/domain/armId.ts';
import type { Identity } from '../../../../src/domain/types.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

/** docs/azure-facts.md names the source. */
const repositoryReader = 'b93aa761-3e63-49ed-ac28-beffa264f7ac';
const acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d';
const condition = (repository: string): string =>
  `((!(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/content/read'}) AND !(ActionMatches{'Microsoft.ContainerRegistry/registries/repositories/metadata/read'})) OR (@Request[Microsoft.ContainerRegistry/registries/repositories:name] StringEqualsIgnoreCase '${repository}'))`;
const put = 'PUT .*/roleAssignments/';

let under: AzureUnderTest;
let scope: string;
let identity: Identity;
beforeAll(async () => {
  under = await startAzure();
  scope = under.id('upstreamregistry');
  identity = await under.azure.identities.create(
    identityArmId(under.subscriptionId, 'MyResourceGroup', 'Reader'),
    'eastus',
  );
});
afterAll(() => under.close());

const input = (repository?: string) => ({
  roleId: repositoryReader,
  principalId: identity.principalId,
  principalType: 'ServicePrincipal' as const,
  ...(repository && { condition: condition(repository) }),
});

describe('role assignments', () => {
  it('are made for a fresh principal, changed in place, listed and deleted', async () => {
    const name = randomUUID();
    const made = await under.azure.roles.put(scope, name, { ...input('myapp'), description: 'for the cache' });
    expect(made).toMatchObject({
      id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
      name,
      scope,
      roleId: repositoryReader,
      principalId: identity.principalId,
      principalType: 'ServicePrincipal',
      condition: condition('myapp'),
      description: 'for the cache',
    });
    const changed = await under.azure.roles.put(scope, name, input('other'));
    expect(changed).toMatchObject({ id: made.id, condition: condition('other') });
    expect(await under.azure.roles.listForPrincipal(scope, identity.principalId)).toEqual([changed]);
    expect(await under.azure.roles.delete(made.id)).toBe(true);
    expect(await under.azure.roles.delete(made.id)).toBe(false);
    expect(await under.azure.roles.listForPrincipal(scope, identity.principalId)).toEqual([]);
  });

  it('that exist under another name are the answer', async () => {
    const first = await under.azure.roles.put(scope, randomUUID(), input('myapp'));
    const second = await under.azure.roles.put(scope, randomUUID(), input('myapp'));
    expect(second).toEqual(first);
    await under.azure.roles.delete(first.id);
  });

  it('are made once although the answer was lost', async () => {
    const made = await under.withFaults([{ match: put, reset: 'after', times: 1 }], () =>
      under.azure.roles.put(scope, randomUUID(), input('myapp')),
    );
    expect(await under.azure.roles.listForPrincipal(scope, identity.principalId)).toEqual([made]);
    await under.azure.roles.delete(made.id);
  });

  it('wait for a principal that the directory does not know yet', async () => {
    const fault = { match: put, status: 400, code: 'PrincipalNotFound', message: 'Not there.', times: 3 };
    const { result, requests } = await under.withFaults([fault], () =>
      under.requestsOf(() => under.azure.roles.put(scope, randomUUID(), input('myapp'))),
    );
    expect(requests.map(({ status }) => status)).toEqual([400, 400, 400, 201]);
    await under.azure.roles.delete(result.id);
  });

  it('do not wait for it for ever, and not after cancelling', async () => {
    const fault = { match: put, status: 400, code: 'PrincipalNotFound' };
    const { result, requests } = await under.withFaults([fault], () =>
      under.requestsOf(() => failureOf(under.azure.roles.put(scope, randomUUID(), input('myapp')))),
    );
    expect(result).toMatchObject({ kind: 'invalid', code: 'PrincipalNotFound' });
    expect(requests).toHaveLength(8);
    const abort = new AbortController();
    void under.asked(/^PUT .*roleAssignments/).then(() => abort.abort());
    const error = await under.withFaults([fault], () =>
      failureOf(under.azure.roles.put(scope, randomUUID(), input('myapp'), { signal: abort.signal })),
    );
    expect(error).toMatchObject({ kind: 'cancelled' });
  });

  it('refused by their condition say so', async () => {
    const error = await failureOf(under.azure.roles.put(scope, randomUUID(), { ...input(), condition: '(nonsense' }));
    expect(error).toMatchObject({ kind: 'invalid', status: 400 });
  });

  it('need permission', async () => {
    const error = await failureOf(under.as('olivia').roles.put(scope, randomUUID(), input('myapp')));
    expect(error).toMatchObject({ kind: 'forbidden', code: 'AuthorizationFailed' });
  });

  it("at and above a scope include other people's and those of the subscription, not those below", async () => {
    const below = await under.azure.roles.put(`${scope}/repositories/myapp`, randomUUID(), input());
    const found = await under.azure.roles.listAtScope(scope);
    expect(found.filter(({ roleId }) => roleId === acrPull)).toHaveLength(2);
    expect(found.some((assignment) => assignment.scope === `/subscriptions/${under.subscriptionId}`)).toBe(true);
    expect(found.some(({ id }) => id === below.id)).toBe(false);
    // The article's form is found through its principal, so that it can be cleaned up.
    expect((await under.azure.roles.listForPrincipal(scope, identity.principalId)).map(({ id }) => id)).toContain(
      below.id,
    );
    expect(await under.azure.roles.delete(below.id)).toBe(true);
  });

  it('list in pages', async () => {
    under.sandbox.setOptions({ pageSize: 1 });
    const found = await under.azure.roles.listAtScope(scope);
    under.sandbox.setOptions({ pageSize: 1000 });
    expect(found.length).toBeGreaterThan(2);
  });

  it.each(["x' or principalId eq 'y", ''])('refuse %j as principal without a request', async (principalId) => {
    const { result, requests } = await under.requestsOf(() =>
      failureOf(under.azure.roles.listForPrincipal(scope, principalId)),
    );
    expect(result).toMatchObject({ kind: 'invalid' });
    expect(requests).toHaveLength(0);
  });

  it.each(['', '/subscriptions/x', '/providers/Microsoft.Authorization/roleAssignments/x'])(
    'refuse to delete %j',
    async (id) => {
      const { result, requests } = await under.requestsOf(() => failureOf(under.azure.roles.delete(id)));
      expect(result).toMatchObject({ kind: 'invalid' });
      expect(requests).toHaveLength(0);
    },
  );
});

describe('permissions', () => {
  const write = 'Microsoft.Authorization/roleAssignments/write';

  it('of an owner allow everything, at a resource, a group and a subscription', async () => {
    const group = `/subscriptions/${under.subscriptionId}/resourceGroups/MyResourceGroup`;
    for (const at of [scope, group, `/subscriptions/${under.subscriptionId}`]) {
      const permissionOf = await under.azure.roles.permissions(at);
      expect(permissionOf(write)).toEqual({ state: 'allowed' });
    }
  });

  it('of someone who pulls do not', async () => {
    const olivia = under.as('olivia');
    const permissionOf = await olivia.roles.permissions(scope);
    expect(permissionOf(write)).toEqual({ state: 'missing' });
    // Her role does not let her read deny assignments.
    expect(permissionOf('Microsoft.ContainerRegistry/registries/pull/read')).toEqual({ state: 'unknown' });
  });

  it('are less what deny assignments at or above take from the caller', async () => {
    const { denyAssignments } = under.sandbox.state;
    const group = `/subscriptions/${under.subscriptionId}/resourceGroups/MyResourceGroup`;
    const denial = {
      ...{ id: randomUUID(), name: 'Of a stack', scope: group, actions: ['*/write'] },
      ...{ doNotApplyToChildScopes: false, principals: ['00000000-0000-0000-0000-000000000000'] },
    };
    const states = async () => {
      const found = await Promise.all(
        [scope, `/subscriptions/${under.subscriptionId}`].map(async (at) => {
          const permissionOf = await under.azure.roles.permissions(at);
          return [permissionOf(write), permissionOf('Microsoft.ContainerRegistry/registries/read')];
        }),
      );
      return found.flat();
    };
    const allowed = { state: 'allowed' };
    try {
      denyAssignments.set('one', { ...denial, excludePrincipals: [] });
      expect(await states()).toEqual([{ state: 'denied', deniedBy: 'Of a stack' }, allowed, allowed, allowed]);
      const caller = await under.azure.roles.signedIn(scope);
      denyAssignments.set('one', { ...denial, excludePrincipals: [caller?.principalId ?? ''] });
      expect(await states()).toEqual([allowed, allowed, allowed, allowed]);
    } finally {
      denyAssignments.clear();
    }
  });

  it('are asked for with what denies them, at once', async () => {
    const { requests } = await under.requestsOf(() => under.azure.roles.permissions(scope));
    expect(requests).toHaveLength(2);
  });
});

describe('assignments that end by themselves', () => {
  const temporary = { assignmentType: 'Activated', endDateTime: '2030-01-01T00:00:00Z' } as const;

  it('are those that were activated or have an end, with what names them', async () => {
    const all = [...under.sandbox.state.roleAssignments.values()];
    const [activated, ending] = all.filter((one) => one.scope === scope);
    if (!activated || !ending) throw new Error('too few assignments');
    Object.assign(activated, { temporary });
    Object.assign(ending, { temporary: { ...temporary, assignmentType: 'Assigned' } });
    const found = await under.azure.roles.listTemporary(scope);
    expect(found.map(({ assignmentId, endsAt }) => [assignmentId, endsAt])).toEqual([
      [activated.id, temporary.endDateTime],
      [ending.id, temporary.endDateTime],
    ]);
    expect(found[0]).toMatchObject({
      principalId: activated.principalId,
      roleId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it.each([
    ['forbidden', 'forbidden'],
    ['absent', 'notFound'],
  ] as const)('are not known where the answer is %s', async (scheduleInstances, kind) => {
    under.sandbox.setOptions({ scheduleInstances });
    await expect(under.azure.roles.listTemporary(scope)).rejects.toMatchObject({ kind });
    under.sandbox.setOptions({ scheduleInstances: 'answer' });
  });
});
