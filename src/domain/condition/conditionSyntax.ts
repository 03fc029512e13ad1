import * as l10n from '@vscode/l10n';
import { maxTextLength, SyntaxProblem, tokenize, unexpected, type Token } from './conditionTokens.ts';
import { accepted, rejected, type Parsed } from '../parsed.ts';
import type { RepositoryGrant } from './repositorySet.ts';

export type ConditionAttribute = 'Request' | 'Resource';

/** A comparison of the repository's name with one value. */
export interface NameComparison {
  readonly kind: 'comparison';
  readonly attribute: ConditionAttribute;
  /** In lower case where the comparison ignores case, else as written. */
  readonly grant: RepositoryGrant;
  /** Written with an operator that Microsoft documents for repositories, so that it can be written again as it was. */
  readonly isDocumented: boolean;
}

/** The syntax tree of a condition, with what only other attributes decide as leaves. */
export type Expression =
  | { readonly kind: 'or' | 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  /** `ActionMatches{'…'}`: `*` stands for any text, as in a role's actions. */
  | { readonly kind: 'action'; readonly pattern: string }
  | NameComparison
  /**
   * Is true or false by something that is not known here: another attribute, a sub-operation, an operator. `wildcards`: it compares
   * the repository's name with this text, in which `*` and `?` stand for others in more places than at the end.
   */
  | { readonly kind: 'unknown'; readonly text: string; readonly wildcards?: string };

/** The attribute that holds the repository's name. */
export const repositoryAttribute = 'Microsoft.ContainerRegistry/registries/repositories:name';

const maxDepth = 100;

/**
 * Reads a condition: `AND`/`&&`, `OR`/`||`, `NOT`/`!`, parentheses, `ActionMatches`, comparisons of strings with or without
 * `ForAnyOfAnyValues:` and its sisters, `Exists`. `AND` and `OR` side by side without parentheses are rejected: Azure demands
 * parentheses there (conditions-format, "Grouping and precedence"). Linear time, bounded depth.
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
          l10n.t('The condition mixes AND and OR without parentheses, so its meaning is ambiguous.'),
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
    if (isSymbol(token, '(')) {
      const inner = this.#operands();
      this.#expect(')');
      return inner;
    }
    if (isSymbol(token, '!') || isWord(token, 'NOT')) return { kind: 'not', operand: this.#operand() };
    if (isWord(token, 'ActionMatches') || isWord(token, 'SubOperationMatches')) {
      const [pattern = '', ...more] = this.#list();
      const isAction = isWord(token, 'ActionMatches') && more.length === 0 && actionForm.test(pattern);
      return isAction ? { kind: 'action', pattern } : { kind: 'unknown', text: `${token.text}{'${pattern}'}` };
    }
    if (isWord(token, 'Exists')) {
      const attribute = this.#next();
      if (attribute.kind !== 'attribute') throw unexpected(attribute.text);
      // Whoever reads a repository names it, so this is the same as a comparison that every name passes.
      return nameAttribute(attribute)
        ? { kind: 'comparison', ...everyName, attribute: 'Request' }
        : { kind: 'unknown', text: `Exists @${attribute.text}` };
    }
    return this.#comparison(token);
  }

  #comparison(left: Token): Expression {
    if (left.kind !== 'attribute' && left.kind !== 'string' && !isSymbol(left, '{')) throw unexpected(left.text);
    if (isSymbol(left, '{')) {
      this.#index--;
      this.#list();
    }
    const first = this.#word();
    const quantifier = isSymbol(this.#peek(), ':') ? first.toLowerCase() : undefined;
    if (quantifier !== undefined) this.#next();
    const operator = quantifier === undefined ? first : this.#word();
    const values = this.#values();
    const attribute = nameAttribute(left);
    const compared = attribute && values && compare(attribute, operator, quantifier, values);
    if (compared) return compared;
    if (attribute && values && isLike(operator) && values.length === 1) {
      const [value = ''] = values;
      const wildcards = /^[a-z0-9._/*?-]*$/.test(value) ? value : undefined;
      return { kind: 'unknown', text: `${operator} '${value}'`, ...(wildcards === undefined ? {} : { wildcards }) };
    }
    const written = left.kind === 'attribute' ? `@${left.text}` : left.text;
    return {
      kind: 'unknown',
      text: attribute && values ? `${operator} '${values.join("', '")}'` : `${written} ${operator}`,
    };
  }

  /** What stands on the right; undefined for what is no text: another attribute, a number, a truth value. */
  #values(): string[] | undefined {
    const token = this.#next();
    if (token.kind === 'string') return [token.text];
    if (isSymbol(token, '{')) {
      this.#index--;
      return this.#list();
    }
    if (token.kind === 'attribute' || token.kind === 'word') return undefined;
    throw unexpected(token.text);
  }

  /** `{'a', 'b'}`, with numbers and GUIDs unquoted. */
  #list(): string[] {
    const values: string[] = [];
    this.#expect('{');
    for (;;) {
      const token = this.#next();
      if (token.kind !== 'string' && token.kind !== 'word') throw unexpected(token.text);
      values.push(token.text);
      if (!isSymbol(this.#peek(), ',')) break;
      this.#next();
    }
    this.#expect('}');
    return values;
  }

  #word(): string {
    const token = this.#next();
    if (token.kind !== 'word') throw unexpected(token.text);
    return token.text;
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
    if (!isSymbol(token, symbol)) throw unexpected(token.text);
  }
}

