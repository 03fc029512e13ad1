import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCacheRuleVersion } from '../../src/azure/arm/cacheRuleVersions.ts';

const known = ['2023-07-01', '2025-03-01-preview', '2025-11-01'];

describe('the api-version of cache rules', () => {
  it.each([
    [[...known, '2026-01-01-preview'], '2026-01-01-preview', true],
    [[...known, '2026-01-01-preview', '2026-03-01-preview', '2026-09-01-preview'], '2026-09-01-preview', true],
    [[...known, '2026-09-01-preview', '2026-11-01'], '2026-11-01', true],
    [[...known, '2026-11-01', '2027-01-01-preview'], '2026-11-01', true],
    [[...known, '2027-05-01-preview', '2026-03-01-preview'], '2026-03-01-preview', true],
    [[...known, '2027-05-01-preview'], '2027-05-01-preview', true],
    [known, '2025-11-01', false],
    [['2023-01-01-preview'], '2023-01-01-preview', false],
    [[], '2023-07-01', false],
  ])('of %j is %s', (offered, apiVersion, carriesIdentity) => {
    expect(chooseCacheRuleVersion(offered)).toEqual({ apiVersion, carriesIdentity });
  });

  it('does not depend on the order of the list and never takes text that is no version', () => {
    const version = fc.constantFrom(
      ...known,
      '2026-01-01-preview',
      '2026-09-01-preview',
      '2026-11-01',
      'x',
      '2026-1-1',
      '../..',
    );
    fc.assert(
      fc.property(fc.array(version), (offered) => {
        const chosen = chooseCacheRuleVersion(offered);
        expect(chooseCacheRuleVersion([...offered].reverse())).toEqual(chosen);
        expect(chosen.apiVersion).toMatch(/^\d{4}-\d\d-\d\d(-preview)?$/);
        expect(chosen.carriesIdentity).toBe(chosen.apiVersion >= '2026-01-01');
      }),
    );
  });
});
