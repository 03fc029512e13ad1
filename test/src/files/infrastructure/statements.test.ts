import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findReferences, findRuleDefinitions } from '../../../../src/files/find.ts';
import { createStatements } from '../../../../src/files/infrastructure/statements.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, '..', 'fixtures', name), 'utf8');

/** Longer texts are read in parts, which are remembered from one text to the next. */
const blank = '\n'.repeat(4000);

const bicep = ['app.bicep', 'rules.bicep'].map(fixture);
const terraform = ['app.tf', 'rules.tf'].map(fixture);
const statementsOf = (texts: readonly string[]) => texts.flatMap((text) => text.split(/\n(?=[a-z@])/));

const resources = [
  '{"type": "Microsoft.App/x", "properties": {\n    "image": "u.example/a:1"\n  }}',
  `{"type": "Microsoft.App/x", "properties": {"image": "[concat(variables('v'), '/b:1')]"}}`,
  `{"type": "Microsoft.App/x", "properties": {"image": "[parameters('p')]"}}`,
  '{"name": "r/c", "type": "Microsoft.ContainerRegistry/registries/cacheRules", "apiVersion": "1",\n   "properties": {}}',
  '{"name": "r", "type": "Microsoft.ContainerRegistry/registries", "resources": [\n  {"name": "c", "type": "cacheRules"}\n ]}',
  `{"type": "Microsoft.Resources/deployments", "properties": {"template": {"variables": {"v": "u.example"}, "resources": [
    {"type": "Microsoft.App/x", "image": "[concat(variables('v'), '/c:1')]"}]}}}`,
  '{"other": "u.example/d:1"}',
  '{}',
  '"u.example/e:1"',
].map((one) => `  ${one},\n`);
const template = (chosen: readonly string[]) =>
  `{"variables": {"v": "u.example"}, "resources": [\n${chosen.join('')}],\n` +
  '"parameters": {"p": {"defaultValue": "u.example/p:1"}}}';

const all = (path: string, text: string) => ({
  found: findReferences({ path, text }),
  rules: findRuleDefinitions({ path, text }),
});
/** Places count from where the text begins; of keys only counts which are the same. */
function comparable(findings: ReturnType<typeof all>, begin: number): unknown {
  const keys: unknown[] = [];
  return JSON.parse(JSON.stringify(findings), (name, value: unknown) => {
    if (typeof value === 'number' && ['start', 'end', 'offset'].includes(name)) return value - begin;
    if (name !== 'registryKey') return value;
    if (!keys.includes(value)) keys.push(value);
    return keys.indexOf(value);
  });
}

/** Long and short, a text says the same. */
function expectSameInParts(path: string, text: string) {
  const findings = all(path, text);
  expect(comparable(all(path, blank + text), blank.length)).toEqual(comparable(findings, 0));
  return findings.found.map(({ written }) => written);
}

describe.each([
  ['Bicep', 'a.bicep', statementsOf(bicep), (chosen: readonly string[]) => chosen.join('\n')],
  ['Terraform', 'a.tf', statementsOf(terraform), (chosen: readonly string[]) => chosen.join('\n')],
  ['an ARM template', 'azuredeploy.json', resources, template],
])('a text of %s', (_, path, statements, textOf) => {
  it('means the same in parts, after any edits', () => {
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
        fc.array(
          fc.tuple(
            fc.nat(3000),
            fc.nat(20),
            fc.constantFrom(...pieces, ' == ', ' if ', 'a.b', '// c\n', ',', ']', '  {'),
          ),
          {
            maxLength: 6,
          },
        ),
        (chosen, edits) => {
          let text = textOf(chosen);
          for (const [at, length, piece] of [[0, 0, ''] as const, ...edits]) {
            const begin = at % text.length;
            text = (text.slice(0, begin) + piece + text.slice(begin + length)).slice(0, 3900);
            expectSameInParts(path, text);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('tells apart a version in the text of a key and a place in it', () => {
  const text =
    "resource a 'Microsoft.ContainerRegistry/registries/cacheRules@2026-01-01-preview' = {\n  name:''' @2025-11-01/x'''\n}\n";
  expect(expectSameInParts('a.bicep', text)).toEqual([]);
});

it('reads broken JSON the same in parts, where keys and indexes come into one', () => {
  const chosen = [1, 5, 5, 8, 1].map((index) => resources[index] ?? '');
  let text = template(['  {"other": "u.example/d:1"},\n', ...chosen]);
  for (const [at, length, piece] of [
    [403, 16, "'"],
    [2777, 9, '\n'],
  ] as const) {
    const begin = at % text.length;
    text = text.slice(0, begin) + piece + text.slice(begin + length);
  }
  expectSameInParts('azuredeploy.json', text);
});

describe('resources of an ARM template', () => {
  const resource = (image: string) => `  {"type": "Microsoft.App/x", "properties": {"image": "${image}"}},\n`;
  const [a, b] = ['u.example/a:1', 'u.example/b:1'];

  it('may be in a comment', () => {
    const text = `{"resources": [\n${resource(a)}  /*\n${resource(a)}*/\n${resource(b)}]}`;
    expect(expectSameInParts('azuredeploy.json', text)).toEqual([a, b]);
    const comment = `{/* "resources": [\n${resource(a)}${resource(a)}*/ "resources": [\n${resource(b)}]}`;
    expect(expectSameInParts('azuredeploy.json', comment)).toEqual([b]);
  });

  it('may be in another one, or be none', () => {
    const inner = `"resources": [\n  {"x": "${a}"},\n  {"x": "${b}"},\n  {}]`;
    expect(expectSameInParts('azuredeploy.json', `{"resources": [{"type": "t", ${inner}}]}`)).toEqual([a, b]);
    expect(expectSameInParts('azuredeploy.json', `{"outputs": {${inner}}}`)).toEqual([a, b]);
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
      of: (text: string) => readLines(text).map(({ offset, made }) => ({ offset, text: made.join('') })),
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
      const parts = readParts('same\n'.repeat(2000));
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
