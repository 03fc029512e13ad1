import { expect, it, vi } from 'vitest';

vi.mock('vscode', () => import('../../vscodeDouble.ts'));
const { useCachedInWords } = await import('../../../../../src/ui/workspace/useCached/useCachedWords.lazy.ts');

const nothing = { ruleName: 'app', count: 0, left: [], changed: [], skipped: [] };
const isNone = 'There is no image that cache rule app maps under another name.';

it('says that there is no image only if every file was looked at and none has changed', () => {
  expect(useCachedInWords(nothing)).toBe(isNone);
  expect(useCachedInWords({ ...nothing, changed: ['a.yaml'] })).not.toContain('There is no image');
  const cut = useCachedInWords({ ...nothing, skipped: ['big.yaml'] });
  expect(cut).not.toContain(isNone);
  expect(cut).toContain('big.yaml');
});

it('is silent about what is seen', () => {
  expect(useCachedInWords({ ...nothing, count: 3 })).toBeUndefined();
});

it('names three files that changed meanwhile and counts all', () => {
  const text = useCachedInWords({ ...nothing, count: 2, changed: ['a', 'b', 'c', 'd', 'e'] });
  expect(text).toContain('(5): a, b, c, …');
  expect(useCachedInWords({ ...nothing, changed: ['a', 'b', 'c'] })).toContain('(3): a, b, c.');
});

it('says why references keep their name, each reason once', () => {
  const text = useCachedInWords({ ...nothing, count: 1, left: ['because', 'because'], skipped: ['x'] });
  expect(text).toMatch(/^2 references keep their name\. because [^\n]*\(1\): x\.$/);
});
