import { createHash } from 'node:crypto';

/** What an ARM expression can ask for. */
export interface ExpressionScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** `reference(id, apiVersion)`: the `properties` of a resource. */
  readonly reference: (id: string, apiVersion: string) => Promise<unknown>;
}

/** Evaluates the expressions in a template's value, keys included. A small part of the language: calls, strings, properties. */
export async function evaluate(value: unknown, scope: ExpressionScope): Promise<unknown> {
  if (typeof value === 'string') return evaluateText(value, scope);
  if (Array.isArray(value)) return Promise.all(value.map((item) => evaluate(item, scope)));
  if (typeof value !== 'object' || value === null) return value;
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, inner]) => [
      String(await evaluateText(key, scope)),
      await evaluate(inner, scope),
    ]),
  );
  return Object.fromEntries(entries) as unknown;
}

/** https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions */
async function evaluateText(text: string, scope: ExpressionScope): Promise<unknown> {
  if (text.startsWith('[[')) return text.slice(1);
  if (!text.startsWith('[') || !text.endsWith(']')) return text;
  const tokens = tokensOf(text.slice(1, -1));
  const result = await expression(tokens, scope);
  if (tokens.length > 0) throw new Error(`left over in ${text}: ${tokens.join(' ')}`);
  return result;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const pattern = /\s*('(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[(),.])/gsuy;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match?.[1]) throw new Error(`not an expression at ${start}: ${text}`);
    tokens.push(match[1]);
  }
  return tokens;
}

async function expression(tokens: string[], scope: ExpressionScope): Promise<unknown> {
  const head = tokens.shift() ?? '';
  if (head.startsWith("'")) return head.slice(1, -1).replaceAll("''", "'");
  if (tokens.shift() !== '(') throw new Error(`${head} is no call`);
  const parameters: unknown[] = [];
  const closes = (): boolean => tokens[0] === ')';
  while (!closes()) {
    parameters.push(await expression(tokens, scope));
    if (tokens[0] === ',') tokens.shift();
    else if (!closes()) throw new Error(`"," or ")" expected in ${head}()`);
  }
  tokens.shift();
  let value = await call(head, parameters.map(String), scope);
  while (tokens[0] === '.') {
    tokens.shift();
    value = member(value, tokens.shift() ?? '');
  }
  return value;
}

async function call(name: string, given: readonly string[], scope: ExpressionScope): Promise<unknown> {
  const [first = '', second = ''] = given;
  switch (name) {
    case 'parameters':
      return member(scope.parameters, first);
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
      throw new Error(`unknown function ${name}`);
  }
}

/** `Microsoft.X/a/b` with names `1`, `2` is `Microsoft.X/a/1/b/2`. */
export function typed(type: string, names: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  if (types.length !== names.length) throw new Error(`${type} needs ${types.length} names, not ${names.length}`);
  return [provider, ...types.flatMap((one, index) => [one, names[index] ?? ''])].join('/');
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
    throw new Error(`there is no ${name} in ${JSON.stringify(value)}`);
  return Reflect.get(value, name);
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
