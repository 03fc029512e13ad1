import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function isTranslated({ expression }: ts.CallExpression): boolean {
  return /(^|\.)l10n\.t$/.test(expression.getText());
}

/** Every call of `l10n.t` in a file. */
function callsIn(path: string): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslated(node)) calls.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true));
  return calls;
}

/** Whether a string is a value of another one, or is put together with words. Marks, icons and the ending of a file are none. */
function isPart(call: ts.CallExpression): boolean {
  const { parent } = call;
  if (ts.isBinaryExpression(parent)) return parent.operatorToken.kind === ts.SyntaxKind.PlusToken;
  if (ts.isCallExpression(parent)) return isTranslated(parent) && parent.arguments.includes(call);
  if (!ts.isTemplateSpan(parent)) return false;
  const { head, templateSpans } = parent.parent;
  const words = [head, ...templateSpans.map(({ literal }) => literal)].map(({ text }) =>
    text.replace(/\$\([\w~-]+\)|\.md$/g, ''),
  );
  return words.some((text) => /[a-z]/i.test(text));
}

describe('what the user reads', () => {
  it('package.nls.json has what package.json names, and nothing else', () => {
    const named = [...read('package.json').matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key);
    const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
    expect(Object.keys(strings).sort()).toEqual([...new Set(named)].sort());
  });

  it('is a literal that can be translated, with a place for each value', () => {
    const wrong: string[] = [];
    const calls = globSync('src/**/*.ts', { cwd: root }).flatMap(callsIn);
    for (const call of calls) {
      const [text, ...values] = call.arguments;
      if (!text || !ts.isStringLiteralLike(text)) wrong.push(call.getText());
      else if (!values.some(ts.isSpreadElement)) {
        const places = new Set([...text.text.matchAll(/\{(\d+)\}/g)].map(([, place]) => Number(place)));
        const isFit = places.size === values.length && values.every((_, place) => places.has(place));
        if (!isFit) wrong.push(call.getText());
      }
    }
    expect(calls.length).toBeGreaterThan(1000);
    expect(wrong).toEqual([]);
  });

  it('is a whole sentence: no string is a part of another one', () => {
    const parts = globSync('src/**/*.ts', { cwd: root }).flatMap(callsIn).filter(isPart);
    expect(parts.map((call) => call.getText())).toEqual([]);
  });
});
