import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sayImages, type FileAnswer, type FileQuestion } from './sayImages.ts';

interface FileCase extends FileQuestion {
  readonly id: string;
  readonly kind: string;
  readonly expected: Partial<FileAnswer>;
}

const cases = JSON.parse(readFileSync(new URL('files.json', import.meta.url), 'utf8')) as readonly FileCase[];

describe('cases of files', () => {
  for (const { id, kind, path, input, expected } of cases) {
    it(`${id} (${kind})`, () => {
      expect(sayImages({ path, input })).toMatchObject(expected);
    });
  }
});
