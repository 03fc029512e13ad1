import { describe, expect, it } from 'vitest';
import type { CleanUpItem, CleanUpPlan } from '../../../src/provisioning/changes/cleanUp/types.ts';
import {
  cleanUpReport,
  confirmationText,
  sizeInWords,
  whyItStays,
} from '../../../src/ui/changes/cleanUp/words.lazy.ts';

const ruleId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/r/cacheRules/MyRule';

function item(id: string, facts: Partial<CleanUpItem> = {}): CleanUpItem {
  return {
    id,
    kind: 'cacheRule',
    title: `Title ${id}`,
    resourceId: ruleId,
    todo: `Delete ${id}.`,
    inUseBy: [],
    offered: true,
    selectedByDefault: true,
    ...facts,
  };
}

const plan: CleanUpPlan = {
  ruleId,
  target: 'myapp',
  items: [
    item('rule'),
    item('identity', { offered: false, selectedByDefault: false, inUseBy: ['Used by A.', 'Used by B.'] }),
    item('repository', { selectedByDefault: false }),
  ],
};

describe('sizes in words', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [1549, '1.5 kB'],
    [999_949, '999.9 kB'],
    [999_951, '1 MB'],
    [3_200_000_000, '3.2 GB'],
    [5e15, '5,000 TB'],
  ])('%d', (bytes, words) => expect(sizeInWords(bytes, 'en')).toBe(words));
});

describe('the confirmation', () => {
  it('names exactly what is deleted, and what stays', () => {
    const [deleted, kept] = confirmationText(plan, new Set(['rule'])).split('These stay:');
    expect(deleted).toContain('Delete rule.');
    expect(deleted).not.toContain('repository');
    expect(kept).toContain('Title identity');
    expect(kept).toContain('Title repository');
  });

  it('never counts as deleted what is not offered', () => {
    expect(confirmationText(plan, new Set(['rule', 'identity']))).not.toContain('Delete identity.');
  });
});

describe('why something stays', () => {
  it('says everyone who uses it, or why that is unknown', () => {
    expect(plan.items.map(whyItStays)).toEqual(['', 'Used by A. Used by B.', '']);
    expect(whyItStays(item('x', { offered: false, unknown: 'Not readable.' }))).toBe('Not readable.');
  });
});

describe('the report', () => {
  const now = { date: new Date(0), language: 'en' };

  it('lists what is gone and what stays', () => {
    const text = cleanUpReport(ruleId, { outcome: 'failed', gone: ['Rule gone.'], stays: [] }, now);
    expect(text).toMatch(
      /# Clean-up of MyRule[^]*stopped at a failure[^]*## Gone\n\n- Rule gone\.[^]*## Stays\n\nNothing\./,
    );
  });

  it('shows texts of Azure as they are', () => {
    const text = cleanUpReport(ruleId, { outcome: 'complete', gone: ['<img src=x> [a](b)\n# c'], stays: [] }, now);
    expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[a|^# c/m);
  });
});
