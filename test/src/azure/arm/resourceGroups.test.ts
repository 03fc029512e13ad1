import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAzure, type AzureUnderTest } from '../harness.ts';
import { manyRegistries } from '../../../sandbox/src/scenarios.ts';

let under: AzureUnderTest;
beforeAll(async () => {
  under = await startAzure({ scenario: manyRegistries(4, 1), pageSize: 3 });
});
afterAll(() => under.close());

describe('resource groups', () => {
  it('list in pages, with their regions', async () => {
    const { result, requests } = await under.requestsOf(() => under.azure.resourceGroups.list(under.subscriptionId));
    expect(requests).toHaveLength(2);
    expect(result).toHaveLength(4);
    expect(result).toContainEqual({ name: 'group-0001', location: 'westeurope' });
  });
});

describe('regions', () => {
  it('have names and words for people', async () => {
    const locations = await under.azure.resourceGroups.locations(under.subscriptionId);
    expect(locations).toContainEqual({ name: 'westeurope', displayName: 'West Europe' });
    expect(new Set(locations.map(({ name }) => name)).size).toBe(locations.length);
  });
});
