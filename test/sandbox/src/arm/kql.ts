import { asText } from '../json.ts';
import { parseExpression, tokenReader } from './kqlExpression.ts';
import type { Expression, Row, TokenReader } from './kqlExpression.ts';
import { KqlError, tokenizeKql } from './kqlTokens.ts';
import type { KqlToken } from './kqlTokens.ts';

type Step = (rows: readonly Row[]) => Row[];

/** A parsed query: `resources | where … | project … | order by …`. */
export interface KqlQuery {
  /** Lower case. */
  readonly table: string;
  run(rows: readonly Row[]): Row[];
}

/**
 * The subset of Resource Graph's query language that listing resources needs: where, project, project-away, extend, order/sort by,
 * limit/take, top … by, distinct, summarize count() [by …], count.
 * @throws KqlError
 */
export function parseKql(text: string): KqlQuery {
  const tokens = tokenReader(tokenizeKql(text));
  const first = tokens.next();
  if (first.kind !== 'name') throw new KqlError(first);
  const steps: Step[] = [];
  while (tokens.take('|')) steps.push(parseStep(tokens));
  if (tokens.peek().kind !== 'end') throw new KqlError(tokens.peek());
  return {
    table: first.text.toLowerCase(),
    run: (rows) => steps.reduce<Row[]>((current, step) => step(current), [...rows]),
  };
}

function parseStep(tokens: TokenReader): Step {
  const token = tokens.next();
  switch (token.text.toLowerCase()) {
    case 'where': {
      const test = parseExpression(tokens);
      return (rows) => rows.filter((row) => test(row) === true);
    }
    case 'project': {
      if (tokens.take('-')) {
        tokens.expect('away');
        const names = new Set(parseNames(tokens));
        return (rows) =>
          rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.has(name))));
      }
      const columns = parseColumns(tokens);
      return (rows) =>
        rows.map((row) => Object.fromEntries(columns.map(([name, value]) => [name, value(row) ?? null])));
    }
    case 'extend': {
      const columns = parseColumns(tokens);
      return (rows) =>
        rows.map((row) => ({
          ...row,
          ...Object.fromEntries(columns.map(([name, value]) => [name, value(row) ?? null])),
        }));
    }
    case 'distinct': {
      const columns = parseColumns(tokens);
      return (rows) => distinct(rows, columns);
    }
    case 'order':
    case 'sort':
      tokens.expect('by');
      return parseOrder(tokens);
    case 'limit':
    case 'take': {
      const count = parseCount(tokens);
      return (rows) => rows.slice(0, count);
    }
    case 'top': {
      const count = parseCount(tokens);
      tokens.expect('by');
      const order = parseOrder(tokens);
      return (rows) => order(rows).slice(0, count);
    }
    case 'summarize':
      return parseSummarize(tokens);
    case 'count':
      return (rows) => [{ Count: rows.length }];
    default:
      throw new KqlError(token);
  }
}

function parseNames(tokens: TokenReader): string[] {
  const names: string[] = [];
  do {
    const token = tokens.next();
    if (token.kind !== 'name') throw new KqlError(token);
    names.push(token.text);
  } while (tokens.take(','));
  return names;
}

/** `a, b.c, d = expression`; a path without a name is called as Resource Graph does: its parts joined by `_`. */
function parseColumns(tokens: TokenReader): [name: string, value: Expression][] {
  const columns: [string, Expression][] = [];
  do {
    const start = tokens.position();
    const value = parseExpression(tokens);
    const name = columnName(tokens.from(start));
    columns.push([name, tokens.take('=') ? parseExpression(tokens) : value]);
  } while (tokens.take(','));
  return columns;
}

function columnName(path: readonly KqlToken[]): string {
  const names = path.filter(({ text }) => text !== '.');
  return names.every(({ kind }) => kind === 'name') ? names.map(({ text }) => text).join('_') : 'Column1';
}

function parseOrder(tokens: TokenReader): Step {
  const keys: { value: Expression; sign: number }[] = [];
  do {
    const value = parseExpression(tokens);
    // Kusto's default is descending.
    const sign = tokens.take('asc') ? 1 : -1;
    if (sign === -1) tokens.take('desc');
    if (tokens.take('nulls') && !tokens.take('first')) tokens.expect('last');
    keys.push({ value, sign });
  } while (tokens.take(','));
  return (rows) =>
    [...rows].sort((a, b) => {
      for (const { value, sign } of keys) {
        const order = compare(value(a), value(b));
        if (order !== 0) return order * sign;
      }
      return 0;
    });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [asText(a), asText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function parseCount(tokens: TokenReader): number {
  const token = tokens.next();
  if (token.kind !== 'number') throw new KqlError(token);
  return Number(token.text);
}

function parseSummarize(tokens: TokenReader): Step {
  const token = tokens.next();
  let name = 'count_';
  if (token.text.toLowerCase() !== 'count') {
    name = token.text;
    tokens.expect('=');
    tokens.expect('count');
  }
  tokens.expect('(');
  tokens.expect(')');
  const columns = tokens.take('by') ? parseColumns(tokens) : [];
  return (rows) => {
    const counted = new Map<string, Row>();
    for (const row of rows) {
      const keys = Object.fromEntries(columns.map(([column, value]) => [column, value(row) ?? null]));
      const id = JSON.stringify(keys);
      counted.set(id, { ...keys, [name]: Number(counted.get(id)?.[name] ?? 0) + 1 });
    }
    return columns.length === 0 ? [{ [name]: rows.length }] : [...counted.values()];
  };
}

function distinct(rows: readonly Row[], columns: readonly [string, Expression][]): Row[] {
  const found = new Map<string, Row>();
  for (const row of rows) {
    const projected = Object.fromEntries(columns.map(([name, value]) => [name, value(row) ?? null]));
    found.set(JSON.stringify(projected), projected);
  }
  return [...found.values()];
}
