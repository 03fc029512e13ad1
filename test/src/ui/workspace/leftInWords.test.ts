import { expect, it, vi } from 'vitest';
import type { FoundReference } from '../../../../src/files/types.ts';

vi.mock('vscode', () => import('../vscodeDouble.ts'));
const { leftInWords } = await import('../../../../src/ui/workspace/leftInWords.ts');

it('is silent about what is seen', () => {
  expect(leftInWords({ skipped: [] })).toEqual([]);
});

it('names three files that changed meanwhile and counts all', () => {
  expect(leftInWords({ changed: ['a', 'b', 'c', 'd', 'e'], skipped: [] })).toEqual([
    expect.stringContaining('(5): a, b, c, …'),
  ]);
  expect(leftInWords({ changed: ['a', 'b', 'c'], skipped: [] })).toEqual([expect.stringContaining('(3): a, b, c.')]);
});

it('says why references keep their name, each reason once', () => {
  const name = { kind: 'fixed', because: 'escaped' } as const;
  const words = leftInWords({ left: [{ name }, { name }] as unknown as FoundReference[], skipped: ['x'] });
  expect(words).toEqual([
    expect.stringContaining('2'),
    expect.stringContaining('escape'),
    expect.stringContaining('(1): x.'),
  ]);
});
