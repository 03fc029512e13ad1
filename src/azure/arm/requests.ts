import * as l10n from '@vscode/l10n';
import {
  createPipelineRequest,
  type HttpMethods,
  type Pipeline,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { trimEndOf } from '../../common/trim.ts';
import { AzureError } from '../errors.ts';
import { describeRequest } from '../http/errors.ts';
import { httpClient } from '../http/pipeline.ts';
import { parsedJson, record, text } from '../../common/json.ts';
import { createPageBound } from '../http/pages.ts';
import { foreignHostError } from './authentication.ts';
import { createServiceVersions } from './versions/serviceVersions.ts';

/** JSON requests to one ARM endpoint as one account and tenant. */
export interface ArmRequests {
  /** `https://host[:port]` of the endpoint. */
  readonly origin: string;
  /** What a second of waiting between looks lasts, milliseconds. */
  readonly waitUnit: number;
  /**
   * Sends one request. `path`: path and query from the origin, or a URL of the same origin. Resolves for every answer
   * below 300.
   * @throws AzureError for everything else.
   */
  send(method: HttpMethods, path: string, options?: SendOptions): Promise<ArmAnswer>;
  /** The body of a GET. */
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  /** All `value` entries of a list, following `nextLink` on the same origin. */
  list(path: string, signal?: AbortSignal): Promise<Record<string, unknown>[]>;
  /** The api-versions that the service of this registry said it knows; undefined when it has not been asked yet. */
  serviceVersions(registryId: string): readonly string[] | undefined;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export interface ArmAnswer {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body. */
  readonly body: unknown;
  readonly headers: PipelineResponse['headers'];
  /** The URL that answered. */
  readonly url: string;
}

export function createArmRequests(pipeline: Pipeline, endpoint: string, waitUnit: number): ArmRequests {
  const origin = new URL(endpoint).origin;
  const base = trimEndOf(endpoint, '/');
  const versions = createServiceVersions();

  async function send(method: HttpMethods, path: string, { body, signal }: SendOptions = {}): Promise<ArmAnswer> {
    const url = path.startsWith('/') ? `${base}${path}` : path;
    const request = createPipelineRequest({ method, url, abortSignal: signal });
    request.headers.set('Accept', 'application/json');
    if (body !== undefined) {
      request.headers.set('Content-Type', 'application/json');
      request.body = JSON.stringify(body);
    }
    const response = await pipeline.sendRequest(httpClient(), request);
    versions.note(url, response.headers);
    return { status: response.status, body: parseBody(response), headers: response.headers, url };
  }

  return {
    origin,
    waitUnit,
    send,
    serviceVersions: (registryId) => versions.of(registryId),
    get: async (path, signal) => (await send('GET', path, { signal })).body,
    async list(path, signal) {
      const items: Record<string, unknown>[] = [];
      const bound = createPageBound(describeRequest({ method: 'GET', url: `${base}${path}` }));
      for (let next: string | undefined = path; next !== undefined;) {
        const page = record((await send('GET', next, { signal })).body);
        if (!Array.isArray(page?.['value'])) throw unreadable(`GET ${origin}`);
        for (const item of page['value']) {
          const entry = record(item);
          if (entry) items.push(entry);
        }
        next = text(page['nextLink']);
        bound(page['value'].length, next);
        if (next !== undefined && URL.parse(next)?.origin !== origin) {
          throw foreignHostError({ method: 'GET', url: next }, origin);
        }
      }
      return items;
    },
  };
}

function parseBody(response: PipelineResponse): unknown {
  if (!response.bodyAsText) return undefined;
  const json = parsedJson(response.bodyAsText);
  if (json === undefined) throw unreadable(describeRequest(response.request));
  return json;
}

/** ARM, or something between it and us, answered with what is not the documented shape. */
export function unreadable(request: string): AzureError {
  return new AzureError(l10n.t("Azure's response could not be read ({0}). A proxy may have changed it.", request), {
    kind: 'unavailable',
    code: 'UnreadableAnswer',
    request,
  });
}
