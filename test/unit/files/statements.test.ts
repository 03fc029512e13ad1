import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findReferences, findRuleDefinitions } from '../../../src/files/find.ts';
import { runAtOnce } from '../../../src/files/slices.ts';
import { createStatements } from '../../../src/files/syntax/statements.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');

/** Longer texts are read in parts, which are remembered from one text to the next. */
const blank = '\n'.repeat(4000);

describe.each([
  ['bicep', ['app.bicep', 'rules.bicep']],
  ['tf', ['app.tf', 'rules.tf']],
])('a text of %s', (extension, names) => {
  const path = `a.${extension}`;
  const all = (text: string) => ({
    found: runAtOnce(findReferences({ path, text })),
    rules: runAtOnce(findRuleDefinitions({ path, text })),
  });
  const withoutBlank = (findings: ReturnType<typeof all>): unknown =>
    JSON.parse(JSON.stringify(findings), (key, value: unknown) => {
      if (typeof value === 'number' && ['start', 'end', 'offset'].includes(key)) return value - blank.length;
      if (key !== 'registryKey') return value;
      return String(value).replace(/@(\d+)/g, (_, at) => `@${Number(at) - blank.length}`);
    });

  it('means the same in parts, after any edits', () => {
    const statements = names.flatMap((name) => fixture(name).split(/\n(?=[a-z@])/));
    const pieces = [
      "'",
      "'''",
      '"',
      '${',
      '{',
      '}',
      '[',
      ')',
      '\n',
      '\nx',
      '\\',
      '/*',
      '*/',
      '//',
      '<<A\n',
      '\nA\n',
      '?',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...statements), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(3000), fc.nat(20), fc.constantFrom(...pieces, ' == ', ' if ', 'a.b', '// c\n')), {
          maxLength: 6,
        }),
        (chosen, edits) => {
          let text = chosen.join('\n');
          for (const [at, length, piece] of edits) {
            text = (text.slice(0, at) + piece + text.slice(at + length)).slice(0, 3900);
            expect(withoutBlank(all(blank + text))).toEqual(JSON.parse(JSON.stringify(all(text))));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('statements', () => {
  /** Each is a line, and brackets hold several together. */
  function lines() {
    const read: string[] = [];
    const readLines = createStatements((text) => {
      let at = 0;
      const made: string[] = [];
      return {
        made,
        next: () => at,
        read() {
          const close = text[at] === '[' || text[at + 1] === '[' ? text.indexOf(']', at) : at;
          const end = close < 0 ? -1 : text.indexOf('\n', close);
          const statement = text.slice(at, end < 0 ? text.length : end + 1);
          made.push(statement);
          read.push(statement);
          at += statement.length;
        },
      };
    });
    return {
      read,
      of: (text: string) => runAtOnce(readLines(text)).map(({ offset, made }) => ({ offset, text: made.join('') })),
    };
  }

  const text = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join('');

  it('are read again only where the text was edited', () => {
    const { read, of } = lines();
    of(text);
    read.length = 0;
    of(text.replace('line 500', 'line 5oo'));
    expect(read).toEqual(['line 5oo\n', 'line 999\n']);
  });

  it('have all of the text, whatever they hold together', () => {
    const { of } = lines();
    for (const edited of [text, text.replace('line 500\n', 'l[ne 500\n'), text.replace('line 600\n', 'l]ne 600\n')]) {
      const parts = of(edited);
      expect(parts.map((part) => part.text).join('')).toBe(edited);
      for (const part of parts) expect(edited.startsWith(part.text, part.offset)).toBe(true);
    }
  });

  it('of one text are not the same for each time that a file has it', () => {
    const readParts = createStatements((part) => {
      let at = 0;
      return { made: {}, next: () => at, read: () => (at = part.indexOf('\n') + 1 || part.length) };
    });
    for (let run = 0; run < 2; run++) {
      const parts = runAtOnce(readParts('same\n'.repeat(2000)));
      expect(new Set(parts.map(({ made }) => made)).size).toBe(parts.length);
    }
  });

  it('are cut if they are too long to be read in one go', () => {
    const { of } = lines();
    const long = `${text}[${'x'.repeat(600_000)}]\n${text}`;
    const parts = of(long);
    expect(Math.max(...parts.map((part) => part.text.length))).toBeLessThanOrEqual(100_000);
    expect(parts.map((part) => part.text).join('')).toBe(long);
  });
});
