import { denyingAssignment } from '../rbac/denyAssignments.ts';
import { isAllowed } from '../rbac/isAllowed.ts';
import type { Answer, Core, SandboxRequest } from '../core.ts';
import { isGuid, parseResourceId } from '../ids.ts';
import { apiVersions, findType } from './apiVersions.ts';
import { authenticate } from './authenticate.ts';
import type { ArmCall, Route } from './call.ts';
import { clientName, param } from './call.ts';
import { ArmError, armErrors, ProviderError } from './errors.ts';
import { authorizationRoutes } from './authorization/routes.ts';
import { cacheRuleRoutes, cacheRuleType } from './registries/cacheRules.ts';
import { credentialSetRoutes } from './registries/credentialSets.ts';
import { federatedCredentialRoutes } from './federatedCredentials.ts';
import { featureRoutes } from './features.ts';
import { identityRoutes } from './identities.ts';
import { keyVaultRoutes } from './keyVaults.ts';
import { checkLocks } from './authorization/locks.ts';
import { deploymentRoutes } from './deployments/deployments.ts';
import { createOperationStore } from './operations.ts';
import { providerRoutes } from './providers.ts';
import { importImageRoute } from './registries/importImage.ts';
import { registryRoutes } from './registries/registries.ts';
import { resourceGraphRoutes } from './resourceGraph.ts';
import { resourceGroupRoutes } from './resourceGroups.ts';
import { subscriptionRoutes } from './subscriptions.ts';

interface CompiledRoute {
  readonly route: Route;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

const routes: readonly CompiledRoute[] = [
  ...subscriptionRoutes,
  ...resourceGroupRoutes,
  ...deploymentRoutes,
  ...providerRoutes,
  ...registryRoutes,
  importImageRoute,
  ...cacheRuleRoutes,
  ...credentialSetRoutes,
  ...identityRoutes,
  ...federatedCredentialRoutes,
  ...keyVaultRoutes,
  ...authorizationRoutes,
  ...featureRoutes,
  ...resourceGraphRoutes,
].map(compile);

/** Answers every ARM path (all but `/metadata`, `/msi` and `/sandbox`). */
export function createArmHandler(core: Core): (request: SandboxRequest) => Promise<Answer> {
  const operations = createOperationStore(core);
  const answerTo = async (request: SandboxRequest): Promise<Answer> => {
    let route: Route | undefined;
    try {
      const caller = authenticate(core, request);
      request.principal = clientName(caller);
      const found = findRoute(request);
      const { params } = found;
      route = found.route;
      const call: ArmCall = {
        core,
        operations,
        request,
        caller,
        params,
        apiVersion: checkApiVersion(core, route, request),
        read: (path, version) =>
          answerTo({ ...request, method: 'GET', path, query: new URLSearchParams({ 'api-version': version }) }),
      };
      const placed = place(call);
      authorize(placed, route);
      checkGroup(placed, route);
      checkLocks(placed, route);
      const answer = await route.handle(placed);
      if (request.method === 'HEAD' && answer.status === 200) return { status: 204, headers: rateLimit(request) };
      return { ...answer, headers: { ...rateLimit(request), ...supported(core, route), ...answer.headers } };
    } catch (error) {
      if (error instanceof ProviderError) {
        const answer = error.answer();
        return { ...answer, headers: { ...supported(core, route), ...answer.headers } };
      }
      if (error instanceof ArmError) return error.answer();
      throw error;
    }
  };
  return answerTo;
}

function compile(route: Route): CompiledRoute {
  const names: string[] = [];
  const source = route.path
    .split(/(\{\+?\w+\})/)
    .map((part) => {
      const name = /^\{(\+?)(\w+)\}$/.exec(part);
      if (!name?.[2]) return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      names.push(name[2]);
      return name[1] ? '(.*)' : '([^/]+)';
    })
    .join('');
  return { route, names, pattern: new RegExp(`^${source}/?$`, 'i') };
}

function findRoute(request: SandboxRequest): { route: Route; params: Record<string, string> } {
  let otherMethod = false;
  for (const { route, pattern, names } of routes) {
    const match = pattern.exec(request.path);
    if (!match) continue;
    if (route.method !== request.method && !(request.method === 'HEAD' && isRead(route))) {
      otherMethod = true;
      continue;
    }
    return { route, params: Object.fromEntries(names.map((name, index) => [name, decode(match[index + 1] ?? '')])) };
  }
  if (otherMethod) throw armErrors.methodNotAllowed(request.method);
  throw unknownPath(request);
}

/** ARM answers HEAD for whatever can be read: whether it is there. */
function isRead({ method, path }: Route): boolean {
  return method === 'GET' && path.endsWith('}');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw armErrors.badRequest('InvalidRequestUri', 'The request uri is invalid.');
  }
}

