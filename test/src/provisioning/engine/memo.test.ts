import { expect, it, vi } from 'vitest';
import { createMemo, type Key } from '../../../../src/provisioning/engine/memo.ts';

const all: Key = { kind: 'assignments' };
const registry: Key = { kind: 'assignments', id: '/r' };
const [mine, theirs]: [Key, Key] = [
  { ...registry, part: 'me' },
  { ...registry, part: 'them' },
];
const other: Key = { kind: 'assignments', id: '/r2', part: 'me' };

/** Which of the keys are read again after these were forgotten. */
async function readAgain(forgotten: readonly Key[]): Promise<Key[]> {
  const { memo, forget } = createMemo();
  const again: Key[] = [];
  const keys = [registry, mine, theirs, other, { kind: 'rules', id: '/r' } as const];
  for (const key of keys) await memo(key, () => Promise.resolve());
  forget(forgotten);
  for (const key of keys) await memo(key, () => Promise.resolve(again.push(key)));
  return again;
}

it.each<[string, Key[], Key[]]>([
  ['a part alone', [mine], [mine]],
  ['what has parts with all of them', [registry], [registry, mine, theirs]],
  ['a whole kind', [all], [registry, mine, theirs, other]],
  ['none', [], []],
])('forgets %s', async (_, forgotten, expected) => {
  expect(await readAgain(forgotten)).toEqual(expected);
});

it('gives one answer to all who ask, whatever the letters of the id', async () => {
  const { memo } = createMemo();
  const read = vi.fn(() => Promise.resolve('answer'));
  expect(await Promise.all([memo(mine, read), memo({ ...mine, id: '/R', part: 'ME' }, read)])).toEqual([
    'answer',
    'answer',
  ]);
  expect(read).toHaveBeenCalledOnce();
});

it('by age forgets only what was read, not what a write has answered', async () => {
  const { memo, remember, forget } = createMemo();
  const [first, second] = ['first', 'second'].map((text) => () => Promise.resolve(text));
  await memo(mine, first!);
  remember(theirs, 'answered');
  forget([registry], 60_000);
  expect(await memo(mine, second!)).toBe('first');
  forget([registry], -1);
  expect(await memo(mine, second!)).toBe('second');
  expect(await memo(theirs, second!)).toBe('answered');
  forget([registry]);
  expect(await memo(theirs, second!)).toBe('second');
});
