import * as l10n from '@vscode/l10n';
import type { Pipeline, PipelineResponse } from '@azure/core-rest-pipeline';
import { parseRepository } from '../../domain/imageReference.ts';
import { parsedJson, record } from '../../common/json.ts';
import { AzureError } from '../errors.ts';
import { amended, invalid } from '../failures.ts';
import { errorFromResponse } from '../http/errors.ts';
import { createPageBound } from '../http/pages.ts';
import { sendRaw } from './http.ts';
import { tokenGrants } from './registryToken.ts';
import type { TokenExchange } from './tokenExchange.ts';

export interface ContentRequest {
  readonly method?: 'GET' | 'HEAD' | 'DELETE';
  /** Path and query on the registry's host. */
  readonly path: string;
  /** The token to ask for: `repository:team/app:pull`, `registry:catalog:*`. */
  readonly scope: string;
  readonly accept?: string;
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
}

/** Authenticated requests to one registry. */
export interface RegistryConnection {
  readonly origin: string;
  readonly pipeline: Pipeline;
  /**
   * Sends a request with a registry token; a 401 is answered once with fresh credentials where those can help. Resolves
   * with 200 only; for a streamed body also with a redirect, which the caller follows without the token; for a DELETE with 202.
   * @throws AzureError; `forbidden` also for a 401 whose token lacks the action, since signing in again cannot help.
   */
  send(request: ContentRequest): Promise<PipelineResponse>;
  /** A GET's JSON. */
  getJson(request: ContentRequest): Promise<unknown>;
  /** All pages of a list: `Link: <…>; rel="next"` on the same host, until `limit` items are there. `onCut`: there are more. */
  getPages<T>(
    request: ContentRequest,
    limit: number,
    items: (page: Record<string, unknown>) => readonly T[],
    onCut?: () => void,
  ): Promise<T[]>;
}

export function createRegistryConnection(
  loginServer: string,
  pipeline: Pipeline,
  tokens: TokenExchange,
): RegistryConnection {
  const origin = `https://${loginServer}`;

  async function attempt(request: ContentRequest): Promise<{ response: PipelineResponse; token: string }> {
    const token = await tokens.accessToken(request.scope, request.signal);
    const response = await sendRaw(pipeline, {
      method: request.method,
      url: `${origin}${request.path}`,
      headers: { Accept: request.accept ?? 'application/json', Authorization: `Bearer ${token}` },
      stream: request.stream,
      signal: request.signal,
    });
    return { response, token };
  }

  async function send(request: ContentRequest): Promise<PipelineResponse> {
    const kept = tokens.keptAccessToken(request.scope);
    let { response, token } = await attempt(request);
    if (response.status === 401) {
      tokens.drop(request.scope, token);
      // A token made just now that lacks the action would only be made again: that would cost two requests for the same answer.
      if (token === kept || tokenGrants(token, request.scope) !== false) {
        ({ response, token } = await attempt(request));
        if (response.status === 401) tokens.drop(request.scope, token);
      }
    }
    if (response.status >= 400) throw refusal(response, token, request.scope);
    const accepted = request.method === 'DELETE' && response.status === 202;
    if (response.status !== 200 && !accepted && !(request.stream && response.status >= 300)) throw unreadable(origin);
    return response;
  }

  async function getJson(request: ContentRequest): Promise<unknown> {
    return parseJson(await send(request), origin);
  }

  return {
    origin,
    pipeline,
    send,
    getJson,
    async getPages(request, limit, items, onCut) {
      const all: ReturnType<typeof items>[number][] = [];
      const bound = createPageBound(`GET ${origin}${request.path.split('?')[0]}`);
      let path: string | undefined = request.path;
      while (path !== undefined && all.length < limit) {
        const response = await send({ ...request, path });
        const page = record(parseJson(response, origin));
        if (!page) {
          // Taking it for an empty list would say that nothing is there.
          throw unreadable(origin);
        }
        const listed = items(page);
        for (const item of listed) all.push(item);
        path = nextPage(response.headers.get('link'), origin);
        bound(listed.length, path);
      }
      if (path !== undefined || all.length > limit) onCut?.();
      return all.slice(0, limit);
    },
  };
}

function refusal(response: PipelineResponse, token: string, scope: string): AzureError {
  const error = errorFromResponse(response);
  const lacksPermission =
    response.status === 401 &&
    (tokenGrants(token, scope) === false || /insufficient_scope/.test(response.headers.get('www-authenticate') ?? ''));
  if (lacksPermission) return amended(error, { kind: 'forbidden' });
  if (response.status === 404 && error.code === 'Http404') {
    // HEAD answers without a body.
    return amended(error, { code: 'MANIFEST_UNKNOWN' }, l10n.t('Not found in the registry.'));
  }
  return error;
}

function parseJson(response: PipelineResponse, origin: string): unknown {
  const json = parsedJson(response.bodyAsText ?? '');
  if (json === undefined) throw unreadable(origin);
  return json;
}

function unreadable(origin: string): AzureError {
  return new AzureError(l10n.t('The response from {0} could not be read. A proxy may have changed it.', origin), {
    kind: 'unavailable',
    code: 'UnreadableAnswer',
  });
}

/** A link to another host is not followed: the list then ends where it stands would be a lie, so it is refused. */
function nextPage(link: string | undefined, origin: string): string | undefined {
  const target = /<([^<>]+)>\s?;[^,<]*rel="?next/i.exec(link ?? '')?.[1];
  if (!target) return undefined;
  const url = URL.parse(target, origin);
  if (url?.origin !== new URL(origin).origin) {
    throw invalid('ForeignHost', l10n.t('A list of {0} continues on another host; it was not followed.', origin));
  }
  return `${url.pathname}${url.search}`;
}

/** A repository name fit for a path. @throws AzureError `invalid`. */
export function checkedRepository(repository: string): string {
  const parsed = parseRepository(repository);
  if (!parsed.ok) throw invalid(parsed.problem.code, parsed.problem.message);
  return parsed.value;
}
