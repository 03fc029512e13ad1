import type { Core } from '../../core.ts';
import { resourceId } from '../../ids.ts';
import { isObject, objectAt, stringAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ResourceState } from '../../types.ts';
import type { ArmCall, Route } from '../call.ts';
import { param, subscriptionOf } from '../call.ts';
import { credentialHealth } from './credentialHealth.ts';
import { refused } from '../errors.ts';
import type { ProviderError } from '../errors.ts';
import { managedIdentity } from './linkedIdentity.ts';
import { creationDate, systemData } from './registryBody.ts';
import { childRoutes } from './registryChildren.ts';

const type = 'Microsoft.ContainerRegistry/registries/credentialSets';

export const credentialSetRoutes: readonly Route[] = childRoutes({
  type: 'credentialSets',
  body: ({ core }, set) => ({
    type: set.type,
    ...(set.identity && { identity: set.identity }),
    systemData: systemData(set),
    id: set.id,
    name: set.name,
    properties: { ...set.properties, authCredentials: credentialsOf(set).map((one) => withHealth(core, set, one)) },
  }),
  create,
  update: (call, set, input) => {
    const properties = objectAt(input, 'properties');
    if ('loginServer' in properties) checkSameLoginServer(set, properties['loginServer']);
    return {
      properties: 'authCredentials' in properties ? { authCredentials: checked(properties['authCredentials']) } : {},
      ...(isObject(input['identity']) && {
        identity: managedIdentity(call, input['identity'], set, ['SystemAssigned']),
      }),
    };
  },
  checkDelete(call, set) {
    const used = [...call.core.state.resources.values()].find(
      (one) => stringAt(one.properties, 'credentialSetResourceId')?.toLowerCase() === set.id.toLowerCase(),
    );
    // The service's own wording is not known.
    if (used)
      throw refused(
        'CredentialSetInUse',
        `The credential set '${set.name}' is used by cache rule '${used.name}' and cannot be deleted.`,
        409,
      );
  },
});

/** The service's own wording is not known. */
function checkSameLoginServer(set: ResourceState, loginServer: unknown): void {
  if (loginServer === set.properties['loginServer']) return;
  throw refused(
    'CredentialSetLoginServerCannotBeUpdated',
    `The login server of credential set '${set.name}' cannot be updated.`,
  );
}

function create(
  call: ArmCall,
  registry: ResourceState,
  input: JsonObject,
  existing: ResourceState | undefined,
): ResourceState {
  const properties = objectAt(input, 'properties');
  const loginServer = stringAt(properties, 'loginServer');
  if (loginServer === undefined)
    throw refused('MissingRequiredProperty', "The property 'loginServer' is required.", 400, 'properties.loginServer');
  if (existing) checkSameLoginServer(existing, loginServer);
  const createdAt = call.core.clock.now();
  const name = existing?.name ?? param(call, 'child');
  const id =
    existing?.id ?? resourceId(subscriptionOf(call).id, registry.id.split('/')[4] ?? '', type, registry.name, name);
  const authCredentials = checked(properties['authCredentials'] ?? []);
  const before = { id, name, type, ...(existing?.identity && { identity: existing.identity }) };
  const identity = managedIdentity(call, input['identity'], before, ['SystemAssigned']);
  return {
    id,
    name,
    type,
    ...(identity && { identity }),
    properties: {
      loginServer,
      authCredentials,
      creationDate: creationDate(createdAt),
      provisioningState: 'Creating',
    },
    createdAt,
  };
}

function credentialsOf(set: ResourceState): JsonObject[] {
  const credentials = set.properties['authCredentials'];
  return Array.isArray(credentials) ? credentials.filter(isObject) : [];
}

/** Found anew at every read. A credential that the state gives a health keeps it. */
function withHealth(core: Core, set: ResourceState, credential: JsonObject): JsonObject {
  const health = credential['credentialHealth'] ?? credentialHealth(core, set, credential);
  return { ...credential, ...(health !== undefined && { credentialHealth: health }) };
}

const secretUri = /^https:\/\/[a-zA-Z0-9.-]+\/secrets\/[a-zA-Z0-9-]+(\/[a-zA-Z0-9]+)?$/;

/** @throws ProviderError 400 when it is no list of pairs of secrets */
function checked(given: unknown): JsonObject[] {
  if (!Array.isArray(given)) throw badCredentials();
  return given.map((one: unknown) => {
    const credential = isObject(one) ? one : {};
    const [username, password] = ['usernameSecretIdentifier', 'passwordSecretIdentifier'].map((name) =>
      stringAt(credential, name),
    );
    if (!secretUri.test(username ?? '') || !secretUri.test(password ?? '')) throw badCredentials();
    return { name: 'Credential1', usernameSecretIdentifier: username, passwordSecretIdentifier: password };
  });
}

function badCredentials(): ProviderError {
  return refused(
    'InvalidParameter',
    'The username and password of a credential must be URIs of Key Vault secrets.',
    400,
    'properties.authCredentials',
  );
}