/** ARM's answers for namespaces and types that do not exist. */
function unknownPath(request: SandboxRequest): ArmError {
  const match = /^.*\/providers\/([^/]+)\/(.+)$/i.exec(request.path);
  if (!match?.[1] || !match[2]) {
    return new ArmError(
      404,
      'MissingSubscription',
      'The request did not have a subscription or a valid tenant level resource provider.',
    );
  }
  const namespace = Object.keys(apiVersions).find((known) => known.toLowerCase() === match[1]?.toLowerCase());
  if (namespace === undefined) {
    return armErrors.invalidNamespace(match[1]);
  }
  const type = match[2]
    .split('/')
    .filter((_, index) => index % 2 === 0)
    .join('/');
  const version = request.query.get('api-version') ?? '';
  const types = Object.entries(apiVersions[namespace] ?? {});
  if (types.some(([known]) => known.toLowerCase() === type.toLowerCase()))
    return new ArmError(404, 'NotFound', `There is nothing at '${request.path}'.`);
  return armErrors.unknownType(type, namespace, version, types[0]?.[1] ?? []);
}

function checkApiVersion(core: Core, route: Route, request: SandboxRequest): string {
  const version = request.query.get('api-version');
  if (version === null || version === '') {
    throw armErrors.badRequest(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const known = route.type === undefined ? undefined : findType(core, route.type);
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(version)) {
    throw armErrors.badRequest(
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${known?.versions.join(',') ?? ''}'.`,
    );
  }
  const canonical = known ? known.versions.find((one) => one === version.toLowerCase()) : version;
  if (canonical !== undefined) return canonical;
  if (known?.namespace === 'Microsoft.Resources') {
    throw armErrors.badRequest(
      'InvalidApiVersionParameter',
      `The api-version '${version}' is invalid. The supported versions are '${known.versions.join(',')}'.`,
    );
  }
  const id = parseResourceId(request.path);
  const resource = core.state.resources.get(request.path.toLowerCase().split('/').slice(0, 9).join('/'));
  if (id?.type !== undefined && resource) {
    // For a resource that ARM knows, it looks for a provider of that version in the resource's location.
    throw armErrors.badRequest(
      'NoRegisteredProviderFound',
      `No registered resource provider found for location '${resource.location ?? ''}' and API version '${version}' for type '${known?.type ?? ''}'. The supported api-versions are '${known?.versions.join(', ') ?? ''}'. The supported locations are '${locationsOf(core).join(', ')}'.`,
    );
  }
  throw armErrors.unknownType(known?.type ?? '', known?.namespace ?? '', version, known?.versions ?? []);
}

function locationsOf(core: Core): string[] {
  return [...new Set([...core.state.resourceGroups.values()].map((group) => group.location))];
}

/** Adds the subscription and, if it exists, the resource group that the path names. */
function place(call: ArmCall): ArmCall {
  const { core, params, caller } = call;
  const id = params['subscription'];
  if (id === undefined) {
    checkTenantOfScope(call);
    return call;
  }
  if (!isGuid(id)) {
    throw armErrors.badRequest(
      'InvalidSubscriptionId',
      `The provided subscription identifier '${id}' is malformed or invalid.`,
    );
  }
  const subscription = core.state.subscriptions.get(id.toLowerCase());
  if (!subscription) throw armErrors.subscriptionNotFound(id);
  if (subscription.tenantId !== caller.tid) throw wrongTenant(core, caller.tid, subscription.tenantId);
  const group =
    params['group'] === undefined
      ? undefined
      : core.state.resourceGroups.get(`/subscriptions/${id}/resourcegroups/${params['group']}`.toLowerCase());
  return { ...call, subscription, ...(group && { group }) };
}

/** For `{scope}/providers/Microsoft.Authorization/…`; whether the scope exists is the handler's question. */
function checkTenantOfScope({ core, params, caller }: ArmCall): void {
  const id = parseResourceId(`/${(params['scope'] ?? '').replace(/^\/+/, '')}`);
  const subscription = core.state.subscriptions.get(id?.subscriptionId.toLowerCase() ?? '');
  if (subscription && subscription.tenantId !== caller.tid) throw wrongTenant(core, caller.tid, subscription.tenantId);
}

function wrongTenant(core: Core, given: string, wanted: string): ArmError {
  const issuer = (tenant: string): string => `${core.armEndpoint}${tenant}/`;
  return new ArmError(
    401,
    'InvalidAuthenticationTokenTenant',
    `The access token is from the wrong issuer '${issuer(given)}'. It must match the tenant '${issuer(wanted)}' associated with this subscription. Please use the authority (URL) '${core.armEndpoint}${wanted}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    {
      headers: {
        'WWW-Authenticate': `Bearer authorization_uri="${core.armEndpoint}${wanted}", error="invalid_token", error_description="The access token is from the wrong issuer. It must match the tenant associated with this subscription. Please use correct authority to get the token."`,
      },
    },
  );
}

function authorize(call: ArmCall, route: Route): void {
  if (route.action === undefined) return;
  const scope = route.scope?.(call) ?? defaultScope(call.request.path);
  requireAction(call, route.action, scope);
}

/** @throws ArmError 403 AuthorizationFailed */
function requireAction(call: ArmCall, action: string, scope: string): void {
  if (isAllowed(call.core, call.caller.oid, action, scope, { kind: 'action' })) return;
  const denied = denyingAssignment(call.core, call.caller.oid, action, scope, 'action');
  if (denied) throw armErrors.denied(clientName(call.caller), call.caller.oid, action, scope, denied);
  throw armErrors.authorizationFailed(clientName(call.caller), call.caller.oid, action, scope);
}

/** The path; for a collection of resources its parent: RBAC scopes are resources, not collections. */
function defaultScope(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const [, before = '', after = ''] = /^(.*?)(?:\/providers\/[^/]+\/(.*))?$/i.exec(trimmed) ?? [];
  if (after === '') return trimmed;
  const parts = after.split('/');
  if (parts.length % 2 === 0) return trimmed;
  return parts.length === 1 ? before : trimmed.split('/').slice(0, -1).join('/');
}

function checkGroup(call: ArmCall, route: Route): void {
  const name = call.params['group'];
  if (name === undefined || call.group) return;
  if (route.type === 'Microsoft.Resources/resourceGroups' && ['PUT', 'HEAD'].includes(route.method)) return;
  throw armErrors.groupNotFound(param(call, 'group'));
}

/** The registry service tells with each answer which versions it knows in that region. */
function supported(core: Core, route: Route | undefined): Record<string, string> {
  if (route?.type?.startsWith('Microsoft.ContainerRegistry/') !== true) return {};
  return { 'api-supported-versions': findType(core, cacheRuleType)?.versions.join(', ') ?? '' };
}

function rateLimit(request: SandboxRequest): Record<string, string> {
  return request.method === 'GET' || request.method === 'HEAD'
    ? {
        'x-ms-ratelimit-remaining-subscription-reads': '11999',
        'x-ms-ratelimit-remaining-subscription-global-reads': '16499',
      }
    : {
        'x-ms-ratelimit-remaining-subscription-writes': '1199',
        'x-ms-ratelimit-remaining-subscription-global-writes': '11999',
      };
}
