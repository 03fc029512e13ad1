import * as l10n from '@vscode/l10n';
import { accepted, rejected, type Parsed } from './parsed.ts';
import { shown } from '../common/shown.ts';

/** What one comparison of a condition lets through. Values are lower case: both operators ignore case. */
export interface RepositoryGrant {
  readonly kind: 'equals' | 'startsWith';
  readonly value: string;
}

export type ConditionAttribute = 'Request' | 'Resource';

/** The syntax tree of the part of Azure's condition language that conditions on repositories use. */
export type Expression =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  /** `ActionMatches{'…'}`; the pattern may end with `/*`. */
  | { readonly kind: 'action'; readonly pattern: string }
  | { readonly kind: 'comparison'; readonly attribute: ConditionAttribute; readonly grant: RepositoryGrant };

/** The attribute that holds the repository's name. */
export const repositoryAttribute = 'Microsoft.ContainerRegistry/registries/repositories:name';

/** Characters. Above Azure's own limit for a condition, so that whatever Azure stored can be read. */
const maxTextLength = 32_768;
const maxDepth = 100;

interface Token {
  readonly kind: 'word' | 'string' | 'attribute' | 'symbol' | 'end';
  /** Word, symbol, or the inside of the quotes; for an attribute `Request[…]`. */
  readonly text: string;
}

class SyntaxProblem extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads a condition: `AND`/`&&`, `OR`/`||`, `NOT`/`!`, parentheses, `ActionMatches`, and comparisons of the repository's name
 * with `StringEqualsIgnoreCase` or `StringStartsWithIgnoreCase`. Everything else is rejected, never guessed; so are `AND` and
 * `OR` side by side without parentheses, since Azure documents no precedence. Linear time, bounded depth.
 */
export function parseExpression(text: string): Parsed<Expression> {
  if (text.length > maxTextLength) {
    return rejected('condition.tooLong', l10n.t('The condition is longer than {0} characters.', maxTextLength));
  }
  try {
    const parser = new ConditionParser(tokenize(text));
    return accepted(parser.parse());
  } catch (error) {
    if (error instanceof SyntaxProblem) return rejected(error.code, error.message);
    throw error;
  }
}

/** The condition's tokens in one normalized line, or undefined if it cannot be split: for comparing what is not understood. */
export function normalizedTokens(text: string): string | undefined {
  if (text.length > maxTextLength) return undefined;
  try {
    return tokenize(text)
      .map((token) => (token.kind === 'string' ? `'${token.text}'` : token.text))
      .join(' ');
  } catch (error) {
    if (error instanceof SyntaxProblem) return undefined;
    throw error;
  }
}

function tokenize(text: string): Token[] {
  const form = /\s+|(&&|\|\||[(){}!,])|'([^']*)'|@([A-Za-z]+)\s*\[([^\][']*)\]|([A-Za-z][A-Za-z0-9_:]*)/y;
  const tokens: Token[] = [];
  while (form.lastIndex < text.length) {
    const start = form.lastIndex;
    const match = form.exec(text);
    if (!match) throw unexpected(text.slice(start, start + 20));
    const [, symbol, value, source, attribute, word] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol });
    else if (value !== undefined) tokens.push({ kind: 'string', text: value });
    else if (attribute !== undefined) tokens.push({ kind: 'attribute', text: `${source}[${attribute.trim()}]` });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
  }
  return tokens;
}

const end: Token = { kind: 'end', text: '' };

