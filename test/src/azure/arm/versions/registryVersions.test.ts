import { afterEach, describe, expect, it } from 'vitest';
import { orderRegistryVersions } from '../../../../../src/azure/arm/versions/registryVersions.ts';
import type { SandboxOptions } from '../../../../sandbox/src/options.ts';
import { startAzure, type AzureUnderTest } from '../../harness.ts';

describe('the api-versions of registries', () => {
  it.each([
    [['2026-09-01-preview', '2026-01-01-preview', '2025-11-01'], '2026-01-01-preview'],
    [['2025-11-01', '2025-06-01-preview', '2025-03-01-preview'], '2025-06-01-preview'],
    [['2025-11-01', '2024-11-01-preview'], '2025-11-01'],
    [['2026-11-01', '2025-11-01'], '2025-11-01'],
    [['2027-01-01-preview', '2025-03-01-preview'], '2025-03-01-preview'],
    [['2023-07-01', '2022-12-01'], '2023-07-01'],
    [[], undefined],
  ])('of %j begin with %s', (offered, version) => {
    expect(orderRegistryVersions(offered)[0]).toBe(version);
  });
});

describe('the permission mode', () => {
  let under: AzureUnderTest;
  afterEach(() => under.close());

  /** In which mode a registry is that is in ABAC mode, and with which versions it was asked for, twice. */
  async function modeWith(options: SandboxOptions) {
    under = await startAzure(options);
    const id = under.id('upstreamregistry');
    const registry = under.sandbox.state.resources.get(id.toLowerCase());
    expect(registry).toBeDefined();
    if (registry) registry.properties['roleAssignmentMode'] = 'AbacRepositoryPermissions';
    const ask = () => under.requestsOf(() => under.azure.registries.get(id));
    const answers = [await ask(), await ask()];
    return answers.map(({ result, requests }) => ({
      mode: result.roleAssignmentMode,
      versions: requests.flatMap(({ url }) =>
        /\/registries\/[^/?]+\?/.test(url) ? (/api-version=([\w-]+)/.exec(url)?.[1] ?? []) : [],
      ),
    }));
  }

  const abac = 'AbacRepositoryPermissions';

  it('is not taken for RBAC where a later version does not tell it', async () => {
    const [first, second] = await modeWith({
      registryVersions: ['2027-01-01', '2026-11-01-preview', '2026-11-01', '2025-11-01'],
    });
    expect(first).toEqual({ mode: abac, versions: ['2026-01-01-preview', '2025-11-01'] });
    expect(second).toEqual({ mode: abac, versions: ['2025-11-01'] });
  });

  it('is read with whichever version tells it', async () => {
    const [first, second] = await modeWith({
      registryVersions: ['2027-01-01', '2026-12-01-preview', '2026-11-01'],
      registryModeVersions: ['2026-11-01'],
    });
    expect(first?.mode).toBe(abac);
    expect(second).toEqual({ mode: abac, versions: ['2026-11-01'] });
  });

  it('is asked for once where no version of the cloud has it', async () => {
    const [first, second] = await modeWith({ registryVersions: ['2025-04-01', '2023-07-01'] });
    expect(first?.versions).toEqual(['2026-01-01-preview', '2025-04-01', '2023-07-01']);
    expect(second?.versions).toEqual(['2025-04-01']);
  });

  it('costs no request more in the usual cloud', async () => {
    expect((await modeWith({})).map(({ versions }) => versions)).toEqual([
      ['2026-01-01-preview'],
      ['2026-01-01-preview'],
    ]);
  });
});
