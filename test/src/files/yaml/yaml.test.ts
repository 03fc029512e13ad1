import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Node } from 'yaml';
import type { Scalar } from '../../../../src/files/yaml/scalars.ts';
import { readYaml } from '../../../../src/files/yaml/yaml.ts';
import { yamlStream } from './yamlArbitrary.ts';

/** `path: value`, with the text that stands there. */
const shown = (text: string): readonly string[] =>
  readYaml(text).map(
    ({ path, value, range }) => `${path.join('.')} = ${value} <${text.slice(range.start, range.end)}>`,
  );

/** What the package itself makes of it; undefined if it finds errors. */
function expected(text: string): readonly object[] | undefined {
  const documents = parseAllDocuments(text, { uniqueKeys: false, merge: false, stringKeys: false, logLevel: 'silent' });
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return undefined;
  const found: object[] = [];
  documents.forEach((document, index) => {
    const anchors = new Map<string, Node>();
    const visit = (node: unknown, path: readonly (string | number)[]): void => {
      if (isAlias(node)) {
        const meant = anchors.get(node.source);
        if (isScalar(meant)) found.push({ document: index, path, value: valueOf(meant) });
        return;
      }
      if (isMap(node) || isSeq(node) || isScalar(node)) if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) {
        for (const { key, value } of node.items) {
          if (isScalar(key) && key.anchor !== undefined) anchors.delete(key.anchor);
          visit(value, [...path, isScalar(key) ? valueOf(key) : '']);
        }
      } else if (isSeq(node))
        node.items.forEach((item, at) => {
          visit(item, [...path, at]);
        });
      else if (isScalar(node) && !(node.value === null && (node.source ?? '') === '')) {
        found.push({ document: index, path, value: valueOf(node) });
      }
    };
    visit(document.contents, []);
  });
  return found;
}

function valueOf(node: { value: unknown; source?: string | undefined }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? '');
}

/** Without those that stand for a merged mapping, which are no scalars to the package. */
const bare = (scalars: readonly Scalar[]) =>
  scalars.filter(({ merges }) => !merges).map(({ document, path, value }) => ({ document, path, value }));

describe('readYaml', () => {
  it('agrees with the package about valid YAML', () => {
    let valid = 0;
    fc.assert(
      fc.property(yamlStream, (text) => {
        const meant = expected(text);
        if (!meant) return;
        valid += 1;
        expect(bare(readYaml(text))).toEqual(meant);
      }),
      { numRuns: 500 },
    );
    expect(valid).toBeGreaterThan(250);
  });

  it('tells where texts are, decoded or not', () => {
    const text = `plain: a b # c
single: 'it''s'
double: "a\\tb"
literal double: "a b"
empty: ''
nothing:
folded: >-
  registry/app:1
kept: |
  a
  b
long: a
  b
'quoted key': &x [1, {b: true}]
alias: *y
? explicit
: value
s: &y image
t: *y
u: *x
`;
    expect(shown(text)).toEqual([
      'plain = a b <a b>',
      "single = it's <it''s>",
      'double = a\tb <a\\tb>',
      'literal double = a b <a b>',
      'empty =  <>',
      'folded = registry/app:1 <registry/app:1>',
      'kept = a\nb\n <a\n  b>',
      'long = a b <a\n  b>',
      'quoted key.0 = 1 <1>',
      'quoted key.1.b = true <true>',
      'explicit = value <value>',
      's = image <image>',
      't = image <image>',
    ]);
    const scalars = readYaml(text);
    expect(scalars.filter(({ literal }) => !literal).map(({ path }) => path[0])).toEqual([
      'single',
      'double',
      'kept',
      'long',
    ]);
    const alias = scalars.at(-1);
    expect(text.slice(alias?.aliasRange?.start, alias?.aliasRange?.end)).toBe('*y');
    expect(text.slice(alias?.keyRange?.start, alias?.keyRange?.end)).toBe('t');
  });

  it.each([
    ['an open quote', 'a: "x\nb: y\nc: z\n', ['a = x <x>', 'b = y <y>', 'c = z <z>']],
    ['an open bracket', 'a: [x, y\nb: z\n', ['a.0 = x <x>', 'a.1 = y <y>', 'b = z <z>']],
    ['an alias of nothing', 'a: *b\nc: d\n', ['c = d <d>']],
    ['a key twice', 'a: x\na: y\n', ['a = x <x>', 'a = y <y>']],
    ['a byte order mark', '\uFEFFa: x\n---\n# y\n', ['a = x <x>']],
    ['a tab', 'a:\n\tb: x\nc: y\n', ['b = x <x>', 'c = y <y>']],
    ['a character of two units', 'a: 😀\nb: "😀x"\n', ['a = 😀 <😀>', 'b = 😀x <😀x>']],
    ['control characters', 'a: x\0y\nb: \u001fz\n', ['a = x\0y <x\0y>', 'b = \u001fz <\u001fz>']],
  ])('understands what it can of %s', (_, text, found) => {
    expect(shown(text)).toEqual(found);
  });

  it('forgets anchors at the end of a document, and one that is set again', () => {
    const scalars = readYaml('a: &x 1\nb: *x\nc: &x {}\nd: *x\n---\ne: *x\n');
    expect(scalars.map(({ path }) => path[0])).toEqual(['a', 'b']);
  });

  it('knows documents apart', () => {
    const text = '# first\n---\na: 1\n...\n# none\n---\n---\nb: 2\n--- c\n';
    expect(readYaml(text).map(({ document, value }) => [document, value])).toEqual([
      [0, '1'],
      [2, '2'],
      [3, 'c'],
    ]);
  });
});

describe('readYaml, of a text that is made to take long', () => {
  it.each([
    ['nested items, and comments that belong to each', `${'- '.repeat(200_000)}a\n${'#\n'.repeat(200_000)}`],
    ['brackets', `a: ${'['.repeat(300_000)}`],
    ['questions', '? '.repeat(300_000)],
    ['deep brackets with a long list in the last', `${'['.repeat(60)}${'a,'.repeat(400_000)}`],
    ['aliases', `a: &a 1\nb:\n${'- *a\n'.repeat(100_000)}`],
    ['aliases in brackets', `a: &a 1\nb: [${'*a ,'.repeat(100_000)}]\n`],
  ])('ends for %s', (_, text) => {
    expect(readYaml(text).length).toBeLessThanOrEqual(200_001);
  });
});
