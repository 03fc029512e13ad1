import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identityArmId } from '../../../../src/domain/armId.ts';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure();
});
afterAll(() => under.close());

const id = (name: string) => identityArmId(under.subscriptionId, 'MyResourceGroup', name);

describe('managed identities', () => {
  it('are created, read, listed and deleted', async () => {
    const created = await under.azure.identities.create(id('MyIdentity'), 'eastus');
    expect(created).toMatchObject({
      // The identity service writes `resourcegroups`; ids are compared without case.
      id: expect.stringMatching(new RegExp(`^${id('MyIdentity')}$`, 'i')),
      name: 'MyIdentity',
      resourceGroup: 'MyResourceGroup',
      location: 'eastus',
      tenantId: under.sandbox.info.tenantId,
      principalId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clientId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await under.azure.identities.get(id('MyIdentity'))).toEqual(created);
    expect(await under.azure.identities.create(id('MyIdentity'), 'eastus')).toEqual(created);
    expect(await under.azure.identities.list(under.subscriptionId)).toContainEqual(created);
    expect(await under.azure.identities.delete(id('MyIdentity'))).toBe(true);
    expect(await under.azure.identities.delete(id('MyIdentity'))).toBe(false);
    await expect(under.azure.identities.get(id('MyIdentity'))).rejects.toMatchObject({
      kind: 'notFound',
      code: 'ResourceNotFound',
    });
  });

  it('list in pages', async () => {
    const names = ['one', 'two', 'three', 'four', 'five'].map((name) => `identity-${name}`);
    await Promise.all(names.map((name) => under.azure.identities.create(id(name), 'eastus')));
    under.sandbox.setOptions({ pageSize: 2 });
    const found = await under.azure.identities.list(under.subscriptionId);
    under.sandbox.setOptions({ pageSize: 1000 });
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(new Set(found.map((identity) => identity.id)).size).toBe(found.length);
  });

  it('are created once although the answer was lost', async () => {
    const created = await under.withFaults(
      [{ match: 'PUT .*/userAssignedIdentities/', reset: 'after', times: 1 }],
      () => under.azure.identities.create(id('Lost'), 'eastus'),
    );
    expect(created).toEqual(await under.azure.identities.get(id('Lost')));
  });

  it('in a resource group that is not there are refused in the words of Azure', async () => {
    const error = await failureOf(
      under.azure.identities.create(identityArmId(under.subscriptionId, 'NoGroup', 'x-identity'), 'eastus'),
    );
    expect(error).toMatchObject({ name: 'AzureError', kind: 'notFound', code: 'ResourceGroupNotFound', status: 404 });
  });

  it('need permission', async () => {
    const error = await failureOf(under.as('olivia').identities.create(id('Forbidden'), 'eastus'));
    expect(error).toMatchObject({ kind: 'forbidden', code: 'AuthorizationFailed' });
  });
});
