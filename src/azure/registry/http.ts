import {
  createPipelineRequest,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { errorFromFailure } from '../http/errors.ts';
import { httpClient } from '../http/pipeline.ts';

export interface RegistryRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  /** Leaves a 200's body as a stream. */
  readonly stream?: boolean;
  readonly signal?: AbortSignal;
}

/** Sends one request and resolves for every status. @throws AzureError `network` or `cancelled`. */
export async function sendRaw(pipeline: Pipeline, options: RegistryRequest): Promise<PipelineResponse> {
  const request: PipelineRequest = createPipelineRequest({
    url: options.url,
    method: options.method ?? 'GET',
    abortSignal: options.signal,
    streamResponseStatusCodes: options.stream ? new Set([200]) : undefined,
  });
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    request.headers.set(name, value);
  }
  if (options.form) {
    request.headers.set('Content-Type', 'application/x-www-form-urlencoded');
    request.body = new URLSearchParams(options.form).toString();
  }
  try {
    return await pipeline.sendRequest(httpClient(), request);
  } catch (failure) {
    throw errorFromFailure(failure, request);
  }
}
