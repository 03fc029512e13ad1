import { describe, expect, it } from 'vitest';
import { findReferences } from './findings.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import { seeds, type Seeds } from '../../fuzz/seeds.ts';
import { targets } from '../../fuzz/targets.ts';

/** A short run; `npm run fuzz` is the long one. */
const count = 1000;

describe.each(targets)('any input', (target) => {
  it(`is borne by ${target.name}`, { timeout: 120_000 }, () => {
    // Time is measured by the long run: here other tests share the machine.
    expect(fuzz(target, { count, seed: 7, limitMs: 5000 }).failures).toEqual([]);
  });
});

it.each(Object.entries(seeds))(
  'the inputs of %s begin with files in which something is found',
  (_, { path, texts }) => {
    for (const text of texts) expect(findReferences({ path, text })).not.toEqual([]);
  },
);

describe('fuzz', () => {
  const own: Seeds = { path: '', texts: ['abc'], tokens: ['!'] };

  it('finds what throws, and cuts it down', () => {
    const target = {
      name: 'no',
      seeds: own,
      run: (text: string) => {
        if (text.includes('!')) throw new Error('an exclamation');
      },
    };
    expect(fuzz(target, { count: 200, seed: 1 }).failures).toEqual([{ input: '!', message: 'an exclamation' }]);
  });

  it('finds what takes too long', () => {
    const target = {
      name: 'slow',
      seeds: own,
      run: (text: string) => {
        for (const until = performance.now() + (text.includes('!') ? 15 : 0); performance.now() < until;);
      },
    };
    expect(fuzz(target, { count: 50, seed: 1, limitMs: 10 }).failures[0]?.message).toMatch(/^took \d+ ms$/);
  });

  it('makes the same inputs from the same seed', () => {
    const inputs = (seed: number): string[] => {
      const all: string[] = [];
      fuzz({ name: 'all', seeds: own, run: (text) => void all.push(text) }, { count: 50, seed });
      return all;
    };
    expect(inputs(3)).toEqual(inputs(3));
    expect(inputs(3)).not.toEqual(inputs(4));
  });
});
