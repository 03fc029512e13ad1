import type { Answer, Core, SandboxRequest } from './core.ts';
import { isObject } from './json.ts';
import { isTokenClaims } from './tokens.ts';
import type { Principal } from './types.ts';

const base = '/graph/v1.0/';

/**
 * The three questions that `az role assignment` asks Microsoft Graph: directory objects by id, service principals by name, users by name.
 * Undefined for other paths. A principal is found only once it is replicated (`principalReplicationMs`), as with `--assignee` on Azure.
 */
export function createGraph(core: Core): (request: SandboxRequest) => Promise<Answer | undefined> {
  return async (request) => {
    const { graph } = core.options;
    if (!request.path.toLowerCase().startsWith(base) || graph === 'absent') return undefined;
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const claims = token === undefined ? undefined : core.tokens.verify(token);
    if (!claims || !isTokenClaims(claims) || claims.aud.replace(/\/$/, '') !== `${core.armEndpoint}graph`) {
      return problem(401, 'InvalidAuthenticationToken', 'Access token validation failure. Invalid audience.');
    }
    if (graph === 'forbidden')
      return problem(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    const known = [...core.state.principals.values()].filter(
      (one) => one.tenantId === claims.tid && core.clock.now() >= one.createdAt + core.options.principalReplicationMs,
    );
    const wanted = /'([^']*)'/.exec(request.query.get('$filter') ?? '')?.[1]?.toLowerCase();
    switch (`${request.method} ${request.path.slice(base.length).toLowerCase()}`) {
      case 'POST directoryobjects/getbyids': {
        const ids = await idsIn(request);
        return found(
          core,
          known.filter((one) => ids.has(one.objectId.toLowerCase())),
        );
      }
      case 'GET serviceprincipals':
        return found(
          core,
          known.filter(
            (one) => one.type === 'ServicePrincipal' && wanted !== undefined && appIds(core, one).includes(wanted),
          ),
        );
      case 'GET users':
        return found(
          core,
          known.filter((one) => one.type === 'User' && wanted === `${one.name}@sandbox.test`),
        );
      default:
        return problem(404, 'Request_ResourceNotFound', `Resource '${request.path}' does not exist.`);
    }
  };
}

async function idsIn(request: SandboxRequest): Promise<Set<string>> {
  try {
    const body: unknown = JSON.parse((await request.body()).toString('utf8'));
    const ids = isObject(body) && Array.isArray(body['ids']) ? body['ids'] : [];
    return new Set(ids.map((id) => String(id).toLowerCase()));
  } catch {
    return new Set();
  }
}

/** The application ids a service principal goes by: for an identity its client id. */
function appIds(core: Core, principal: Principal): string[] {
  const identities = [...core.state.resources.values()].filter(
    ({ properties }) => properties['principalId'] === principal.objectId,
  );
  return identities.map(({ properties }) => String(properties['clientId']).toLowerCase());
}

function found(core: Core, principals: readonly Principal[]): Answer {
  return {
    status: 200,
    json: {
      value: principals.map((one) => ({
        '@odata.type': `#microsoft.graph.${one.type[0]?.toLowerCase() ?? ''}${one.type.slice(1)}`,
        id: one.objectId,
        displayName: core.options.graph === 'limited' ? null : one.name,
        ...(one.type === 'User' && { userPrincipalName: `${one.name}@sandbox.test` }),
        ...(one.type === 'ServicePrincipal' && {
          appId: appIds(core, one)[0] ?? one.objectId,
          servicePrincipalNames: [appIds(core, one)[0] ?? one.objectId],
        }),
      })),
    },
  };
}

function problem(status: number, code: string, message: string): Answer {
  return { status, json: { error: { code, message } } };
}
