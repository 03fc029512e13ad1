import type { Answer } from '../core.ts';
import { resourceId } from '../ids.ts';
import { isObject, objectAt, stringAt, stringsAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { isAtOrAbove } from '../rbac/scopes.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { groupOf, ok, page, param, resourceBody, subscriptionOf } from './call.ts';
import { ArmError, armErrors } from './errors.ts';
import { locationNamed } from './locations.ts';
import { systemData } from './registries/registryBody.ts';

export const vaultType = 'Microsoft.KeyVault/vaults';
export const secretType = `${vaultType}/secrets`;
const collection = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults';
const vault = `${collection}/{vault}`;
const secret = `${vault}/secrets/{secret}`;

/** Key vaults with what credential sets need of them: access by role or policy, and secrets, which ARM writes but never tells. */
export const keyVaultRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults',
    type: vaultType,
    action: `${vaultType}/read`,
    handle: (call) => list(call, vaultType, `/subscriptions/${subscriptionOf(call).id}`),
  },
  {
    method: 'GET',
    path: collection,
    type: vaultType,
    action: `${vaultType}/read`,
    handle: (call) => list(call, vaultType, groupOf(call).id),
  },
  {
    method: 'GET',
    path: vault,
    type: vaultType,
    action: `${vaultType}/read`,
    handle: (call) => ok(bodyOf(vaultOf(call))),
  },
  { method: 'PUT', path: vault, type: vaultType, action: `${vaultType}/write`, handle: putVault },
  { method: 'DELETE', path: vault, type: vaultType, action: `${vaultType}/delete`, handle: removeVault },
  {
    method: 'PUT',
    path: `${vault}/accessPolicies/{operation}`,
    type: `${vaultType}/accessPolicies`,
    action: `${vaultType}/accessPolicies/write`,
    handle: changePolicies,
  },
  {
    method: 'GET',
    path: `${vault}/secrets`,
    type: secretType,
    action: `${secretType}/read`,
    handle: (call) => list(call, secretType, vaultOf(call).id),
  },
  { method: 'GET', path: secret, type: secretType, action: `${secretType}/read`, handle: getSecret },
  { method: 'PUT', path: secret, type: secretType, action: `${secretType}/write`, handle: putSecret },
];

function list(call: ArmCall, type: string, scope: string): Answer {
  const found = [...call.core.state.resources.values()].filter(
    (one) => one.type === type && isAtOrAbove(scope, one.id),
  );
  return page(call, found.map(bodyOf));
}

function vaultId(call: ArmCall): string {
  return resourceId(subscriptionOf(call).id, groupOf(call).name, vaultType, param(call, 'vault'));
}

function findVault(call: ArmCall): ResourceState | undefined {
  return call.core.state.resources.get(vaultId(call).toLowerCase());
}

function vaultOf(call: ArmCall): ResourceState {
  const found = findVault(call);
  if (!found) throw armErrors.resourceNotFound(vaultType, [param(call, 'vault')], groupOf(call).name);
  return found;
}

function bodyOf(resource: ResourceState): unknown {
  const properties = Object.fromEntries(Object.entries(resource.properties).filter(([name]) => name !== 'value'));
  return {
    id: resource.id,
    name: resource.name,
    type: resource.type,
    location: resource.location,
    tags: resource.tags ?? {},
    systemData: systemData(resource),
    properties,
  };
}

