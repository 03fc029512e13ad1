import type { Answer } from '../core.ts';
import { objectAt, stringAt } from '../json.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { jsonBody, ok, page, param } from './call.ts';
import { armErrors } from './errors.ts';
import { identityOf, identityType } from './identities.ts';

/**
 * `userAssignedIdentities/{identity}/federatedIdentityCredentials`, as in the public specification
 * (Microsoft.ManagedIdentity stable/2024-11-30/ManagedIdentity.json).
 */
const type = `${identityType}/federatedIdentityCredentials`;
const collection =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{identity}/federatedIdentityCredentials';
const one = `${collection}/{credential}`;
/** Azure's bound per identity. */
const maxCredentials = 20;

export const federatedCredentialRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: collection,
    type,
    action: `${type}/read`,
    handle: (call) =>
      page(call, credentialsOf(call, identityOf(call)).map(body), Number(call.request.query.get('$top')) || undefined),
  },
  { method: 'GET', path: one, type, action: `${type}/read`, handle: get },
  { method: 'PUT', path: one, type, action: `${type}/write`, handle: put },
  { method: 'DELETE', path: one, type, action: `${type}/delete`, handle: remove },
];

function credentialsOf(call: ArmCall, identity: ResourceState): ResourceState[] {
  const prefix = `${identity.id}/federatedIdentityCredentials/`.toLowerCase();
  return [...call.core.state.resources.values()].filter((resource) => resource.id.toLowerCase().startsWith(prefix));
}

function find(call: ArmCall): ResourceState | undefined {
  const name = param(call, 'credential').toLowerCase();
  return credentialsOf(call, identityOf(call)).find((credential) => credential.name.toLowerCase() === name);
}

function get(call: ArmCall): Answer {
  const credential = find(call);
  if (!credential) throw armErrors.resourceNotFound(type, [param(call, 'identity'), param(call, 'credential')], '');
  return ok(body(credential));
}

async function put(call: ArmCall): Promise<Answer> {
  const identity = identityOf(call);
  const name = param(call, 'credential');
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}$/.test(name)) {
    throw armErrors.badRequest('BadRequest', `The federated identity credential name '${name}' is invalid.`);
  }
  const properties = objectAt(await jsonBody(call), 'properties');
  const [issuer, subject, audiences] = [
    stringAt(properties, 'issuer'),
    stringAt(properties, 'subject'),
    properties['audiences'],
  ];
  if (!issuer || !subject || !Array.isArray(audiences) || audiences.length === 0) {
    throw armErrors.badRequest('BadRequest', "The properties 'issuer', 'subject' and 'audiences' are required.");
  }
  const existing = find(call);
  if (!existing && credentialsOf(call, identity).length >= maxCredentials) {
    throw armErrors.badRequest(
      'BadRequest',
      `An identity has at most ${maxCredentials} federated identity credentials.`,
    );
  }
  const credential: ResourceState = {
    id: existing?.id ?? `${identity.id}/federatedIdentityCredentials/${name}`,
    name: existing?.name ?? name,
    type,
    properties: { issuer, subject, audiences },
    createdAt: existing?.createdAt ?? call.core.clock.now(),
  };
  call.core.state.resources.set(credential.id.toLowerCase(), credential);
  return { status: existing ? 200 : 201, json: body(credential) };
}

function remove(call: ArmCall): Answer {
  const credential = find(call);
  if (!credential) return { status: 204 };
  call.core.state.resources.delete(credential.id.toLowerCase());
  return { status: 200 };
}

function body({ id, name, properties }: ResourceState): unknown {
  return { id, name, type, properties };
}
