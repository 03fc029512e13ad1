import { randomUUID } from 'node:crypto';
import { resourceId } from '../ids.ts';
import { isObject, objectAt, stringAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ResourceState } from '../types.ts';
import type { ArmCall, Route } from './call.ts';
import { param, subscriptionOf } from './call.ts';
import { ArmError, armErrors } from './errors.ts';
import { creationDate, systemData } from './registryBody.ts';
import { childRoutes } from './registryChildren.ts';

const type = 'Microsoft.ContainerRegistry/registries/credentialSets';

export const credentialSetRoutes: readonly Route[] = childRoutes({
  type: 'credentialSets',
  body: (_call, set) => ({
    type: set.type,
    ...(set.identity && { identity: { ...set.identity, type: 'systemAssigned' } }),
    systemData: systemData(set),
    id: set.id,
    name: set.name,
    properties: set.properties,
  }),
  create,
  update: (_call, set, input) => {
    const properties = objectAt(input, 'properties');
    if ('loginServer' in properties) checkSameLoginServer(set, properties['loginServer']);
    return {
      properties: Array.isArray(properties['authCredentials'])
        ? { authCredentials: credentials(properties['authCredentials']) }
        : {},
    };
  },
  checkDelete(call, set) {
    const used = [...call.core.state.resources.values()].find(
      (one) => stringAt(one.properties, 'credentialSetResourceId')?.toLowerCase() === set.id.toLowerCase(),
    );
    // The service's own wording is not known.
    if (used)
      throw new ArmError(
        409,
        'CredentialSetInUse',
        `The credential set '${set.name}' is used by cache rule '${used.name}' and cannot be deleted.`,
      );
  },
});

/** The service's own wording is not known. */
function checkSameLoginServer(set: ResourceState, loginServer: unknown): void {
  if (loginServer === set.properties['loginServer']) return;
  throw armErrors.badRequest(
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
    throw armErrors.badRequest(
      'MissingRequiredProperty',
      "The property 'loginServer' is required.",
      'properties.loginServer',
    );
  if (existing) checkSameLoginServer(existing, loginServer);
  const given = properties['authCredentials'];
  const createdAt = call.core.clock.now();
  const systemAssigned = /systemassigned/i.test(stringAt(objectAt(input, 'identity'), 'type') ?? '');
  const tenantId = subscriptionOf(call).tenantId;
  const principalId = existing?.identity?.principalId ?? randomUUID();
  const name = existing?.name ?? param(call, 'child');
  if (systemAssigned)
    call.core.state.principals.set(principalId, {
      objectId: principalId,
      tenantId,
      type: 'ServicePrincipal',
      name,
      createdAt,
    });
  return {
    id: existing?.id ?? resourceId(subscriptionOf(call).id, registry.id.split('/')[4] ?? '', type, registry.name, name),
    name,
    type,
    ...(systemAssigned && { identity: { type: 'SystemAssigned', principalId, tenantId } }),
    properties: {
      loginServer,
      authCredentials: credentials(Array.isArray(given) ? given : []),
      creationDate: creationDate(createdAt),
      provisioningState: 'Creating',
    },
    createdAt,
  };
}

function credentials(given: readonly unknown[]): JsonObject[] {
  return given.filter(isObject).map((one) => {
    const [username, password] = [stringAt(one, 'usernameSecretIdentifier'), stringAt(one, 'passwordSecretIdentifier')];
    const isSecretUri = (uri: string | undefined): boolean =>
      uri !== undefined && /^https:\/\/[^/]+\/secrets\/[^/]+(\/[^/]+)?$/.test(uri);
    if (!isSecretUri(username) || !isSecretUri(password)) {
      throw armErrors.badRequest(
        'InvalidParameter',
        'The username and password of a credential must be URIs of Key Vault secrets.',
        'properties.authCredentials',
      );
    }
    return {
      name: 'Credential1',
      usernameSecretIdentifier: username,
      passwordSecretIdentifier: password,
      credentialHealth: { status: 'Healthy' },
    };
  });
}
