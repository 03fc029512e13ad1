import { ConditionSyntaxError, tokenizeCondition } from './conditionTokens.ts';
import type { ConditionToken } from './conditionTokens.ts';
import { holds, isOperator } from './conditionOperators.ts';
import type { Operator, Quantifier } from './conditionOperators.ts';

export { ConditionSyntaxError } from './conditionTokens.ts';

/** A parsed role assignment condition. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly operand: Condition }
  /** `ActionMatches{'…'}`: the action asked for is this one; `*` stands for anything. */
  | { readonly kind: 'actionMatches' | 'subOperationMatches'; readonly patterns: readonly string[] }
  | { readonly kind: 'exists'; readonly attribute: Operand; readonly negated: boolean }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly operator: Operator;
      readonly quantifier?: Quantifier;
      readonly right: Operand;
    };

type Operand =
  | { readonly kind: 'attribute'; readonly source: string; readonly name: string }
  | { readonly kind: 'values'; readonly values: readonly string[] };

/** What a condition is asked about. */
export interface ConditionRequest {
  readonly action: string;
  readonly subOperation?: string;
  /** Attribute values by lower-case name, whichever of @Request and @Resource asks: `microsoft.containerregistry/registries/repositories:name`. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

const quantifiers: readonly Quantifier[] = [
  'ForAnyOfAnyValues',
  'ForAllOfAnyValues',
  'ForAnyOfAllValues',
  'ForAllOfAllValues',
];
const sources = ['request', 'resource', 'principal', 'environment'];

/**
 * Parses a condition of version 2.0.
 * @throws ConditionSyntaxError
 */
export function parseCondition(text: string): Condition {
  const tokens = tokenizeCondition(text);
  let at = 0;
  const peek = (): ConditionToken => tokens[at] ?? { kind: 'end' };
  const isWord = (text: string): boolean => {
    const token = peek();
    return token.kind === 'word' && token.text.toUpperCase() === text;
  };
  const isSymbol = (text: string): boolean => {
    const token = peek();
    return token.kind === 'symbol' && token.text === text;
  };
  const expectSymbol = (text: string): void => {
    if (!isSymbol(text)) throw new ConditionSyntaxError(`Expected '${text}'.`);
    at++;
  };

  function expression(): Condition {
    let left = unary();
    let joined: 'and' | 'or' | undefined;
    while (isWord('AND') || isWord('OR')) {
      const kind = isWord('AND') ? 'and' : 'or';
      // Different operators side by side need parentheses (conditions-format).
      if (joined !== undefined && joined !== kind) throw new ConditionSyntaxError("Expected '(' between AND and OR.");
      joined = kind;
      at++;
      left = { kind, left, right: unary() };
    }
    return left;
  }
  function unary(): Condition {
    if (isWord('NOT')) {
      at++;
      return { kind: 'not', operand: unary() };
    }
    if (isSymbol('(')) {
      at++;
      const inner = expression();
      expectSymbol(')');
      return inner;
    }
    return primary();
  }
  function primary(): Condition {
    const token = peek();
    if (token.kind === 'word') {
      const name = token.text.toLowerCase();
      if (name === 'actionmatches' || name === 'suboperationmatches') {
        at++;
        return { kind: name === 'actionmatches' ? 'actionMatches' : 'subOperationMatches', patterns: list() };
      }
      if (name === 'exists' || name === 'notexists') {
        at++;
        return { kind: 'exists', attribute: operand(), negated: name === 'notexists' };
      }
    }
    const left = operand();
    const first = nextWord();
    let quantifier: Quantifier | undefined;
    let operator = first;
    if (isSymbol(':')) {
      quantifier = quantifiers.find((known) => known.toLowerCase() === first.toLowerCase());
      if (quantifier === undefined) throw new ConditionSyntaxError(`Unknown quantifier '${first}'.`);
      at++;
      operator = nextWord();
    }
    if (!isOperator(operator)) throw new ConditionSyntaxError(`Unknown operator '${operator}'.`);
    return { kind: 'compare', left, operator, ...(quantifier === undefined ? {} : { quantifier }), right: operand() };
  }
  function operand(): Operand {
    const token = peek();
    if (token.kind === 'attribute') {
      if (!sources.includes(token.source.toLowerCase()))
        throw new ConditionSyntaxError(`Unknown attribute source '@${token.source}'.`);
      at++;
      return { kind: 'attribute', source: token.source, name: token.name.toLowerCase() };
    }
    if (token.kind === 'string') {
      at++;
      return { kind: 'values', values: [token.text] };
    }
    if (isSymbol('{')) return { kind: 'values', values: list() };
    if (isWord('TRUE') || isWord('FALSE')) {
      at++;
      return { kind: 'values', values: [token.kind === 'word' ? token.text.toLowerCase() : ''] };
    }
    throw new ConditionSyntaxError('Expected an attribute or a value.');
  }
  function list(): string[] {
    const values: string[] = [];
    expectSymbol('{');
    for (;;) {
      const token = peek();
      if (token.kind !== 'string') throw new ConditionSyntaxError("Expected a value between '{' and '}'.");
      values.push(token.text);
      at++;
      if (isSymbol('}')) break;
      expectSymbol(',');
    }
    at++;
    return values;
  }
  function nextWord(): string {
    const token = peek();
    if (token.kind !== 'word') throw new ConditionSyntaxError('Expected an operator.');
    at++;
    return token.text;
  }

  const condition = expression();
  if (peek().kind !== 'end') throw new ConditionSyntaxError('Unexpected text after the condition.');
  return condition;
}

/** Whether a condition allows a request. A comparison with an attribute that the request does not have is false. */
export function evaluateCondition(condition: Condition, request: ConditionRequest): boolean {
  switch (condition.kind) {
    case 'and':
      return evaluateCondition(condition.left, request) && evaluateCondition(condition.right, request);
    case 'or':
      return evaluateCondition(condition.left, request) || evaluateCondition(condition.right, request);
    case 'not':
      return !evaluateCondition(condition.operand, request);
    case 'actionMatches':
      return condition.patterns.some((pattern) => matchesPattern(pattern, request.action));
    case 'subOperationMatches':
      return condition.patterns.some((pattern) => matchesPattern(pattern, request.subOperation ?? ''));
    case 'exists':
      return (valuesOf(condition.attribute, request) !== undefined) !== condition.negated;
    case 'compare': {
      const left = valuesOf(condition.left, request);
      const right = valuesOf(condition.right, request);
      if (left === undefined || right === undefined) return false;
      return holds(condition.operator, condition.quantifier, left, right);
    }
  }
}

/** Whether an action matches a role's or condition's pattern: case-insensitive, `*` stands for any text. */
export function matchesPattern(pattern: string, action: string): boolean {
  const escaped = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i').test(action);
}

function valuesOf(operand: Operand, request: ConditionRequest): readonly string[] | undefined {
  return operand.kind === 'values' ? operand.values : request.attributes.get(operand.name);
}
