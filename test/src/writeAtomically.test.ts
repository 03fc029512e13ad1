import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeAtomically } from '../../src/common/writeAtomically.ts';

it('lets several write the same file at the same time: one of them wins whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  try {
    const path = join(folder, 'made', 'file.json');
    const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
    await Promise.all(texts.map((text) => writeAtomically(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(join(folder, 'made'))).toEqual(['file.json']);
  } finally {
    await rm(folder, { recursive: true });
  }
});
