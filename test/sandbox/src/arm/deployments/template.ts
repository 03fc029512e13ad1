import { asText, isObject, objectAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { deepest, deferred, Deferred, evaluate, TemplateError, typed } from './expressions.ts';
import type { ExpressionScope } from './expressions.ts';

/** Where a template is deployed. */
export interface TemplatePlace {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
}

export interface TemplateResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  /** What is to be written. */
  readonly body: JsonObject;
  /** The id ends with an expression that is known only while the template is deployed. */
  readonly isDeferred: boolean;
}

/** Who reads a template: what it asks for, and what it says. */
export interface TemplateReader {
  readonly reference: ExpressionScope['reference'];
  resource(resource: TemplateResource): void | Promise<void>;
}

/**
 * Reads a resource group's template as ARM would: resources in an order that `dependsOn` allows, nested deployments in their own
 * resource group with expressions of their own. `given`: values of its parameters.
 * @throws TemplateError where the template is not one: unknown names, dependencies that are not in it
 */
export async function readTemplate(
  template: unknown,
  place: TemplatePlace,
  given: JsonObject,
  reader: TemplateReader,
): Promise<void> {
  if (!isObject(template)) throw new TemplateError('the template is no object');
  if (isDeeperThan(template, deepest)) throw new TemplateError('the template is nested too deep');
  const { reference } = reader;
  const declared = objectAt(template, 'parameters');
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) throw new TemplateError(`there is no parameter ${unknown}`);
  const outside = { ...place, parameters: {}, variables: {}, reference };
  const parameters = await entriesOf(declared, async (parameter, name) => {
    if (Object.hasOwn(given, name)) return given[name];
    if (!isObject(parameter) || parameter['defaultValue'] === undefined)
      throw new TemplateError(`parameter ${name} has no value`);
    return evaluate(parameter['defaultValue'], outside);
  });
  // One may use those before it. Without a prototype, so that any name is a name.
  const variables = Object.create(null) as JsonObject;
  for (const [name, value] of Object.entries(objectAt(template, 'variables')))
    variables[name] = await evaluate(value, { ...outside, parameters, variables });

  const scope: ExpressionScope = { ...place, parameters, variables, reference };
  const resources = listOf(template['resources']).filter(isObject);
  const waiting = await Promise.all(
    resources.map(async (resource) => ({
      resource,
      ...(await idOf(resource, scope)),
      needs: listOf(await evaluate(resource['dependsOn'] ?? [], scope)).map(asText),
    })),
  );
  const ids = new Set(waiting.map(({ id }) => id));
  const done = new Set<string>();
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ needs }) => needs.every((need) => done.has(need)));
    const [ready] = next < 0 ? [] : waiting.splice(next, 1);
    if (!ready) {
      const missing = waiting.flatMap(({ needs }) => needs).filter((need) => !ids.has(need));
      throw new TemplateError(`dependsOn cannot be met: ${missing.join(', ')}`);
    }
    await readResource(ready, scope, reader);
    done.add(ready.id);
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

async function entriesOf(
  values: JsonObject,
  read: (value: unknown, name: string) => Promise<unknown>,
): Promise<JsonObject> {
  const entries = Object.entries(values).map(async ([name, value]) => [name, await read(value, name)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

async function idOf(resource: JsonObject, scope: ExpressionScope): Promise<{ id: string; isDeferred: boolean }> {
  const type = asText(resource['type']);
  let name = asText(resource['name']);
  let isDeferred = false;
  try {
    name = asText(await evaluate(name, scope));
  } catch (error) {
    if (!(error instanceof Deferred)) throw error;
    isDeferred = true;
  }
  const path = `/providers/${isDeferred ? `${type}/${name}` : typed(type, name.split('/'))}`;
  if (resource['scope'] !== undefined)
    return { id: `${asText(await evaluate(resource['scope'], scope))}${path}`, isDeferred };
  const subscription = asText(await evaluate(resource['subscriptionId'] ?? scope.subscriptionId, scope));
  const group = asText(await evaluate(resource['resourceGroup'] ?? scope.resourceGroup, scope));
  return { id: `/subscriptions/${subscription}/resourceGroups/${group}${path}`, isDeferred };
}

const structural = new Set(['type', 'apiVersion', 'name', 'scope', 'dependsOn', 'comments']);

async function readResource(
  { resource, id, isDeferred }: { readonly resource: JsonObject; readonly id: string; readonly isDeferred: boolean },
  scope: ExpressionScope,
  reader: TemplateReader,
): Promise<void> {
  const [type, apiVersion] = [asText(resource['type']), asText(resource['apiVersion'])];
  if (type !== 'Microsoft.Resources/deployments') {
    const own = Object.fromEntries(Object.entries(resource).filter(([name]) => !structural.has(name)));
    const body = await evaluate(own, scope, true);
    return reader.resource({ id, type, apiVersion, body: isObject(body) ? body : {}, isDeferred });
  }
  const properties = objectAt(resource, 'properties');
  if (objectAt(properties, 'expressionEvaluationOptions')['scope'] !== 'inner')
    throw new TemplateError('only inner scope');
  const values = await entriesOf(objectAt(properties, 'parameters'), (parameter) =>
    evaluateOrDefer(isObject(parameter) ? parameter['value'] : undefined, scope),
  );
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  return readTemplate(properties['template'], { subscriptionId, resourceGroup }, values, reader);
}

async function evaluateOrDefer(value: unknown, scope: ExpressionScope): Promise<unknown> {
  try {
    return await evaluate(value, scope);
  } catch (error) {
    if (error instanceof Deferred) return deferred;
    throw error;
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