const actionForm = /^[A-Za-z0-9.*]+(?:\/[A-Za-z0-9.*]+)*$/;

const everyName = {
  grant: { kind: 'startsWith', value: '' },
  isDocumented: false,
} as const;

/** The operators of conditions-format that compare texts: `StringNotLikeIgnoreCase`. */
const operatorForm = /^string(not)?(equals|startswith|like)(ignorecase)?$/;

/** A repository has one name: so quantifiers differ only in whether one value or each value of the right has to match. */
const quantifiers = new Map<string, 'or' | 'and'>([
  ['foranyofanyvalues', 'or'],
  ['forallofanyvalues', 'or'],
  ['foranyofallvalues', 'and'],
  ['forallofallvalues', 'and'],
]);

function isLike(operator: string): boolean {
  return /^stringlike(ignorecase)?$/i.test(operator);
}

/** undefined: the meaning is not certain. */
function compare(
  attribute: ConditionAttribute,
  operator: string,
  quantifier: string | undefined,
  values: readonly string[],
): Expression | undefined {
  const form = operatorForm.exec(operator.toLowerCase());
  const joined = quantifier === undefined ? 'or' : quantifiers.get(quantifier);
  if (!form || !joined || (quantifier === undefined && values.length > 1)) return undefined;
  const [, not, test, ignore] = form;
  const operands: Expression[] = [];
  for (const value of values) {
    const grant = grantOf(test ?? '', value);
    if (!grant) return undefined;
    const isDocumented = quantifier === undefined && not === undefined && test !== 'like' && ignore !== undefined;
    const compared: Expression = {
      kind: 'comparison',
      attribute,
      grant: ignore === undefined ? asWritten(grant) : { ...grant, value: grant.value.toLowerCase() },
      isDocumented,
    };
    operands.push(not === undefined ? compared : { kind: 'not', operand: compared });
  }
  const [only, ...more] = operands;
  return more.length === 0 ? only : { kind: joined, operands };
}

/**
 * Outside the repository alphabet a quote or escape might mean something to Azure that is not known here. Of the wildcards of
 * `StringLike` only a last `*` is one of the kinds of a cache rule's paths.
 */
function grantOf(test: string, value: string): RepositoryGrant | undefined {
  const isLike = test === 'like' && value.endsWith('*');
  const text = isLike ? value.slice(0, -1) : value;
  if (text.length > 256 || !/^[A-Za-z0-9._/-]*$/.test(text)) return undefined;
  return { kind: isLike || test === 'startswith' ? 'startsWith' : 'equals', value: text };
}

/** Names of repositories are lower-case: what is not is the name of none, nor its beginning. */
function asWritten(grant: RepositoryGrant): RepositoryGrant {
  return grant.value === grant.value.toLowerCase() ? grant : { ...grant, kind: 'equals' };
}

function nameAttribute(token: Token): ConditionAttribute | undefined {
  if (token.kind !== 'attribute') return undefined;
  const bracket = token.text.indexOf('[');
  if (token.text.slice(bracket + 1, -1).toLowerCase() !== repositoryAttribute.toLowerCase()) return undefined;
  const source = token.text.slice(0, bracket).toLowerCase();
  return source === 'request' ? 'Request' : source === 'resource' ? 'Resource' : undefined;
}

function operatorOf(token: Token): 'and' | 'or' | undefined {
  if (isSymbol(token, '&&') || isWord(token, 'AND')) return 'and';
  if (isSymbol(token, '||') || isWord(token, 'OR')) return 'or';
  return undefined;
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.text === symbol;
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word.toLowerCase();
}
