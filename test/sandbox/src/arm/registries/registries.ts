import { resourceId } from '../../ids.ts';
import { isObject, objectAt, stringAt, stringsAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { ResourceState } from '../../types.ts';
import type { Answer } from '../../core.ts';
import type { ArmCall, Route } from '../call.ts';
import { clientName, groupOf, ok, page, param, resourceBody, subscriptionOf } from '../call.ts';
import { armErrors, ArmError, refused } from '../errors.ts';
import { anyIdentity, managedIdentity } from './linkedIdentity.ts';
import type { Running } from '../operations.ts';
import { locationNamed } from '../locations.ts';
import { newRegistryProperties, registryBody } from './registryBody.ts';
import { checkedProperties, skuNamed } from './registryChecks.ts';

export const registryType = 'Microsoft.ContainerRegistry/registries';
const collection =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries';
const one = `${collection}/{registry}`;

export const registryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/registries',
    type: registryType,
    action: `${registryType}/read`,
    handle: (call) => list(call, `/subscriptions/${subscriptionOf(call).id}`),
  },
  {
    method: 'GET',
    path: collection,
    type: registryType,
    action: `${registryType}/read`,
    handle: (call) => list(call, groupOf(call).id),
  },
  {
    method: 'GET',
    path: one,
    type: registryType,
    action: `${registryType}/read`,
    handle: (call) => ok(registryBody(call.core, registryOf(call), call.apiVersion)),
  },
  { method: 'PUT', path: one, type: registryType, action: `${registryType}/write`, handle: create },
  { method: 'PATCH', path: one, type: registryType, action: `${registryType}/write`, handle: update },
  { method: 'DELETE', path: one, type: registryType, action: `${registryType}/delete`, handle: remove },
  {
    method: 'GET',
    path: `${one}/operationStatuses/{operation}`,
    type: 'Microsoft.ContainerRegistry/registries/operationStatuses',
    action: `${registryType}/operationStatuses/read`,
    scope: registryScope,
    handle: pollOperation,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/locations/{location}/operationResults/{operation}',
    type: 'Microsoft.ContainerRegistry/locations/operationResults',
    action: 'Microsoft.ContainerRegistry/locations/operationResults/read',
    // A role on one registry does not reach it.
    scope: (call) => `/subscriptions/${subscriptionOf(call).id}`,
    handle: pollOperation,
  },
];

export function registryScope(call: ArmCall): string {
  return resourceId(subscriptionOf(call).id, param(call, 'group'), registryType, param(call, 'registry'));
}

/** The registry the path names. @throws ArmError 404 ResourceNotFound */
export function registryOf(call: ArmCall): ResourceState {
  const registry = findRegistry(call);
  if (!registry) throw armErrors.resourceNotFound(registryType, [param(call, 'registry')], groupOf(call).name);
  return registry;
}

export function findRegistry(call: ArmCall): ResourceState | undefined {
  return call.core.state.resources.get(registryScope(call).toLowerCase());
}

/** Where operations of a registry and of what is in it are. */
export function placed({ id, location = '' }: ResourceState): { readonly id: string; readonly location: string } {
  return { id, location };
}

export function pollOperation(call: ArmCall): Answer {
  const id = param(call, 'operation');
  const answer = call.operations.poll(id, call.request.query);
  if (!answer) throw new ArmError(404, 'OperationNotFound', `The operation '${id}' was not found.`);
  return answer;
}

function list(call: ArmCall, scope: string): Answer {
  const found = [...call.core.state.resources.values()].filter(
    (resource) => resource.type === registryType && isAtOrAbove(scope, resource.id),
  );
  return page(
    call,
    found.map((registry) => registryBody(call.core, registry, call.apiVersion)),
  );
}

const registryName = /^[a-zA-Z0-9]{5,50}$/;

function isTaken(call: ArmCall, name: string): boolean {
  return [...call.core.state.resources.values()].some(
    (resource) => resource.type === registryType && resource.name.toLowerCase() === name.toLowerCase(),
  );
}