async function putVault(call: ArmCall): Promise<Answer> {
  const body = await resourceBody(call);
  const name = param(call, 'vault');
  if (!/^[a-zA-Z](?:[a-zA-Z0-9]|-(?!-)){1,22}[a-zA-Z0-9]$/.test(name)) {
    throw armErrors.badRequest(
      'VaultNameNotValid',
      `The vault name '${name}' is invalid. It must be 3 to 24 letters, digits and single hyphens and begin with a letter.`,
    );
  }
  const location = locationNamed(stringAt(body, 'location'));
  const existing = findVault(call);
  const properties = objectAt(body, 'properties');
  const policies = properties['accessPolicies'] ?? [];
  if (!Array.isArray(policies) || !policies.every(isPolicy)) throw badPolicies();
  const isByRole = properties['enableRbacAuthorization'] ?? false;
  if (typeof isByRole !== 'boolean')
    throw armErrors.badRequest('BadRequest', "'enableRbacAuthorization' is a boolean.");
  const now = call.core.clock.now();
  const made: ResourceState = {
    id: existing?.id ?? vaultId(call),
    name: existing?.name ?? name,
    type: vaultType,
    location,
    tags: stringsAt(body, 'tags'),
    properties: {
      sku: { family: 'A', name: 'standard' },
      tenantId: subscriptionOf(call).tenantId,
      accessPolicies: policies,
      enableRbacAuthorization: isByRole,
      enableSoftDelete: true,
      vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
      provisioningState: 'Succeeded',
      publicNetworkAccess: 'Enabled',
    },
    createdAt: existing?.createdAt ?? now,
    updatedAt: now,
  };
  call.core.state.resources.set(made.id.toLowerCase(), made);
  return { status: existing ? 200 : 201, json: bodyOf(made) };
}

function removeVault(call: ArmCall): Answer {
  const found = findVault(call);
  if (!found) return { status: 204 };
  for (const [key, one] of call.core.state.resources)
    if (isAtOrAbove(found.id, one.id)) call.core.state.resources.delete(key);
  return { status: 200 };
}

/** `add`, `replace` or `remove`; what is not named stays. */
async function changePolicies(call: ArmCall): Promise<Answer> {
  const found = vaultOf(call);
  const operation = param(call, 'operation').toLowerCase();
  const given = objectAt(await resourceBody(call), 'properties')['accessPolicies'];
  if (!['add', 'replace', 'remove'].includes(operation) || !Array.isArray(given) || !given.every(isPolicy))
    throw badPolicies();
  const named = new Set(given.map(objectIdOf));
  const kept = policiesOf(found).filter((one) => !named.has(objectIdOf(one)));
  found.properties['accessPolicies'] = operation === 'remove' ? kept : [...kept, ...given];
  return ok({ properties: { accessPolicies: found.properties['accessPolicies'] } });
}

/** Who may do what in a vault without roles. */
export function policiesOf(vault: ResourceState): JsonObject[] {
  const policies = vault.properties['accessPolicies'];
  return Array.isArray(policies) ? policies.filter(isObject) : [];
}

function isPolicy(value: unknown): value is JsonObject {
  return isObject(value) && stringAt(value, 'objectId') !== undefined && isObject(value['permissions']);
}

const objectIdOf = (policy: JsonObject): string => (stringAt(policy, 'objectId') ?? '').toLowerCase();

function badPolicies(): ArmError {
  return armErrors.badRequest('BadRequest', 'The access policies must be a list of {tenantId, objectId, permissions}.');
}

function secretId(call: ArmCall): string {
  return `${vaultOf(call).id}/secrets/${param(call, 'secret')}`;
}

function getSecret(call: ArmCall): Answer {
  const found = call.core.state.resources.get(secretId(call).toLowerCase());
  if (!found) throw new ArmError(404, 'SecretNotFound', `The secret '${param(call, 'secret')}' was not found.`);
  return ok(bodyOf(found));
}

async function putSecret(call: ArmCall): Promise<Answer> {
  const { location = '', properties } = vaultOf(call);
  const body = await resourceBody(call);
  const value = stringAt(objectAt(body, 'properties'), 'value');
  if (value === undefined) throw armErrors.badRequest('BadRequest', "The property 'value' is required.");
  const name = param(call, 'secret');
  const uri = `${String(properties['vaultUri'])}secrets/${name}`;
  const id = secretId(call);
  const made: ResourceState = {
    id,
    name,
    type: secretType,
    location,
    properties: { value, attributes: { enabled: true }, secretUri: uri },
    createdAt: call.core.clock.now(),
  };
  const isNew = !call.core.state.resources.has(id.toLowerCase());
  call.core.state.resources.set(id.toLowerCase(), made);
  return { status: isNew ? 201 : 200, json: bodyOf(made) };
}
