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
  let last = performance.now();
  let longest = 0;
  let isRunning = true;
  const watch = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isRunning) setImmediate(watch);
  };
  setImmediate(watch);
  const lines = Array.from({ length: 50 }, (_, index) => `FROM upstreamregistry.example/app${index}:1\n`).join('');
  const started = performance.now();
  await scanFiles(files(1000, lines), () => undefined, { sliceInMs: 5 });
  isRunning = false;
  const took = performance.now() - started;
  // Where the work is long enough for it to matter.
  if (took > 100) expect(longest).toBeLessThan(took / 2);
});

test('ends soon when it is cancelled', async () => {
  let count = 0;
  const looked = await scanFiles(files(1000, 'FROM upstreamregistry.example/app\n'), () => count++, {
    isCancelled: () => count >= 10,
  });
  expect(looked).toBeLessThan(12);
});
