import { describe, expect, test } from 'vitest';
import { anyOf, withoutBraces } from '../../../../../src/ui/workspace/scan/globs.ts';

describe('globs', () => {
  test.each([
    ['**/Dockerfile', ['**/Dockerfile']],
    ['**/*.{yml,yaml}', ['**/*.yml', '**/*.yaml']],
    ['{a,b}/{c,d}', ['a/c', 'a/d', 'b/c', 'b/d']],
    ['x{a,b{c,d}}', ['xa', 'xbc', 'xa', 'xbd']],
    ['a}{b', ['a}{b']],
    ['{a', ['{a']],
    ['[}]x', ['[}]x']],
  ])('%s', (glob, expected) => {
    expect(withoutBraces(glob)).toEqual(expected);
  });

  test('many alternatives do not multiply without end', () => {
    expect(withoutBraces('{a,b,c,d,e,f,g,h,i,j}'.repeat(30)).length).toBeLessThanOrEqual(2000);
  });

  test('joins without braces in braces, each once', () => {
    expect(anyOf(['**/x.{a,b}', '**/x.a', 'y'])).toBe('{**/x.a,**/x.b,y}');
    expect(anyOf(['y'])).toBe('y');
    expect(anyOf([])).toBeUndefined();
  });
});
