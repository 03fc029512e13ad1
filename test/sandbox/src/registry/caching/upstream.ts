import https from 'node:https';
import { hopsHeader, registryAudience, serviceHeader } from '../context.ts';
import { isRecord } from '../manifestDocument.ts';
import type { IncomingHttpHeaders } from 'node:http';
import type { Core } from '../../core.ts';
import type { Principal, RegistryContentState } from '../../types.ts';
import type { MatchedRule } from './cacheRules.ts';
import type { RegistryContext } from '../context.ts';

/** Why a source did not answer with content. */
export type UpstreamProblem = 'unauthorized' | 'denied' | 'tooManyRequests' | 'notFound' | 'failed';

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly problem: UpstreamProblem;
  /** The source's HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(problem: UpstreamProblem, status: number) {
    super(`${problem} (${status})`);
    this.problem = problem;
    this.status = status;
  }
}

export interface UpstreamRequest {
  readonly method: 'GET' | 'HEAD';
  /** Below `/v2/{repository}/`: `manifests/latest`, `blobs/sha256:…`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How many registries the pull went through before this one. */
  readonly hops: number;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const maxHops = 3;
const timeoutMs = 30_000;

/**
 * Asks a rule's source registry as the rule's identity: Entra token, refresh token, access token, then the request, each a
 * real call to the source's port. Only registries of this sandbox can be reached.
 * @throws UpstreamError
 */
export async function askUpstream(
  context: RegistryContext,
  match: MatchedRule,
  request: UpstreamRequest,
): Promise<UpstreamAnswer> {
  const source = findRegistry(context.core, match.host);
  if (source === undefined || request.hops >= maxHops) throw new UpstreamError('failed', 0);
  const service = { [serviceHeader]: context.serviceKey, [hopsHeader]: String(request.hops + 1) };
  const token = await accessToken(context, match, source, service);
  const { method, headers = {} } = request;
  let answer = await call(context, `https://${source.loginServer}/v2/${match.repository}/${request.path}`, {
    method,
    headers: { ...headers, ...service, ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }) },
  });
  const { location } = answer.headers;
  // The registry's token is not for the storage.
  if (answer.status === 307 && location !== undefined) answer = await call(context, location, { method, headers });
  if (answer.status === 401) throw new UpstreamError(token === undefined ? 'unauthorized' : 'denied', 401);
  if (answer.status >= 300) throw new UpstreamError(problemOf(answer.status), answer.status);
  return answer;
}

async function accessToken(
  context: RegistryContext,
  match: MatchedRule,
  source: RegistryContentState,
  service: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { rule, host, repository } = match;
  // Sources here know no user names, so the secrets of a credential set sign in nowhere.
  if (typeof rule.properties.credentialSetResourceId === 'string') throw new UpstreamError('unauthorized', 401);
  if (rule.identity?.userAssignedIdentities === undefined) return undefined;
  const principal = ruleIdentity(context, match);
  if (principal === undefined) throw new UpstreamError('unauthorized', 401);
  const refreshToken = await fetchToken(context, source, '/oauth2/exchange', 'refresh_token', service, {
    grant_type: 'access_token',
    service: host,
    tenant: principal.tenantId,
    access_token: context.core.tokens.issue(principal, registryAudience),
  });
  return fetchToken(context, source, '/oauth2/token', 'access_token', service, {
    grant_type: 'refresh_token',
    service: host,
    scope: `repository:${repository}:pull`,
    refresh_token: refreshToken,
  });
}

/**
 * The service principal that the rule was written with. None when the identity is gone, or was deleted and made again: the new
 * one has another principal, which the rule does not know.
 */
function ruleIdentity(context: RegistryContext, match: MatchedRule): Principal | undefined {
  const [entry] = Object.entries(match.rule.identity?.userAssignedIdentities ?? {});
  if (entry === undefined) return undefined;
  const [id, { principalId }] = entry;
  const identity = context.core.state.resources.get(id.toLowerCase());
  if (identity?.properties.principalId !== principalId) return undefined;
  return [...context.core.state.principals.values()].find((principal) => principal.objectId === principalId);
}

async function fetchToken(
  context: RegistryContext,
  source: RegistryContentState,
  path: string,
  field: string,
  service: Readonly<Record<string, string>>,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await call(context, `https://${source.loginServer}${path}`, {
    method: 'POST',
    headers: { ...service, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  if (answer.status >= 300) throw new UpstreamError(problemOf(answer.status), answer.status);
  const json: unknown = JSON.parse(answer.body.toString('utf8'));
  const token = isRecord(json) ? json[field] : undefined;
  if (typeof token !== 'string') throw new UpstreamError('failed', answer.status);
  return token;
}

function problemOf(status: number): UpstreamProblem {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'denied';
    case 404:
      return 'notFound';
    case 429:
      return 'tooManyRequests';
    default:
      return 'failed';
  }
}

function findRegistry(core: Core, host: string): RegistryContentState | undefined {
  const wanted = host.toLowerCase();
  for (const content of core.state.content.values()) if (content.loginServer === wanted) return content;
  return undefined;
}

interface Call {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function call(context: RegistryContext, url: string, { method, headers, body }: Call): Promise<UpstreamAnswer> {
  return new Promise((resolve, reject) => {
    const failed = (): void => reject(new UpstreamError('failed', 0));
    const { host, pathname, search } = new URL(url);
    // Within Azure no proxy is on the way.
    const port = context.core.hosts.get(host);
    const outgoing = https.request(
      {
        host: 'localhost',
        port,
        path: `${pathname}${search}`,
        method,
        headers: { ...headers, Host: host },
        timeout: timeoutMs,
        agent: context.upstreamAgent,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', failed);
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
