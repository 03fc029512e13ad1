import https from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../../src/types.ts';
import type { RegistryPort, World } from './registryWorld.ts';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON; undefined when there is none. */
  readonly json: unknown;
}

export interface Send {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export const registryAudience = 'https://containerregistry.azure.net';

/** Accepts every kind of manifest, as container clients do. */
export const manifestAccept = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** One https request to a registry of the world; redirects are not followed. */
export function send(world: World, registry: RegistryPort, path: string, request: Send = {}): Promise<Reply> {
  return sendTo(world, `https://${registry.loginServer}${path}`, request);
}

export function sendTo(world: World, url: string, request: Send = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = https.request(
      url,
      { method: request.method ?? 'GET', headers: request.headers ?? {}, ca: world.core.ca, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const body = Buffer.concat(chunks);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body, json: parse(body) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
}

export function post(
  world: World,
  registry: RegistryPort,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<Reply> {
  return send(world, registry, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
}

/** A registry refresh token of a principal, by the documented exchange. */
export async function login(world: World, registry: RegistryPort, principal: Principal): Promise<string> {
  const reply = await post(world, registry, '/oauth2/exchange', {
    grant_type: 'access_token',
    service: registry.loginServer,
    tenant: principal.tenantId,
    access_token: world.core.tokens.issue(principal, registryAudience),
  });
  return field(reply, 'refresh_token');
}

/** A registry access token for some scopes. */
export async function tokenFor(
  world: World,
  registry: RegistryPort,
  principal: Principal,
  ...scopes: readonly string[]
): Promise<string> {
  const refreshToken = await login(world, registry, principal);
  const reply = await post(world, registry, '/oauth2/token', {
    grant_type: 'refresh_token',
    service: registry.loginServer,
    scope: scopes.join(' '),
    refresh_token: refreshToken,
  });
  return field(reply, 'access_token');
}

/** The `access` claim of an access token. */
export function accessOf(token: string): unknown {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return (claims as { readonly access?: unknown }).access;
}

/** A client that holds a token for one principal and fetches one per request's scope. */
export function clientOf(world: World, registry: RegistryPort, principal: Principal) {
  return async (scope: string, path: string, request: Send = {}): Promise<Reply> => {
    const token = await tokenFor(world, registry, principal, scope);
    return send(world, registry, path, {
      ...request,
      headers: { Accept: manifestAccept, ...request.headers, Authorization: `Bearer ${token}` },
    });
  };
}

/** The first error of an error body. */
export function errorOf(reply: Reply): { readonly code: string; readonly message: string } {
  const { errors } = reply.json as { readonly errors: readonly { readonly code: string; readonly message: string }[] };
  const [first] = errors;
  if (first === undefined) throw new Error('No error in the body.');
  return first;
}

/** A string field of a JSON body; the reply is shown when it is missing. */
export function field(reply: Reply, name: string): string {
  const value = (reply.json as Readonly<Record<string, unknown>> | undefined)?.[name];
  if (typeof value !== 'string') throw new Error(`No ${name} in ${reply.status} ${reply.body.toString('utf8')}`);
  return value;
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
