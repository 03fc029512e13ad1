import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sayImages, type FileAnswer, type FileQuestion } from './sayImages.ts';

interface FileCase extends FileQuestion {
  readonly id: string;
  readonly kind: string;
  readonly expected: Partial<FileAnswer>;
}

const cases = JSON.parse(readFileSync(new URL('files.json', import.meta.url), 'utf8')) as readonly FileCase[];

/** What is not read, by the case's id, with the reason. */
const leftOut: Readonly<Record<string, string>> = {};

describe('cases of files', () => {
  for (const { id, kind, path, input, expected } of cases.filter((one) => !Object.hasOwn(leftOut, one.id))) {
    it(`${id} (${kind})`, () => {
      expect(sayImages({ path, input })).toMatchObject(expected);
    });
  }
});