async function create(call: ArmCall): Promise<Answer> {
  const existing = findRegistry(call);
  const body = await resourceBody(call);
  if (existing) return change(call, existing, body);
  const name = param(call, 'registry');
  if (!registryName.test(name)) {
    throw refused(
      'RegistryNameInvalid',
      `The specified registry name '${name}' is invalid. It must be 5-50 alphanumeric characters.`,
    );
  }
  // The code is recorded, the words are not.
  if (isTaken(call, name))
    throw refused('RegistryNameAlreadyInUse', `The registry name '${name.toLowerCase()}' is already in use.`, 409);
  const location = locationNamed(stringAt(body, 'location'));
  const sku = skuNamed(objectAt(body, 'sku'));
  const now = call.core.clock.now();
  const id = registryScope(call);
  const identity = managedIdentity(call, body['identity'], { id, name, type: registryType }, anyIdentity);
  const registry: ResourceState = {
    id,
    name,
    type: registryType,
    location,
    tags: stringsAt(body, 'tags'),
    sku,
    ...(identity && { identity }),
    properties: { ...newRegistryProperties(now), ...checkedProperties(objectAt(body, 'properties')) },
    createdAt: now,
    createdBy: clientName(call.caller),
  };
  call.core.state.resources.set(registry.id.toLowerCase(), registry);
  await call.core.registryHost?.start(registry);
  return started(call, registry, 'Creating');
}

async function update(call: ArmCall): Promise<Answer> {
  return change(call, registryOf(call), await resourceBody(call));
}

function change(call: ArmCall, registry: ResourceState, body: JsonObject): Answer {
  const { core } = call;
  const properties = checkedProperties(objectAt(body, 'properties'));
  const sku = isObject(body['sku']) ? skuNamed(body['sku']) : registry.sku;
  const identity = isObject(body['identity'])
    ? managedIdentity(call, body['identity'], registry, anyIdentity)
    : registry.identity;
  const wasMode = registry.properties['roleAssignmentMode'];
  const apply = (): void => {
    // Policies that a change does not name stay.
    const policies = { ...objectAt(registry.properties, 'policies'), ...objectAt(properties, 'policies') };
    Object.assign(registry.properties, properties, { policies });
    Object.assign(registry, { sku, identity, updatedAt: core.clock.now(), updatedBy: clientName(call.caller) });
    if (isObject(body['tags'])) registry.tags = stringsAt(body, 'tags');
    const content = core.state.content.get(registry.id.toLowerCase());
    // Every registry credential from before the switch is refused from now on (../shared/domain.md §3.4).
    if (content && registry.properties['roleAssignmentMode'] !== wasMode)
      content.credentialsValidFrom = core.clock.now();
  };
  if (takesTime(call)) return started(call, registry, 'Updating', apply);
  apply();
  registry.properties['provisioningState'] = 'Succeeded';
  return ok(registryBody(core, registry, call.apiVersion));
}

/** Recorded: a registry is changed and deleted in the answer itself. An operation comes with its option, or a fault that asks for its failure. */
function takesTime({ core, request }: ArmCall): boolean {
  return core.options.registryOperations || request.failOperation !== undefined;
}

function started(call: ArmCall, registry: ResourceState, running: Running, apply?: () => void): Answer {
  registry.properties['provisioningState'] = running;
  const headers = call.operations.start(call, placed(registry), 'registries', running, (failure) => {
    if (!failure) apply?.();
    registry.properties['provisioningState'] = failure ? 'Failed' : 'Succeeded';
  });
  return { status: 201, headers, json: registryBody(call.core, registry, call.apiVersion) };
}

async function remove(call: ArmCall): Promise<Answer> {
  const registry = findRegistry(call);
  if (!registry) return { status: 204 };
  const apply = async (): Promise<void> => {
    // Role assignments stay behind, as on Azure.
    for (const [key, resource] of call.core.state.resources)
      if (isAtOrAbove(registry.id, resource.id)) call.core.state.resources.delete(key);
    await call.core.registryHost?.stop(registry.id);
  };
  if (!takesTime(call)) {
    await apply();
    return { status: 200 };
  }
  registry.properties['provisioningState'] = 'Deleting';
  const headers = call.operations.start(call, placed(registry), 'registries', 'Deleting', async (failure) => {
    if (failure) registry.properties['provisioningState'] = 'Succeeded';
    else await apply();
  });
  return { status: 202, headers, json: null };
}
