import { randomUUID } from 'node:crypto';
import type { Answer, Core } from '../core.ts';
import { objectAt, stringAt, stringsAt } from '../json.ts';
import { isAtOrAbove } from '../rbac/scopes.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { groupOf, ok, page, param, resourceBody, subscriptionOf } from './call.ts';
import { armErrors } from './errors.ts';
import { locationNamed } from './locations.ts';

export const identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const collection =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities';
const one = `${collection}/{identity}`;

export const identityRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities',
    type: identityType,
    action: `${identityType}/read`,
    handle: (call) => list(call, `/subscriptions/${subscriptionOf(call).id}`),
  },
  {
    method: 'GET',
    path: collection,
    type: identityType,
    action: `${identityType}/read`,
    handle: (call) => list(call, groupOf(call).id),
  },
  {
    method: 'GET',
    path: one,
    type: identityType,
    action: `${identityType}/read`,
    handle: (call) => ok(body(call, identityOf(call))),
  },
  { method: 'PUT', path: one, type: identityType, action: `${identityType}/write`, handle: put },
  { method: 'PATCH', path: one, type: identityType, action: `${identityType}/write`, handle: patch },
  { method: 'DELETE', path: one, type: identityType, action: `${identityType}/delete`, handle: remove },
];

/** Puts a new identity and its service principal into the state. The id says `resourcegroups`, as the identity service writes it. */
export function createIdentity(
  core: Core,
  subscriptionId: string,
  group: string,
  name: string,
  location: string,
  tags: Record<string, string> = {},
): ResourceState {
  const tenantId = core.state.subscriptions.get(subscriptionId.toLowerCase())?.tenantId ?? core.state.tenantId;
  const principalId = randomUUID();
  const createdAt = core.clock.now();
  const identity: ResourceState = {
    id: `/subscriptions/${subscriptionId}/resourcegroups/${group}/providers/${identityType}/${name}`,
    name,
    type: identityType,
    location,
    tags,
    properties: { tenantId, principalId, clientId: randomUUID(), isolationScope: 'None' },
    createdAt,
  };
  core.state.resources.set(identity.id.toLowerCase(), identity);
  core.state.principals.set(principalId, {
    objectId: principalId,
    tenantId,
    type: 'ServicePrincipal',
    name,
    createdAt,
  });
  return identity;
}

function list(call: ArmCall, scope: string): Answer {
  const found = [...call.core.state.resources.values()].filter(
    (resource) => resource.type === identityType && isAtOrAbove(scope, resource.id),
  );
  const top = Number(call.request.query.get('$top')) || undefined;
  return page(
    call,
    found.map((identity) => body(call, identity)),
    top,
  );
}

function find(call: ArmCall): ResourceState | undefined {
  return call.core.state.resources.get(
    `${groupOf(call).id}/providers/${identityType}/${param(call, 'identity')}`.toLowerCase(),
  );
}

export function identityOf(call: ArmCall): ResourceState {
  const identity = find(call);
  if (!identity) throw armErrors.resourceNotFound(identityType, [param(call, 'identity')], groupOf(call).name);
  return identity;
}

function body(call: ArmCall, identity: ResourceState): unknown {
  const { isolationScope, ...properties } = identity.properties;
  return {
    location: identity.location,
    tags: identity.tags ?? {},
    id: identity.id,
    name: identity.name,
    type: identity.type,
    properties: call.apiVersion >= '2024-11-30' ? { ...properties, isolationScope } : properties,
  };
}

async function put(call: ArmCall): Promise<Answer> {
  const input = await resourceBody(call);
  const name = param(call, 'identity');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$/.test(name)) {
    throw armErrors.badRequest(
      'BadRequest',
      `The name '${name}' is invalid. It must be 3 to 128 letters, digits, hyphens and underscores and start with a letter or digit.`,
    );
  }
  const location = locationNamed(stringAt(input, 'location'));
  const existing = find(call);
  if (existing) {
    if (existing.location !== location) {
      throw armErrors.invalidLocation(identityType, name, existing.location ?? '', location);
    }
    existing.tags = stringsAt(input, 'tags');
    return ok(body(call, existing));
  }
  const identity = createIdentity(
    call.core,
    subscriptionOf(call).id,
    groupOf(call).name,
    name,
    location,
    stringsAt(input, 'tags'),
  );
  const isolationScope = stringAt(objectAt(input, 'properties'), 'isolationScope');
  if (isolationScope !== undefined) identity.properties['isolationScope'] = isolationScope;
  return { status: 201, headers: { Location: identity.id }, json: body(call, identity) };
}

async function patch(call: ArmCall): Promise<Answer> {
  const identity = identityOf(call);
  const input = await resourceBody(call);
  if ('tags' in input) identity.tags = stringsAt(input, 'tags');
  return ok(body(call, identity));
}

/** The principal and its federated credentials go with it; role assignments and rules that name it stay, as on Azure. */
function remove(call: ArmCall): Answer {
  const identity = find(call);
  if (!identity) return { status: 204 };
  const key = identity.id.toLowerCase();
  for (const id of [...call.core.state.resources.keys()]) {
    if (id === key || id.startsWith(`${key}/`)) call.core.state.resources.delete(id);
  }
  call.core.state.principals.delete(stringAt(identity.properties, 'principalId') ?? '');
  return { status: 200 };
}
