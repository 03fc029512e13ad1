import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../../src/common/glob.ts';
import { trimEndOf, trimOf } from '../../../src/common/trim.ts';

const short = fc.string({ unit: fc.constantFrom('a', 'B', '*', '/', '.'), maxLength: 8 });

describe('globs', () => {
  it('match as the regular expression of the same meaning', () => {
    fc.assert(
      fc.property(short, short, (pattern, text) => {
        const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${parts.join('.*')}$`, 'i').test(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('of any making end', () => {
    // As an expression this took 41 seconds with eight stars.
    expect(matchesGlob(`${'*'.repeat(100_000)}!`, 'Microsoft.ContainerRegistry/registries/write')).toBe(false);
    expect(matchesGlob(`${'*a'.repeat(100_000)}!`, 'a'.repeat(10_000))).toBe(false);
  });
});

describe('trimming', () => {
  it('takes characters from the ends only', () => {
    fc.assert(
      fc.property(short, (text) => {
        expect(trimEndOf(text, '/*')).toBe(text.replace(/[/*]+$/, ''));
        expect(trimOf(text, '/')).toBe(text.replace(/^\/+|\/+$/g, ''));
      }),
    );
    expect(trimEndOf(`a${'/'.repeat(1_000_000)}b`, '/')).toHaveLength(1_000_002);
  });
});
