import { asText, isObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { KqlError } from './kqlTokens.ts';
import type { KqlToken } from './kqlTokens.ts';

export type Row = JsonObject;
export type Expression = (row: Row) => unknown;

/** A reader over tokens. */
export interface TokenReader {
  peek(): KqlToken;
  next(): KqlToken;
  position(): number;
  /** The tokens taken since a position. */
  from(position: number): readonly KqlToken[];
  /** Takes the symbol or word if it is next. */
  take(text: string): boolean;
  /** @throws KqlError */
  expect(text: string): void;
}

export function tokenReader(tokens: readonly KqlToken[]): TokenReader {
  let at = 0;
  const peek = (): KqlToken => tokens[at] ?? { kind: 'end', text: '', at: 0 };
  const isNext = (text: string): boolean => {
    const token = peek();
    return (token.kind === 'symbol' || token.kind === 'name') && token.text.toLowerCase() === text;
  };
  return {
    peek,
    position: () => at,
    from: (position) => tokens.slice(position, at),
    next: () => {
      const token = peek();
      at += 1;
      return token;
    },
    take(text) {
      if (!isNext(text)) return false;
      at += 1;
      return true;
    },
    expect(text) {
      if (!isNext(text)) throw new KqlError(peek());
      at += 1;
    },
  };
}

const lower = (value: unknown): string => asText(value).toLowerCase();

type Comparison = (left: unknown, right: unknown) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': (left, right) => (typeof right === 'string' ? asText(left) === right : left === right),
  '!=': (left, right) => (typeof right === 'string' ? asText(left) !== right : left !== right),
  '=~': (left, right) => lower(left) === lower(right),
  '!~': (left, right) => lower(left) !== lower(right),
  '<': (left, right) => Number(left) < Number(right),
  '>': (left, right) => Number(left) > Number(right),
  '<=': (left, right) => Number(left) <= Number(right),
  '>=': (left, right) => Number(left) >= Number(right),
  contains: (left, right) => lower(left).includes(lower(right)),
  has: (left, right) => lower(left).includes(lower(right)),
  startswith: (left, right) => lower(left).startsWith(lower(right)),
  endswith: (left, right) => lower(left).endsWith(lower(right)),
};

const functions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  tolower: lower,
  toupper: (value) => asText(value).toUpperCase(),
  tostring: asText,
  toint: (value) => Number.parseInt(asText(value), 10),
  isempty: (value) => asText(value) === '',
  isnotempty: (value) => asText(value) !== '',
  isnull: (value) => value === null || value === undefined,
  isnotnull: (value) => value !== null && value !== undefined,
  not: (value) => value !== true,
  strcat: (...values) => values.map(asText).join(''),
  coalesce: (...values) => values.find((value) => asText(value) !== ''),
  iff: (test, yes, no) => (test === true ? yes : no),
  array_length: (value) => (Array.isArray(value) ? value.length : null),
  bag_keys: (value) => (isObject(value) ? Object.keys(value) : null),
};

/** or → and → comparison → value. @throws KqlError */
export function parseExpression(tokens: TokenReader): Expression {
  let left = parseAnd(tokens);
  while (tokens.take('or')) {
    const [first, second] = [left, parseAnd(tokens)];
    left = (row) => first(row) === true || second(row) === true;
  }
  return left;
}

function parseAnd(tokens: TokenReader): Expression {
  let left = parseComparison(tokens);
  while (tokens.take('and')) {
    const [first, second] = [left, parseComparison(tokens)];
    left = (row) => first(row) === true && second(row) === true;
  }
  return left;
}

function parseComparison(tokens: TokenReader): Expression {
  const left = parseValue(tokens);
  const operator = tokens.peek().text.toLowerCase();
  if (['in', 'in~', '!in', '!in~'].includes(operator)) {
    tokens.next();
    const values = parseList(tokens);
    const same = operator.endsWith('~') ? comparisons['=~'] : comparisons['=='];
    const wanted = !operator.startsWith('!');
    return (row) => values.some((value) => same?.(left(row), value(row))) === wanted;
  }
  const isNegated = /^![a-z]/.test(operator);
  const compare = comparisons[isNegated ? operator.slice(1) : operator];
  if (!compare || tokens.peek().kind === 'string') return left;
  tokens.next();
  const right = parseValue(tokens);
  return (row) => compare(left(row), right(row)) !== isNegated;
}

function parseList(tokens: TokenReader): Expression[] {
  tokens.expect('(');
  const values: Expression[] = [];
  if (tokens.take(')')) return values;
  do values.push(parseExpression(tokens));
  while (tokens.take(','));
  tokens.expect(')');
  return values;
}

function parseValue(tokens: TokenReader): Expression {
  const token = tokens.next();
  if (token.kind === 'string') return () => token.text;
  if (token.kind === 'number') return () => Number(token.text);
  if (token.kind === 'symbol' && token.text === '(') {
    const inner = parseExpression(tokens);
    tokens.expect(')');
    return inner;
  }
  if (token.kind !== 'name') throw new KqlError(token);
  const word = token.text.toLowerCase();
  if (word === 'true' || word === 'false') return () => word === 'true';
  if (tokens.peek().text === '(' && tokens.peek().kind === 'symbol') {
    const call = functions[word];
    if (!call) throw new KqlError(token, 'UnknownFunction');
    const values = parseList(tokens);
    return (row) => call(...values.map((value) => value(row)));
  }
  return parsePath(tokens, (row) => row[token.text]);
}

/** `.name`, `['name']` and `[0]` behind a column. */
function parsePath(tokens: TokenReader, start: Expression): Expression {
  let value = start;
  for (;;) {
    const before = value;
    if (tokens.take('.')) {
      const token = tokens.next();
      if (token.kind !== 'name') throw new KqlError(token);
      value = (row) => member(before(row), token.text);
    } else if (tokens.take('[')) {
      const key = parseExpression(tokens);
      tokens.expect(']');
      value = (row) => member(before(row), asText(key(row)));
    } else {
      return value;
    }
  }
}

function member(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return (value as unknown[])[Number(key)];
  return isObject(value) ? value[key] : null;
}
