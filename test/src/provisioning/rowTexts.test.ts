import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { sentencesWithin } from '../../../src/common/shown.ts';
import { rowLimits } from '../../../src/ui/shared/plainRows.ts';

const root = join(import.meta.dirname, '..', '..', '..', 'src');

/** As long as most names of registries, identities and repositories. */
const name = 'upstreamregistry';

/** What is left of a row beside the heading of its group, which stands at its end. */
const limit = rowLimits.detail - 'Blocked by'.length - 1;

/** Which argument of a call is told by a row of a review. `more`: only with a severity there, else it is of a diagnosis alone. */
const told: Readonly<Record<string, { readonly index: number; readonly more?: number }>> = {
  blocking: { index: 1 },
  caution: { index: 1 },
  problem: { index: 1, more: 3 },
  warning: { index: 1, more: 3 },
  stands: { index: 1 },
  conflicting: { index: 0 },
  '(hasName ? missing : conflicting)': { index: 0 },
  standsInTheWay: { index: 1 },
};

type Function = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

function sourceOf(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** The texts that an expression may be, as they are written; what is not written there is left out. */
function textsOf(node: ts.Node, depth = 0): string[] {
  if (depth > 8) return [];
  const of = (...nodes: readonly (ts.Node | undefined)[]): string[] =>
    nodes.flatMap((one) => (one ? textsOf(one, depth + 1) : []));
  if (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) return of(node.expression);
  if (ts.isConditionalExpression(node)) return of(node.whenTrue, node.whenFalse);
  if (ts.isBinaryExpression(node)) return of(node.left, node.right);
  if (ts.isArrayLiteralExpression(node)) return of(...node.elements);
  if (ts.isSpreadElement(node)) return [];
  // Its beginning is a sentence.
  if (ts.isTemplateExpression(node) && node.head.text === '') return of(node.templateSpans[0]?.expression);
  if (ts.isCallExpression(node)) {
    if (node.expression.getText() === 'l10n.t') {
      const [text] = node.arguments;
      return text && ts.isStringLiteralLike(text) ? [text.text] : [];
    }
    if (ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'trim')
      return of(node.expression.expression);
    const [mapped] = node.arguments;
    if (mapped && ts.isArrowFunction(mapped)) return of(mapped.body);
    const called = declarationOf(node, node.expression.getText());
    return called && ts.isFunctionDeclaration(called) && called.body ? returnsOf(called as Function, depth) : [];
  }
  if (ts.isIdentifier(node)) {
    const declared = declarationOf(node, node.text);
    return declared && ts.isVariableDeclaration(declared) ? of(declared.initializer) : [];
  }
  return [];
}

function returnsOf({ body }: Function, depth: number): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression) texts.push(...textsOf(node.expression, depth + 1));
    ts.forEachChild(node, visit);
  };
  visit(body);
  return texts;
}

/** The nearest declaration of the name in the file, outward from the node. */
function declarationOf(node: ts.Node, text: string): ts.VariableDeclaration | ts.FunctionDeclaration | undefined {
  for (let scope = node.parent; ; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope) && !ts.isCaseClause(scope)) continue;
    for (const statement of scope.statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === text) return statement;
      if (!ts.isVariableStatement(statement)) continue;
      const found = statement.declarationList.declarations.find((one) => one.name.getText() === text);
      if (found) return found;
    }
    if (ts.isSourceFile(scope)) return undefined;
  }
}

/** What rows of a review tell of the plan: findings, reasons of steps that are blocked or passed over, warnings of a step. */
function toldIn(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const called = told[node.expression.getText()];
      const argument = called && node.arguments[called.index];
      const isTold = called?.more === undefined || node.arguments[called.more]?.getText().includes('severity');
      if (argument && isTold) found.push(...textsOf(argument));
      if (node.expression.getText() === 'warnings.push') found.push(...node.arguments.flatMap((one) => textsOf(one)));
    }
    if (
      ts.isSpreadAssignment(node) &&
      ts.isCallExpression(node.expression) &&
      node.parent.getText().includes('severity')
    )
      found.push(...node.expression.arguments.slice(1, 2).flatMap((one) => textsOf(one)));
    if (ts.isShorthandPropertyAssignment(node) && node.name.text === 'warnings') found.push(...textsOf(node.name));
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'warnings') found.push(...textsOf(node.initializer));
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(path));
  return found;
}

/** Codes of the findings that are told of a plan, where they are written. */
function codesIn(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ['blocking', 'caution', 'stands'].includes(node.expression.getText())) {
      const [code] = node.arguments;
      if (code && ts.isStringLiteral(code)) found.push(code.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(path));
  return found;
}

/** Those of which not even the first sentence fits. */
function cut(texts: readonly string[], most: number): string[] {
  return texts.filter((text) => sentencesWithin(text.replace(/\{\d+\}/g, name), most) === undefined);
}

it('what a row of a review tells of a plan begins with a sentence that fits into it', () => {
  const texts = globSync('provisioning/**/*.ts', { cwd: root }).flatMap(toldIn);
  expect(texts.length).toBeGreaterThan(50);
  expect(cut(texts, limit)).toEqual([]);
});

it('so does what it tells of a name that cannot be used', () => {
  const texts = ['ui/setUp/mapping.ts', 'domain/ruleConflicts.ts'].flatMap((path) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      found.push(...textsOf(node, 8));
      ts.forEachChild(node, visit);
    };
    visit(sourceOf(path));
    return found;
  });
  expect(texts.length).toBeGreaterThan(8);
  expect(cut(texts, rowLimits.detail - 1)).toEqual([]);
});

it('the title of a finding fits, and every code that is told has one of its own', () => {
  const words = sourceOf('provisioning/checks/findingTitles.ts');
  const titles: string[] = [];
  const codes = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCaseClause(node) && ts.isStringLiteral(node.expression)) codes.add(node.expression.text);
    if (ts.isReturnStatement(node) && node.expression) titles.push(...textsOf(node.expression));
    ts.forEachChild(node, visit);
  };
  visit(words);
  expect(titles.filter((title) => title.length > rowLimits.label)).toEqual([]);
  expect(
    globSync('provisioning/**/*.ts', { cwd: root })
      .flatMap(codesIn)
      .filter((code) => !codes.has(code)),
  ).toEqual([]);
});
