import fc from 'fast-check';
import { expect, test } from 'vitest';
import { enterOfMany, type ManyShown } from '../../../../src/ui/pages/enterOfMany.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd');
const shown: fc.Arbitrary<ManyShown<string>> = fc.record({
  text: fc.constantFrom('', 'b', 'x*'),
  ticked: fc.uniqueArray(name),
  tickedSinceTyped: fc.boolean(),
  highlighted: fc.option(name, { nil: undefined }),
  exact: fc.option(name, { nil: undefined }),
  typed: fc.option(fc.oneof(fc.record({ value: name }), fc.record({ reason: fc.constant('why') })), { nil: undefined }),
});
const enter = (state: ManyShown<string>) => enterOfMany(state, (value) => value);

test('a text that was typed last is never passed over for ticks', () => {
  fc.assert(
    fc.property(shown, (state) => {
      fc.pre(state.text !== '' && !state.tickedSinceTyped);
      const { highlighted, exact, typed, ticked } = state;
      const meant = highlighted ?? exact ?? (typed && 'value' in typed ? typed.value : undefined);
      const entered = enter(state);
      if (meant === undefined) expect(entered.kind).toBe('refuse');
      else if (entered.kind === 'add') expect(entered.value).toBe(meant);
      else expect(entered.kind === 'take' && entered.values).toContain(meant);
      if (entered.kind === 'take') expect(entered.values).toEqual(ticked.length > 0 ? ticked : [meant]);
    }),
  );
});

test('ticks are taken when they were set last, whatever the text', () => {
  fc.assert(
    fc.property(shown, (state) => {
      fc.pre(state.ticked.length > 0 && (state.text === '' || state.tickedSinceTyped));
      expect(enter(state)).toEqual({ kind: 'take', values: state.ticked });
    }),
  );
});

test('why a text is no value is said', () => {
  const state = { text: 'x*', ticked: ['a'], tickedSinceTyped: false, highlighted: undefined, exact: undefined };
  expect(enter({ ...state, typed: { reason: 'why' } })).toEqual({ kind: 'refuse', reason: 'why' });
  expect(enter({ ...state, typed: undefined })).toEqual({ kind: 'refuse' });
});
