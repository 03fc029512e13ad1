import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Written {
  readonly place: string;
  readonly text: string;
}

/** The regular expressions of a file, and where one is made of a text, which nobody could look at here. */
function expressionsIn(path: string): { literals: Written[]; made: Written[] } {
  const literals: Written[] = [];
  const made: Written[] = [];
  const source = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    const place = `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) literals.push({ place, text: node.text });
    if (ts.isIdentifier(node) && node.text === 'RegExp' && isValue(node))
      made.push({ place, text: node.parent.getText() });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { literals, made };
}

/** Of `RegExp` as a type nothing is made. */
function isValue({ parent }: ts.Node): boolean {
  return !ts.isTypeNode(parent) && !ts.isTypeReferenceNode(parent);
}

/** `safe`, or how an expression's time grows with the text. */
async function growthOf(text: string): Promise<string> {
  const end = text.lastIndexOf('/');
  // By count, not by the clock: what is said must not depend on how busy the machine is. The time only ends what would never end.
  // A third less time than by default; of 17 expressions of ours that were broken on purpose it finds the same.
  const attempts = { maxIteration: 3, maxGeneStringSize: 2000 };
  const options = { timeout: 100_000, attackTimeout: null, incubationTimeout: null, ...attempts };
  const result = await check(text.slice(1, end), text.slice(end + 1), options);
  return result.status === 'vulnerable' ? result.complexity.summary : result.status;
}

describe('regular expressions of src', () => {
  const all = globSync('src/**/*.ts', { cwd: root }).map(expressionsIn);

  it('take time linear in the text', async () => {
    const slow: string[] = [];
    const places = Map.groupBy(
      all.flatMap((file) => file.literals),
      ({ text }) => text,
    );
    for (const [text, [first]] of places) {
      const growth = await growthOf(text);
      if (growth !== 'safe') slow.push(`${first?.place}: ${growth}: ${text}`);
    }
    expect(places.size).toBeGreaterThan(200);
    expect(slow).toEqual([]);
  }, 900_000);

  it('are written, not made of texts', () => {
    expect(all.flatMap((file) => file.made)).toEqual([]);
  });

  // These held the event loop for seconds: on error bodies, on Markdown files, on pasted pull errors.
  it.each([String.raw`/eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g`, String.raw`/^\s*\$ /m`, String.raw`/\\+(["'])/g`])(
    'would be told of %s',
    async (text) => {
      expect(await growthOf(text)).toBe('2nd degree polynomial');
    },
  );

  it('would be told of one that takes for ever', async () => {
    expect(await growthOf(String.raw`/^[\s\S]*[\s\S]*[\s\S]*[\s\S]*!$/`)).toMatch(/degree|exponential/);
  });
});
