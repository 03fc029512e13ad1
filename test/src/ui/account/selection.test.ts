import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSelection, parseSelection } from '../../../../src/ui/account/selection.ts';

describe('selected subscriptions', () => {
  it('reads what it wrote', () => {
    const part = fc.stringMatching(/^[0-9a-f-]{1,36}$/);
    const selections = fc.uniqueArray(fc.record({ tenantId: part, subscriptionId: part }), {
      selector: formatSelection,
    });
    fc.assert(
      fc.property(selections, (selected) => {
        expect(parseSelection(selected.map(formatSelection))).toEqual(selected);
      }),
    );
  });

  it('never throws, whatever the setting holds', () => {
    fc.assert(fc.property(fc.anything(), (setting) => void parseSelection(setting)));
    fc.assert(fc.property(fc.array(fc.anything()), (setting) => void parseSelection(setting)));
  });

  it.each([
    ['an id without tenant', ['00000000-0000-0000-0000-000000000001']],
    ['three parts', ['a/b/c']],
    ['an empty part', ['a/', '/b']],
    ['no list', 'a/b'],
  ])('leaves out %s', (_what, setting) => {
    expect(parseSelection(setting)).toEqual([]);
  });

  it('compares without case and keeps one of two', () => {
    expect(parseSelection(['T/S', 't/s'])).toEqual([{ tenantId: 't', subscriptionId: 's' }]);
  });
});
