import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderVersions, type SeenVersions } from '../../../../../src/azure/arm/versions/cacheRuleVersions.ts';

const none: SeenVersions = { carrying: new Set(), dropping: new Set(), refused: new Set() };
const seen = (part: Partial<Record<keyof SeenVersions, string[]>>): SeenVersions => ({
  carrying: new Set(part.carrying),
  dropping: new Set(part.dropping),
  refused: new Set(part.refused),
});
const old = ['2023-07-01', '2025-03-01-preview', '2025-11-01'];
const previews = ['2026-01-01-preview', '2026-03-01-preview', '2026-09-01-preview'];

describe('the api-versions of cache rules', () => {
  it.each([
    ['a known preview', [...old, '2026-01-01-preview'], '2026-01-01-preview', '2026-01-01-preview'],
    ['the newest known preview', [...old, ...previews], '2026-09-01-preview', '2026-09-01-preview'],
    ['not a later GA', [...old, '2026-01-01-preview', '2026-11-01'], '2026-01-01-preview', '2026-01-01-preview'],
    ['not a later preview', [...previews, '2027-05-01-preview'], '2026-09-01-preview', '2026-09-01-preview'],
    [
      'an unproven GA before an unproven preview',
      [...old, '2026-11-01', '2027-01-01-preview'],
      '2026-11-01',
      '2026-11-01',
    ],
    ['an unproven one, whatever its date', [...old, '2025-09-01-preview'], '2025-09-01-preview', '2025-09-01-preview'],
    ['to write, one that is not listed', old, '2025-11-01', '2026-01-01-preview'],
    ['a cloud that lists nothing', [], '2023-07-01', '2026-01-01-preview'],
    ['a list that may not be read', undefined, '2026-01-01-preview', '2026-01-01-preview'],
  ])('begin with %s', (_, offered, reading, writing) => {
    const order = orderVersions(offered, none);
    expect([order.reading[0], order.writing[0]]).toEqual([reading, writing]);
  });

  it('remember what was seen', () => {
    const offered = [...old, '2026-11-01', '2026-12-01'];
    expect(orderVersions(offered, seen({ dropping: ['2026-12-01'] })).writing).toEqual(['2026-11-01', ...previews]);
    expect(orderVersions(offered, seen({ carrying: ['2026-11-01'] })).writing[0]).toBe('2026-11-01');
    expect(orderVersions(previews, seen({ dropping: ['2026-09-01-preview'] })).reading[0]).toBe('2026-03-01-preview');
    expect(orderVersions(previews, seen({ refused: [...previews] }))).toEqual({ reading: ['2023-07-01'], writing: [] });
  });

  it('do not depend on the order of the list, and never write with one that drops the identity or was refused', () => {
    const version = fc.constantFrom(...old, ...previews, '2026-11-01', '2027-01-01-preview', 'x', '2026-1-1', '../..');
    const some = fc.array(version);
    fc.assert(
      fc.property(some, some, some, (offered, dropping, refused) => {
        const what = seen({ dropping, refused });
        const { reading, writing } = orderVersions(offered, what);
        expect(orderVersions([...offered].reverse(), what)).toEqual({ reading, writing });
        for (const one of [...reading, ...writing]) expect(one).toMatch(/^\d{4}-\d\d-\d\d(-preview)?$/);
        for (const one of writing) expect([...old, ...dropping, ...refused]).not.toContain(one);
        expect(reading.length).toBeGreaterThan(0);
      }),
    );
  });
});
