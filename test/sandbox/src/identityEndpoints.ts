import type { Answer, Core, SandboxRequest } from './core.ts';
import { isObject, stringAt } from './json.ts';
import { defaultUser, findPrincipal } from './principals.ts';
import type { Principal } from './types.ts';

const lifetimeSeconds = 3600;

/**
 * Where clients get tokens and learn the cloud: `/metadata/endpoints`, `/msi/token` (managed identity, for the Azure CLI and SDKs)
 * and `/sandbox/signin` (for the VS Code sign-in extension). Undefined for other paths.
 */
export function createIdentityEndpoints(core: Core): (request: SandboxRequest) => Promise<Answer | undefined> {
  return async (request) => {
    // The CLI appends its path to an endpoint that ends in a slash already.
    switch (request.path.toLowerCase().replace(/^\/+/, '/').replace(/\/+$/, '')) {
      case '/metadata/endpoints':
        return { status: 200, json: metadata(core, request.query.get('api-version') ?? '') };
      case '/msi/token':
        return managedIdentity(core, request);
      case '/sandbox/signin':
        return signIn(core, request);
      default:
        return undefined;
    }
  };
}

/** Two forms: one cloud (up to 2018) and a list of clouds (from 2019-05-01). Shapes of the public endpoint of that name. */
function metadata(core: Core, apiVersion: string): unknown {
  const arm = core.armEndpoint;
  const login = core.names.login(core.armPort);
  const portal = core.names.portal(core.armPort);
  const audiences = [arm, arm.replace(/\/$/, '')];
  if (apiVersion < '2019') {
    return {
      galleryEndpoint: arm,
      graphEndpoint: arm,
      portalEndpoint: portal,
      authentication: { loginEndpoint: login, audiences, tenant: core.state.tenantId, identityProvider: 'AAD' },
    };
  }
  const cloud = {
    name: 'AzureSandbox',
    portal,
    authentication: { loginEndpoint: login, audiences, tenant: 'common', identityProvider: 'AAD' },
    resourceManager: arm,
    graph: arm,
    graphAudience: arm,
    gallery: arm,
    media: arm,
    batch: arm,
    sqlManagement: arm,
    vmImageAliasDoc: arm,
    activeDirectoryDataLake: arm,
    ...(core.options.graph !== 'absent' && { microsoftGraphResourceId: `${arm}graph` }),
    suffixes: {
      acrLoginServer: core.names.registrySuffix,
      keyVaultDns: `vault.${core.names.domain}`,
      storage: `core.${core.names.domain}`,
      sqlServerHostname: `database.${core.names.domain}`,
    },
  };
  return apiVersion < '2022' ? [cloud] : cloud;
}

/**
 * Managed identity in the forms in use:
 * - POST form `resource=…` with `Metadata: true` (MSI_ENDPOINT: Cloud Shell, Azure CLI),
 * - GET `?resource=…&api-version=2018-02-01` with `Metadata: true` (IMDS),
 * - GET `?resource=…&api-version=2019-08-01` with `X-IDENTITY-HEADER`, 2017-09-01 with `secret` (App Service, Functions).
 * Without `client_id`/`object_id`/`mi_res_id` the answer is for the default user, else for that identity.
 */
async function managedIdentity(core: Core, request: SandboxRequest): Promise<Answer> {
  const { headers } = request;
  const allowed =
    headers['metadata']?.toString().toLowerCase() === 'true' ||
    headers['x-identity-header'] !== undefined ||
    headers['secret'] !== undefined;
  if (!allowed) return problem(400, 'invalid_request', 'Required metadata header not specified');
  const parameters =
    request.method === 'POST' ? new URLSearchParams((await request.body()).toString('utf8')) : request.query;
  const resource = parameters.get('resource');
  if (resource === null || resource === '')
    return problem(400, 'invalid_request', 'The resource parameter is required');
  const principal = identityAsked(core, parameters);
  if (!principal) return problem(400, 'invalid_request', 'Identity not found');
  request.principal = principal.name;
  const now = Math.floor(core.clock.now() / 1000);
  return {
    status: 200,
    json: {
      access_token: core.tokens.issue(principal, resource, lifetimeSeconds),
      client_id: principal.objectId,
      expires_in: String(lifetimeSeconds),
      expires_on: String(now + lifetimeSeconds),
      ext_expires_in: String(lifetimeSeconds),
      not_before: String(now),
      resource,
      token_type: 'Bearer',
    },
  };
}

function identityAsked(core: Core, parameters: URLSearchParams): Principal | undefined {
  const [clientId, objectId, resource] = [
    parameters.get('client_id') ?? parameters.get('clientid'),
    parameters.get('object_id') ?? parameters.get('principal_id'),
    parameters.get('mi_res_id') ?? parameters.get('msi_res_id'),
  ];
  if (clientId === null && objectId === null && resource === null) return findPrincipal(core.state, defaultUser);
  for (const one of core.state.resources.values()) {
    const { properties } = one;
    const isIt =
      (clientId !== null && properties['clientId'] === clientId) ||
      (objectId !== null && properties['principalId'] === objectId) ||
      (resource !== null && one.id.toLowerCase() === resource.toLowerCase());
    if (isIt) return core.state.principals.get(String(properties['principalId']));
  }
  return undefined;
}

/** POST `{principal, audience?, tenantId?, lifetimeSeconds?}` → `{accessToken, expiresOn (ms), account: {id, label}, tenantId}`. */
async function signIn(core: Core, request: SandboxRequest): Promise<Answer> {
  if (request.method !== 'POST') return problem(405, 'method_not_allowed', 'POST {principal, audience}');
  let input: unknown;
  try {
    input = JSON.parse((await request.body()).toString('utf8'));
  } catch {
    input = undefined;
  }
  if (!isObject(input)) return problem(400, 'invalid_request', 'Needs {principal, audience}');
  const audience = stringAt(input, 'audience') ?? core.armEndpoint;
  const name = stringAt(input, 'principal') ?? defaultUser;
  const tenantId = stringAt(input, 'tenantId') ?? core.state.tenantId;
  const principal = findPrincipal(core.state, name, tenantId);
  if (!principal) return problem(400, 'unknown_principal', `There is no '${name}' in tenant ${tenantId}.`);
  const lifetime = typeof input['lifetimeSeconds'] === 'number' ? input['lifetimeSeconds'] : lifetimeSeconds;
  return {
    status: 200,
    json: {
      accessToken: core.tokens.issue(principal, audience, lifetime),
      expiresOn: core.clock.now() + lifetime * 1000,
      account: { id: `${principal.objectId}.${tenantId}`, label: `${principal.name}@sandbox.test` },
      tenantId,
    },
  };
}

function problem(status: number, error: string, description: string): Answer {
  return { status, json: { error, error_description: description } };
}
