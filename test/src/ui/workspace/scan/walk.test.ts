import { expect, test } from 'vitest';
import { excludedByName, walk, type ReadFolder } from '../../../../../src/ui/workspace/scan/walk.ts';

const tree: Readonly<Record<string, readonly (readonly [string, boolean])[]>> = {
  '': [
    ['Dockerfile', false],
    ['src', true],
    ['node_modules', true],
    ['locked', true],
    ['out', true],
  ],
  src: [
    ['a.txt', false],
    ['Dockerfile', false],
    ['out', true],
  ],
  'src/out': [['Dockerfile', false]],
  out: [['Dockerfile', false]],
  node_modules: [['Dockerfile', false]],
};

const read: ReadFolder = async (path) => {
  const entries = tree[path];
  if (!entries) throw new Error('no right');
  return entries;
};

const options = {
  limit: 100,
  isWanted: (path: string) => path.endsWith('Dockerfile'),
  isExcluded: excludedByName(['**/node_modules/**', 'out']),
  isCancelled: () => false,
};

test('gives what is wanted, not what is excluded, and passes over what cannot be read', async () => {
  expect(await walk(read, options)).toEqual(['Dockerfile', 'src/Dockerfile', 'src/out/Dockerfile']);
});

test('is bounded, also where folders lead round', async () => {
  let reads = 0;
  const round: ReadFolder = async () => {
    reads++;
    return [
      ['again', true],
      ['Dockerfile', false],
    ];
  };
  expect(await walk(round, options)).toHaveLength(100);
  expect(await walk(round, { ...options, isWanted: () => false })).toEqual([]);
  expect(reads).toBeLessThanOrEqual(202);
});

test('ends when it is cancelled', async () => {
  let asked = 0;
  expect(await walk(read, { ...options, isCancelled: () => ++asked > 2 })).toEqual(['Dockerfile']);
});
