import { isServiceCall, principalName, property, registryAudience, tenantOf } from '../context.ts';
import { RegistryError, unauthorized } from '../errors.ts';
import { grantScope } from './permissions.ts';
import { issueAccessToken, issueRefreshToken, openRefreshToken } from './registryTokens.ts';
import type { Answer, SandboxRequest, TokenClaims } from '../../core.ts';
import type { RegistryContext } from '../context.ts';
import type { Access, Caller } from './permissions.ts';

/** The user name that goes with a refresh token as password. */
export const nullUser = '00000000-0000-0000-0000-000000000000';

/** Recorded beside every token. */
const rateLimit = { 'x-ms-ratelimit-remaining-calls-per-second': '166.65' };

const publicArmAudiences = ['https://management.azure.com', 'https://management.core.windows.net'];

/** `POST /oauth2/exchange`: an Entra token for a registry refresh token. Azure/acr docs/AAD-OAuth.md. */
export async function exchange(context: RegistryContext, request: SandboxRequest): Promise<Answer> {
  const form = await readForm(request);
  const grantType = form.get('grant_type');
  if (grantType !== 'access_token' && grantType !== 'access_token_refresh_token') throw badRequest('grant_type');
  checkService(context, form);
  const claims = context.core.tokens.verify(form.get('access_token') ?? '');
  if (claims === undefined || !acceptsAudience(context, claims.aud)) throw unauthorized();
  const caller = callerOf(context, request, claims, form.get('tenant'));
  return { status: 200, headers: rateLimit, json: { refresh_token: issueRefreshToken(context, caller, claims.tid) } };
}

/** `POST /oauth2/token`: with a refresh token, an Entra token, or docker's user name and password. */
export async function postToken(context: RegistryContext, request: SandboxRequest): Promise<Answer> {
  const form = await readForm(request);
  checkService(context, form);
  const scopes = splitScopes(form.getAll('scope'));
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return accessToken(context, callerOfRefreshToken(context, request, form.get('refresh_token')), scopes);
    case 'password': {
      const isAnonymous = ['username', 'password', 'refresh_token'].every((name) => !form.get(name));
      if (isAnonymous) return anonymousToken(context, scopes);
      if (form.get('username') !== nullUser) throw unauthorized();
      const password = form.get('password');
      const answer = accessToken(context, callerOfRefreshToken(context, request, password), scopes);
      if (form.get('access_type') !== 'offline') return answer;
      return { ...answer, json: { ...(answer.json as object), refresh_token: password } };
    }
    case 'access_token': {
      const claims = context.core.tokens.verify(form.get('access_token') ?? '');
      if (claims === undefined || !acceptsAudience(context, claims.aud)) throw unauthorized();
      return accessToken(context, callerOf(context, request, claims, form.get('tenant')), scopes);
    }
    default:
      throw badRequest('grant_type');
  }
}

/** `GET /oauth2/token`: what docker, podman and skopeo send, with basic authentication. Without it, the anonymous caller. */
export function getToken(context: RegistryContext, request: SandboxRequest): Answer {
  checkService(context, request.query);
  const scopes = splitScopes(request.query.getAll('scope'));
  const header = request.headers.authorization;
  if (header === undefined) return anonymousToken(context, scopes);
  const encoded = /^Basic ([\w+/=-]+)$/i.exec(header)?.[1];
  if (encoded === undefined) throw unauthorized();
  const [user, ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  if (user !== nullUser) throw unauthorized();
  return accessToken(context, callerOfRefreshToken(context, request, password.join(':')), scopes);
}

/** @throws RegistryError 401 unless the registry lets anybody pull */
function anonymousToken(context: RegistryContext, scopes: readonly string[]): Answer {
  if (property(context, 'anonymousPullEnabled') !== true) throw unauthorized();
  return accessToken(context, { principalId: '', forRule: false }, scopes);
}

function accessToken(context: RegistryContext, caller: Caller, scopes: readonly string[]): Answer {
  const access = scopes
    .map((scope) => grantScope(context, caller, scope))
    .filter((granted): granted is Access => granted !== undefined);
  return { status: 200, headers: rateLimit, json: { access_token: issueAccessToken(context, caller, access) } };
}

function callerOfRefreshToken(context: RegistryContext, request: SandboxRequest, token: string | null): Caller {
  const caller = openRefreshToken(context, token ?? '');
  if (caller === undefined) throw unauthorized();
  request.principal = principalName(context, caller.principalId);
  return caller;
}

function callerOf(
  context: RegistryContext,
  request: SandboxRequest,
  claims: TokenClaims,
  tenant: string | null,
): Caller {
  request.principal = principalName(context, claims.oid);
  const wrongTenant = claims.tid !== tenantOf(context) || (tenant !== null && tenant !== '' && tenant !== claims.tid);
  if (wrongTenant) throw unauthorized();
  return { principalId: claims.oid, forRule: isServiceCall(context, request) };
}

/** The registry's own audience always; ARM's unless the registry's policy turns it off. */
function acceptsAudience(context: RegistryContext, audience: string): boolean {
  if (audience === registryAudience) return true;
  const isArm = [context.core.armEndpoint.replace(/\/+$/, ''), ...publicArmAudiences].includes(audience);
  return isArm && property(context, 'policies', 'azureADAuthenticationAsArmPolicy', 'status') !== 'disabled';
}

async function readForm(request: SandboxRequest): Promise<URLSearchParams> {
  return new URLSearchParams((await request.body(64 * 1024)).toString('utf8'));
}

function checkService(context: RegistryContext, parameters: URLSearchParams): void {
  if (parameters.get('service') !== context.content.loginServer) throw badRequest('service');
}

/** Several scopes come as several parameters or separated by blanks. */
function splitScopes(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(' ')).filter((scope) => scope !== '');
}

function badRequest(parameter: string): RegistryError {
  return new RegistryError(400, 'UNSUPPORTED', `The parameter '${parameter}' is missing or not supported.`);
}
