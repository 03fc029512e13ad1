import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, startAzure, type AzureUnderTest } from '../harness.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure();
});
afterAll(() => under.close());

const provider = 'Microsoft.ContainerRegistry';
const feature = 'ArtifactCacheManagedIdentityAuthentication';

describe('preview features', () => {
  it('are registered, waited for, and taken up by the provider', async () => {
    expect(await under.azure.features.get(under.subscriptionId, provider, feature)).toBe('NotRegistered');
    const { result, requests } = await under.requestsOf(() =>
      under.azure.features.register(under.subscriptionId, provider, feature),
    );
    expect(result).toBe('Registered');
    expect(requests.at(-1)).toMatchObject({
      method: 'POST',
      status: 200,
      url: expect.stringMatching(/\/providers\/Microsoft\.ContainerRegistry\/register\?/),
    });
    expect(await under.azure.features.get(under.subscriptionId, provider, feature)).toBe('Registered');
  });

  it('that do not exist are not found', async () => {
    expect(await under.azure.features.get(under.subscriptionId, provider, 'NoSuchFeature')).toBe('NotFound');
    await expect(under.azure.features.register(under.subscriptionId, provider, 'NoSuchFeature')).rejects.toMatchObject({
      kind: 'notFound',
    });
  });

  it('need permission to be registered', async () => {
    await expect(under.as('olivia').features.register(under.subscriptionId, provider, feature)).rejects.toMatchObject({
      kind: 'forbidden',
    });
  });

  it.each(['../x', 'a/b', 'x?y', ''])('named %j are refused without a request', async (name) => {
    const { result, requests } = await under.requestsOf(() =>
      failureOf(under.azure.features.get(under.subscriptionId, provider, name)),
    );
    expect(result).toMatchObject({ kind: 'invalid' });
    expect(requests).toHaveLength(0);
  });
});
