import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAzure } from '../../../src/azure/createAzure.ts';
import { startAzure, type AzureUnderTest } from './harness.ts';

describe('a subscription delegated by another tenant (Azure Lighthouse)', () => {
  let under: AzureUnderTest;
  beforeAll(async () => {
    under = await startAzure();
  });
  afterAll(() => under.close());

  it('is asked with a token of the tenant signed in to, and keeps its own', async () => {
    const own = '33333333-3333-4333-8333-333333333333';
    const asked: (string | undefined)[] = [];
    const azure = createAzure({
      cloud: under.cloud,
      subscriptions: [
        {
          id: under.subscriptionId,
          name: 'Delegated',
          tenantId: own,
          signInTenantId: under.sandbox.info.tenantId,
          accountId: 'dev',
          credential: {
            getToken(scope, options) {
              asked.push(options?.tenantId);
              const token = under.sandbox.token('dev', String(scope).replace(/\.default$/, ''));
              return Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 });
            },
          },
        },
      ],
    });
    const registry = await azure.registries.get(under.id('myregistry'));
    expect(asked).toEqual([under.sandbox.info.tenantId]);
    expect(registry.tenantId).toBe(own);
    expect(azure.subscriptions[0]).toMatchObject({ tenantId: own });
  });
});
