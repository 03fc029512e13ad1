import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Node } from 'yaml';
import { runAtOnce } from '../../../src/files/slices.ts';
import type { Scalar } from '../../../src/files/syntax/scalars.ts';
import { readYaml } from '../../../src/files/syntax/yaml.ts';
import { yamlStream } from './yamlArbitrary.ts';

const read = (text: string, longEntry?: number): readonly Scalar[] =>
  runAtOnce(readYaml(text, longEntry === undefined ? {} : { longEntry }));

/** `path: value`, with the text that stands there. */
const shown = (text: string): readonly string[] =>
  read(text).map(({ path, value, range }) => `${path.join('.')} = ${value} <${text.slice(range.start, range.end)}>`);

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

const bare = (scalars: readonly Scalar[]) => scalars.map(({ document, path, value }) => ({ document, path, value }));

describe('readYaml', () => {
  it('agrees with the package about valid YAML', () => {
    let valid = 0;
    fc.assert(
      fc.property(yamlStream, (text) => {
        const meant = expected(text);
        if (!meant) return;
        valid += 1;
        expect(bare(read(text))).toEqual(meant);
      }),
      { numRuns: 500 },
    );
    expect(valid).toBeGreaterThan(250);
  });

  it('reads the same in parts', () => {
    let cut = 0;
    fc.assert(
      fc.property(yamlStream, fc.integer({ min: 1, max: 6 }), (text, longEntry) => {
        if (!expected(text)) return;
        cut += 1;
        expect(read(text, longEntry)).toEqual(read(text, Infinity));
      }),
      { numRuns: 1000 },
    );
    expect(cut).toBeGreaterThan(500);
  });
});
