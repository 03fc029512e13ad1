import type { Answer } from '../../core.ts';
import { resourceId } from '../../ids.ts';
import type { JsonObject } from '../../json.ts';
import { isAtOrAbove } from '../../rbac/scopes.ts';
import type { ResourceState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { clientName, groupOf, ok, page, param, resourceBody, subscriptionOf } from '../call.ts';
import { armErrors, refused } from '../errors.ts';
import type { Running } from '../operations.ts';
import { findRegistry, pollOperation, registryScope } from './registries.ts';

/** `identity` present and undefined takes it away. */
export interface ChildChange {
  readonly properties: JsonObject;
  readonly identity?: ResourceState['identity'];
}

/** What differs between cache rules and credential sets. */
export interface ChildKind {
  /** 'cacheRules' or 'credentialSets'. */
  readonly type: string;
  body(call: ArmCall, child: ResourceState): unknown;
  /** Checks a PUT and returns the resource it asks for. */
  create(call: ArmCall, registry: ResourceState, body: JsonObject, existing: ResourceState | undefined): ResourceState;
  /** Checks a PATCH and returns what it changes. */
  update(call: ArmCall, child: ResourceState, body: JsonObject): ChildChange;
  checkDelete?(call: ArmCall, child: ResourceState): void;
}

/** Routes of a registry's child resources: the same verbs, status codes and operations (../shared/domain.md §1.2). */
export function childRoutes(kind: ChildKind): Route[] {
  const type = `Microsoft.ContainerRegistry/registries/${kind.type}`;
  const collection = `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{registry}/${kind.type}`;
  const one = `${collection}/{child}`;
  return [
    {
      method: 'GET',
      path: collection,
      type,
      action: `${type}/read`,
      scope: registryScope,
      handle: (call) => list(call, kind),
    },
    {
      method: 'GET',
      path: one,
      type,
      action: `${type}/read`,
      handle: (call) => ok(kind.body(call, childOf(call, kind))),
    },
    { method: 'PUT', path: one, type, action: `${type}/write`, handle: (call) => put(call, kind) },
    { method: 'PATCH', path: one, type, action: `${type}/write`, handle: (call) => patch(call, kind) },
    { method: 'DELETE', path: one, type, action: `${type}/delete`, handle: (call) => remove(call, kind) },
    {
      method: 'GET',
      path: `${one}/operationStatuses/{operation}`,
      type: `${type}/operationStatuses`,
      action: `${type}/operationStatuses/read`,
      scope: (call) => childId(call, kind),
      handle: pollOperation,
    },
  ];
}

function childId(call: ArmCall, kind: ChildKind): string {
  return resourceId(
    subscriptionOf(call).id,
    param(call, 'group'),
    `Microsoft.ContainerRegistry/registries/${kind.type}`,
    param(call, 'registry'),
    param(call, 'child'),
  );
}

function parentOf(call: ArmCall, kind: ChildKind, verb: string): ResourceState {
  const registry = findRegistry(call);
  if (!registry) throw armErrors.parentNotFound(verb, `registries/${kind.type}`, registryScope(call));
  return registry;
}

function find(call: ArmCall, kind: ChildKind): ResourceState | undefined {
  return call.core.state.resources.get(childId(call, kind).toLowerCase());
}

function childOf(call: ArmCall, kind: ChildKind, verb = 'read'): ResourceState {
  parentOf(call, kind, verb);
  const child = find(call, kind);
  if (!child)
    throw armErrors.childNotFound(
      `Microsoft.ContainerRegistry/registries/${kind.type}`,
      [param(call, 'registry'), param(call, 'child')],
      groupOf(call).name,
    );
  return child;
}

function list(call: ArmCall, kind: ChildKind): Answer {
  const registry = parentOf(call, kind, 'read');
  const type = `Microsoft.ContainerRegistry/registries/${kind.type}`;
  const children = [...call.core.state.resources.values()].filter(
    (one) => one.type === type && isAtOrAbove(registry.id, one.id),
  );
  return page(
    call,
    children.map((child) => kind.body(call, child)),
  );
}

async function put(call: ArmCall, kind: ChildKind): Promise<Answer> {
  const registry = parentOf(call, kind, 'write');
  const body = await resourceBody(call);
  const existing = find(call, kind);
  const name = param(call, 'child');
  if (!/^[a-zA-Z0-9-]{5,50}$/.test(name)) {
    // The pattern and length are the specification's; the service's own wording was not found.
    throw refused(
      'InvalidResourceName',
      `The name '${name}' is invalid. It must be between 5 and 50 characters long and contain only letters, digits and hyphens.`,
      400,
      'name',
    );
  }
  checkNotBusy(call, existing);
  const wanted = kind.create(call, registry, body, existing);
  if (existing) {
    apply(existing, { properties: wanted.properties, ...('identity' in wanted && { identity: wanted.identity }) });
    existing.updatedAt = call.core.clock.now();
    existing.updatedBy = clientName(call.caller);
    // Written again at once, so no longer failed; one still being made keeps its state.
    if (existing.properties['provisioningState'] === 'Failed') existing.properties['provisioningState'] = 'Succeeded';
    return ok(kind.body(call, existing));
  }
  wanted.createdBy = clientName(call.caller);
  call.core.state.resources.set(wanted.id.toLowerCase(), wanted);
  return begin(call, kind, wanted, 'Creating');
}

/** What the service does with a write during another one was not found, nor its words. @throws ProviderError 409 with the option for it */
function checkNotBusy({ core }: ArmCall, child: ResourceState | undefined): void {
  const state = String(child?.properties['provisioningState']);
  if (!core.options.refuseWhileBusy || !['Creating', 'Updating', 'Deleting'].includes(state)) return;
  throw refused('ConflictingOperation', `Another operation on '${child?.name ?? ''}' is in progress: ${state}.`, 409);
}

async function patch(call: ArmCall, kind: ChildKind): Promise<Answer> {
  const child = childOf(call, kind, 'write');
  checkNotBusy(call, child);
  const change = kind.update(call, child, await resourceBody(call));
  const before = { ...child, identity: child.identity, properties: { ...child.properties } };
  apply(child, change);
  // Recorded: PATCH makes `systemData.createdAt` new, and not `creationDate`.
  child.createdAt = call.core.clock.now();
  child.updatedBy = clientName(call.caller);
  return begin(call, kind, child, 'Updating', () => Object.assign(child, before));
}

/** Starts the operation; what is written shows at once, while the state still says that it is being written. */
function begin(call: ArmCall, kind: ChildKind, child: ResourceState, running: Running, undo?: () => void): Answer {
  child.properties['provisioningState'] = running;
  const headers = call.operations.start(call, placeOf(call, child), kind.type.toLowerCase(), running, (failure) => {
    if (failure) undo?.();
    child.properties['provisioningState'] = failure ? 'Failed' : 'Succeeded';
  });
  return { status: 201, headers, json: kind.body(call, child) };
}

function placeOf(call: ArmCall, child: ResourceState): { readonly id: string; readonly location: string } {
  return { id: child.id, location: findRegistry(call)?.location ?? '' };
}

function apply(child: ResourceState, change: ChildChange): void {
  const { provisioningState, creationDate } = child.properties;
  Object.assign(child.properties, change.properties, { provisioningState, creationDate });
  if ('identity' in change) child.identity = change.identity;
}

function remove(call: ArmCall, kind: ChildKind): Answer {
  parentOf(call, kind, 'delete');
  const child = find(call, kind);
  if (!child) return { status: 204 };
  checkNotBusy(call, child);
  kind.checkDelete?.(call, child);
  child.properties['provisioningState'] = 'Deleting';
  const headers = call.operations.start(call, placeOf(call, child), kind.type.toLowerCase(), 'Deleting', (failure) => {
    if (failure) child.properties['provisioningState'] = 'Succeeded';
    else call.core.state.resources.delete(child.id.toLowerCase());
  });
  return { status: 202, headers, json: null };
}
