import { createHash } from 'node:crypto';
import { asText } from '../../json.ts';

/** What is wrong with a template, in a sentence. */
export class TemplateError extends Error {
  override readonly name: string = 'TemplateError';
}

/** Thrown by `reference` where a value is known only while the template is deployed. */
export class Deferred extends TemplateError {
  override readonly name = 'Deferred';
}

/** Stands for a parameter whose value is known only then. */
export const deferred = Symbol('deferred');

/** How many levels a template and a call in it may have: more is no template, and would be no stack either. */
export const deepest = 100;
/** https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#template-limits */
const longestExpression = 24_576;

/** What an ARM expression can ask for. */
export interface ExpressionScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `reference(id, apiVersion)`: the `properties` of a resource. @throws Deferred */
  readonly reference: (id: string, apiVersion: string) => Promise<unknown>;
}

/**
 * Evaluates the expressions in a template's value, keys included. A small part of the language: calls, strings, properties.
 * `keepsDeferred`: an expression that is known only while the template is deployed stays as it is.
 * @throws TemplateError, Deferred
 */
export async function evaluate(value: unknown, scope: ExpressionScope, keepsDeferred = false): Promise<unknown> {
  if (typeof value === 'string') return evaluateText(value, scope, keepsDeferred);
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, scope, keepsDeferred)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) => [
      asText(await evaluateText(key, scope, keepsDeferred)),
      await evaluate(inner, scope, keepsDeferred),
    ]),
  );
  return Object.fromEntries(entries) as unknown;
}

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions */
async function evaluateText(text: string, scope: ExpressionScope, keepsDeferred: boolean): Promise<unknown> {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  if (text.length > longestExpression) throw new TemplateError('an expression is too long');
  const tokens = tokensOf(text.slice(1, -1));
  let result: unknown;
  try {
    result = await expression(tokens, scope);
  } catch (error) {
    if (keepsDeferred && error instanceof Deferred) return text;
    throw error;
  }
  if (tokens.length > 0) throw new TemplateError(`left over in ${text}: ${tokens.join(' ')}`);
  return result;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = /\s*('(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[(),.])/gsuy;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match?.[1]) throw new TemplateError(`not an expression at ${start}: ${text}`);
    tokens.push(match[1]);
  }
  return tokens;
}

async function expression(tokens: string[], scope: ExpressionScope, levels = deepest): Promise<unknown> {
  if (levels === 0) throw new TemplateError('an expression is nested too deep');
  const head = tokens.shift() ?? '';
  if (head.startsWith("'")) return head.slice(1, -1).replaceAll("''", "'");
  if (tokens.shift() !== '(') throw new TemplateError(`${head} is no call`);
  const parameters: unknown[] = [];
  const closes = (): boolean => tokens[0] === ')';
  while (!closes()) {
    parameters.push(await expression(tokens, scope, levels - 1));
    if (tokens[0] === ',') tokens.shift();
    else if (!closes()) throw new TemplateError(`"," or ")" expected in ${head}()`);
  }
  tokens.shift();
  let value = await call(head, parameters.map(asText), scope);
  while (tokens[0] === '.') {
    tokens.shift();
    value = member(value, tokens.shift() ?? '');
  }
  return value;
}

async function call(name: string, given: readonly string[], scope: ExpressionScope): Promise<unknown> {
  const [first = '', second = ''] = given;
  switch (name) {
    case 'parameters': {
      const value = member(scope.parameters, first);
      if (value === deferred) throw new Deferred(`parameter ${first} is not known yet`);
      return value;
    }
    case 'variables':
      return member(scope.variables, first);
    case 'string':
      return first;
    case 'format':
      return first.replace(/\{(\d+)\}/g, (_, index: string) => given[Number(index) + 1] ?? '');
    case 'uniqueString':
      return hash(given).slice(0, 13);
    case 'guid': {
      const text = hash(given);
      return [
        text.slice(0, 8),
        text.slice(8, 12),
        `5${text.slice(13, 16)}`,
        `8${text.slice(17, 20)}`,
        text.slice(20, 32),
      ].join('-');
    }
    case 'subscriptionResourceId':
      return `/subscriptions/${scope.subscriptionId}/providers/${typed(first, given.slice(1))}`;
    case 'resourceId': {
      const type = given.findIndex((part) => part.includes('/'));
      const [group = scope.resourceGroup, subscription = scope.subscriptionId] = given.slice(0, type).toReversed();
      return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${typed(given[type] ?? '', given.slice(type + 1))}`;
    }
    case 'reference':
      return scope.reference(first, second);
    default:
      throw new TemplateError(`unknown function ${name}`);
  }
}

/** `Microsoft.X/a/b` with names `1`, `2` is `Microsoft.X/a/1/b/2`. */
export function typed(type: string, names: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  if (types.length !== names.length)
    throw new TemplateError(`${type} needs ${types.length} names, not ${names.length}`);
  return [provider, ...types.flatMap((one, index) => [one, names[index] ?? ''])].join('/');
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
    throw new TemplateError(`there is no ${name} in ${JSON.stringify(value)}`);
  return Reflect.get(value, name);
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
