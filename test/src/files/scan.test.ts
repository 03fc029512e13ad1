import { expect, test } from 'vitest';
import { scanFiles } from '../../../src/files/scan.ts';
import type { TextFile } from '../../../src/files/types.ts';

async function* files(count: number, text: string): AsyncGenerator<TextFile> {
  for (let index = 0; index < count; index++) yield { path: `/work/${index}/Dockerfile`, text };
}

test('tells only of files in which something is', async () => {
  const found: string[] = [];
  async function* mixed(): AsyncGenerator<TextFile> {
    yield { path: '/a/Dockerfile', text: 'FROM upstreamregistry.example/app:1\n' };
    yield { path: '/b/Dockerfile', text: '# nothing\n' };
    yield { path: '/c/notes.txt', text: 'FROM upstreamregistry.example/app:1\n' };
    yield { path: '/d/compose.yaml', text: 'services:\n  a:\n    image: upstreamregistry.example/app\n' };
  }
  const looked = await scanFiles(mixed(), ({ file }) => found.push(file.path));
  expect(looked).toBe(4);
  expect(found).toEqual(['/a/Dockerfile', '/d/compose.yaml']);
});

test('many small files do not hold the event loop, although each is quick', async () => {
  let turns = 0;
  let isRunning = true;
  const watch = (): void => {
    turns++;
    if (isRunning) setImmediate(watch);
  };
  setImmediate(watch);
  const started = performance.now();
  await scanFiles(files(3000, 'FROM upstreamregistry.example/app:1\n'.repeat(20)), () => undefined);
  isRunning = false;
  expect(turns).toBeGreaterThan((performance.now() - started) / 100);
});

test('ends soon when it is cancelled', async () => {
  let count = 0;
  const looked = await scanFiles(
    files(1000, 'FROM upstreamregistry.example/app\n'),
    () => count++,
    () => count >= 10,
  );
  expect(looked).toBeLessThan(12);
});
