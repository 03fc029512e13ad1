import type { ArmRest } from './armRest.ts';
import { evaluate, typed, type ExpressionScope } from './expressions.ts';

export interface DeployedResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Deploys a resource group's template as ARM would: resources in an order that `dependsOn` allows, nested deployments in their own
 * resource group with expressions of their own. Returns what was written, in that order.
 * @throws Error where the template is not one (unknown names, dependencies that are not in it) or ARM refuses
 */
export async function deployTemplate(
  rest: ArmRest,
  template: unknown,
  place: { readonly subscriptionId: string; readonly resourceGroup: string },
  given: Readonly<Record<string, unknown>> = {},
): Promise<DeployedResource[]> {
  const scopeOf = (
    parameters: Readonly<Record<string, unknown>>,
    variables: Readonly<Record<string, unknown>>,
  ): ExpressionScope => ({
    ...place,
    parameters,
    variables,
    reference: async (id, apiVersion) => (await rest.call('GET', id, apiVersion))['properties'],
  });
  const parameters: Record<string, unknown> = {};
  for (const [name, parameter] of Object.entries(record(record(template)['parameters']))) {
    const value = name in given ? given[name] : record(parameter)['defaultValue'];
    if (value === undefined) throw new Error(`parameter ${name} has no value`);
    parameters[name] = name in given ? value : await evaluate(value, scopeOf({}, {}));
  }
  for (const name of Object.keys(given)) if (!(name in parameters)) throw new Error(`there is no parameter ${name}`);

  const variables: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record(record(template)['variables'])))
    variables[name] = await evaluate(value, scopeOf(parameters, variables));

  const scope = scopeOf(parameters, variables);
  const waiting = await Promise.all(
    list(record(template)['resources']).map(async (resource) => ({
      resource: record(resource),
      id: await idOf(record(resource), scope),
      needs: (list(await evaluate(record(resource)['dependsOn'] ?? [], scope)) as string[]).map(String),
    })),
  );
  const ids = new Set(waiting.map(({ id }) => id));
  const done = new Set<string>();
  const written: DeployedResource[] = [];
  while (done.size < waiting.length) {
    const ready = waiting.find(({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need)));
    if (!ready) {
      const unknown = waiting.flatMap(({ needs }) => needs).filter((need) => !ids.has(need));
      throw new Error(`dependsOn cannot be met: ${unknown.join(', ')}`);
    }
    written.push(...(await deployResource(rest, ready.resource, ready.id, scope)));
    done.add(ready.id);
  }
  return written;
}

async function idOf(resource: Record<string, unknown>, scope: ExpressionScope): Promise<string> {
  const type = String(resource['type']);
  const name = String(await evaluate(resource['name'], scope));
  if (resource['scope'] !== undefined) {
    const target = String(await evaluate(resource['scope'], scope));
    return `${target}/providers/${typed(type, name.split('/'))}`;
  }
  const subscription = String(await evaluate(resource['subscriptionId'] ?? scope.subscriptionId, scope));
  const group = String(await evaluate(resource['resourceGroup'] ?? scope.resourceGroup, scope));
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/${typed(type, name.split('/'))}`;
}

async function deployResource(
  rest: ArmRest,
  resource: Record<string, unknown>,
  id: string,
  scope: ExpressionScope,
): Promise<DeployedResource[]> {
  const [type, apiVersion] = [String(resource['type']), String(resource['apiVersion'])];
  if (type === 'Microsoft.Resources/deployments') {
    const properties = record(resource['properties']);
    if (record(properties['expressionEvaluationOptions'])['scope'] !== 'inner') throw new Error('only inner scope');
    const given = record(await evaluate(properties['parameters'], scope));
    const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, record(value)['value']]));
    const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
    return deployTemplate(rest, properties['template'], { subscriptionId, resourceGroup }, values);
  }
  const structural = new Set(['type', 'apiVersion', 'name', 'scope', 'dependsOn', 'comments']);
  const own = Object.fromEntries(Object.entries(resource).filter(([name]) => !structural.has(name)));
  const body = record(await evaluate(own, scope));
  await rest.call('PUT', id, apiVersion, body);
  return [{ id, type, apiVersion, body }];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
