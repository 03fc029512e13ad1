import { describe, expect, it } from 'vitest';
import { chooseRegistryVersion } from '../../src/azure/arm/registryVersions.ts';

describe('the api-version of registries', () => {
  it.each([
    [['2026-09-01-preview', '2026-01-01-preview', '2025-11-01'], '2026-01-01-preview'],
    [['2025-11-01', '2025-06-01-preview', '2025-03-01-preview'], '2025-06-01-preview'],
    [['2025-11-01', '2024-11-01-preview'], '2025-11-01'],
    [['2023-07-01', '2022-12-01'], '2023-07-01'],
    [[], '2026-01-01-preview'],
  ])('of %j is %s', (offered, version) => {
    expect(chooseRegistryVersion(offered)).toBe(version);
  });
});