class ConditionParser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#operands();
    if (this.#peek() !== end) throw unexpected(this.#peek().text);
    return expression;
  }

  /** One or more operands joined by the same operator. */
  #operands(): Expression {
    const operand = this.#operand();
    const operands = [operand];
    const first = operatorOf(this.#peek());
    if (!first) return operand;
    for (let operator: 'and' | 'or' | undefined = first; operator; operator = operatorOf(this.#peek())) {
      if (operator !== first) {
        throw new SyntaxProblem(
          'condition.ambiguous',
          l10n.t('The condition mixes AND and OR without parentheses, so its meaning is not certain.'),
        );
      }
      this.#next();
      operands.push(this.#operand());
    }
    return { kind: first, operands };
  }

  #operand(): Expression {
    if (++this.#depth > maxDepth) {
      throw new SyntaxProblem(
        'condition.tooDeep',
        l10n.t('The condition is nested more than {0} levels deep.', maxDepth),
      );
    }
    const expression = this.#atom(this.#next());
    this.#depth--;
    return expression;
  }

  #atom(token: Token): Expression {
    if (token.kind === 'symbol' && token.text === '(') {
      const inner = this.#operands();
      this.#expect(')');
      return inner;
    }
    if ((token.kind === 'symbol' && token.text === '!') || isWord(token, 'NOT'))
      return { kind: 'not', operand: this.#operand() };
    if (isWord(token, 'ActionMatches')) {
      this.#expect('{');
      const pattern = this.#string();
      this.#expect('}');
      if (!/^[A-Za-z0-9.]+(?:\/[A-Za-z0-9.]+)+(?:\/\*)?$/.test(pattern)) throw notUnderstood(pattern);
      return { kind: 'action', pattern };
    }
    if (token.kind === 'attribute') return this.#comparison(token);
    throw token.kind === 'word' ? notUnderstood(token.text) : unexpected(token.text);
  }

  #comparison(token: Token): Expression {
    const bracket = token.text.indexOf('[');
    const attribute = attributeOf(token.text.slice(0, bracket));
    if (!attribute || token.text.slice(bracket + 1, -1).toLowerCase() !== repositoryAttribute.toLowerCase()) {
      throw notUnderstood(`@${token.text}`);
    }
    const operator = this.#next();
    const kind = isWord(operator, 'StringEqualsIgnoreCase')
      ? 'equals'
      : isWord(operator, 'StringStartsWithIgnoreCase')
        ? 'startsWith'
        : undefined;
    if (!kind) throw operator.kind === 'word' ? notUnderstood(operator.text) : unexpected(operator.text);
    const value = this.#string();
    // Outside the repository alphabet a quote or escape might mean something to Azure that is not known here.
    if (value.length > 256 || !/^[A-Za-z0-9._/-]*$/.test(value)) throw notUnderstood(`'${value}'`);
    return { kind: 'comparison', attribute, grant: { kind, value: value.toLowerCase() } };
  }

  #peek(): Token {
    return this.#tokens[this.#index] ?? end;
  }

  #next(): Token {
    const token = this.#peek();
    if (token !== end) this.#index++;
    return token;
  }

  #expect(symbol: string): void {
    const token = this.#next();
    if (token.kind !== 'symbol' || token.text !== symbol) throw unexpected(token.text);
  }

  #string(): string {
    const token = this.#next();
    if (token.kind !== 'string') throw unexpected(token.text);
    return token.text;
  }
}

function operatorOf(token: Token): 'and' | 'or' | undefined {
  if (token.text === '&&' || isWord(token, 'AND')) return 'and';
  if (token.text === '||' || isWord(token, 'OR')) return 'or';
  return undefined;
}

function attributeOf(source: string): ConditionAttribute | undefined {
  const lower = source.toLowerCase();
  return lower === 'request' ? 'Request' : lower === 'resource' ? 'Resource' : undefined;
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word.toLowerCase();
}

function unexpected(text: string): SyntaxProblem {
  const message =
    text === ''
      ? l10n.t('The condition ends too early.')
      : l10n.t('The condition has "{0}" where it is not expected.', shown(text, 20));
  return new SyntaxProblem('condition.syntax', message);
}

function notUnderstood(text: string): SyntaxProblem {
  return new SyntaxProblem(
    'condition.notUnderstood',
    l10n.t('The condition uses "{0}", which this extension does not interpret.', shown(text)),
  );
}
