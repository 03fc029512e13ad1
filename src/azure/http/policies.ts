import { finished } from 'node:stream';
import * as l10n from '@vscode/l10n';
import {
  RestError,
  isRestError,
  retryPolicy,
  type PipelinePolicy,
  type PipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import { asError } from '../../common/asError.ts';
import type { AzureAccess } from '../azure.ts';
import type { AzureError } from '../errors.ts';
import { isAzureError } from '../errors.ts';
import { invalid } from '../failures.ts';
import {
  codeOf,
  correlationIdOf,
  describeRequest,
  errorFromFailure,
  errorFromResponse,
  retryAfterSeconds,
} from './errors.ts';
import { noteRequest } from './trace.ts';

/** Longest `Retry-After` that is waited for; a longer one is told to the user instead. Seconds. */
const longestRetryAfter = 120;

/** No such host, no route, no answer: most likely offline, so one more try and then say so. */
const unreachableCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'ProxyCouldNotConnect',
  'ProxyUnreachable',
]);

const transientCodes: ReadonlySet<string> = new Set([
  ...unreachableCodes,
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ERR_STREAM_PREMATURE_CLOSE',
  RestError.REQUEST_SEND_ERROR,
]);

/**
 * Retries throttling (429), 408, 5xx and broken connections, waiting what `Retry-After` says, else with exponential
 * back-off and jitter. A request whose connection broke may have been carried out; sending it again is safe here since
 * everything this extension sends is idempotent: GET, PUT, PATCH to fixed values, DELETE, and POSTs that read, register
 * or exchange tokens.
 */
export function azureRetryPolicy(options: AzureAccess['retry'] = {}): PipelinePolicy {
  const { maxRetries = 5, retryDelayInMs = 500, maxRetryDelayInMs = 16_000 } = options;
  const policy = retryPolicy(
    [
      {
        name: 'azureRetry',
        retry({ response, responseError, retryCount }) {
          if (response) {
            const after = retryAfterSeconds(response.headers);
            if (!isTransientStatus(response.status) || (after ?? 0) > longestRetryAfter) return { skipStrategy: true };
            if (after !== undefined) return { retryAfterInMs: after * 1000 };
          } else {
            const code = codeOf(responseError) ?? '';
            if (!transientCodes.has(code) || (unreachableCodes.has(code) && retryCount > 0)) {
              return { skipStrategy: true };
            }
          }
          const delay = Math.min(retryDelayInMs * 2 ** retryCount, maxRetryDelayInMs);
          return { retryAfterInMs: delay * (0.5 + Math.random() / 2) };
        },
      },
    ],
    { maxRetries },
  );
  return { name: 'azureRetryPolicy', sendRequest: (request, next) => policy.sendRequest(request, next) };
}

function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** Turns every failure and every answer that is not a success into an `AzureError`, before an SDK sees it. */
export function azureErrorPolicy(): PipelinePolicy {
  return {
    name: 'azureErrorPolicy',
    async sendRequest(request, next) {
      let response: PipelineResponse;
      try {
        response = await next(request);
      } catch (failure) {
        throw errorFromFailure(failure, request);
      }
      // A redirect that is left over was not followed: it has no place, leads around in a circle, or belongs to a proxy's page.
      if (response.status >= 300) throw errorFromResponse(response);
      return response;
    },
  };
}

/**
 * Tells of each request sent, retries included: `traceRequests` around it, and `log` with one line of method, host,
 * path, status, milliseconds, correlation id.
 */
export function requestLogPolicy(log: ((line: string) => void) | undefined): PipelinePolicy {
  return {
    name: 'requestLogPolicy',
    async sendRequest(request, next) {
      const start = performance.now();
      const finish = (status: string | number, correlationId?: string): void => {
        const described = describeRequest(request);
        noteRequest({ request: described, status, correlationId });
        log?.(`${described} ${status} ${Math.round(performance.now() - start)}ms ${correlationId ?? ''}`.trimEnd());
      };
      try {
        const response = await next(request);
        finish(response.status, correlationIdOf(response.headers));
        return response;
      } catch (failure) {
        finish(request.abortSignal?.aborted ? 'cancelled' : (codeOf(failure) ?? 'failed'));
        throw failure;
      }
    },
  };
}

const everyStatus = new Set([Number.POSITIVE_INFINITY]);

/** Of an answer that is not a success no more is read: its text is for people. Bytes. */
const maxErrorBytes = 64 * 1024;

/**
 * Reads the body as text within bounds of size and time. The pipeline's own reading has no bound. A success that is larger is refused,
 * another answer cut off. A request that
 * asked for a stream (`streamResponseStatusCodes`) gets it untouched; aborting its signal still ends it.
 */
export function boundedBodyPolicy(maxBytes: number, timeoutMs: number): PipelinePolicy {
  return {
    name: 'boundedBodyPolicy',
    async sendRequest(request, next) {
      const wanted = request.streamResponseStatusCodes;
      const outer = request.abortSignal;
      const inner = new AbortController();
      const abort = (): void => inner.abort();
      const deadline = { isOver: false };
      const timer = setTimeout(() => {
        deadline.isOver = true;
        abort();
      }, timeoutMs);
      outer?.addEventListener('abort', abort);
      request.streamResponseStatusCodes = everyStatus;
      request.abortSignal = inner.signal;
      const unhook = (): void => outer?.removeEventListener('abort', abort);
      let streamed: NodeJS.ReadableStream | undefined;
      try {
        if (outer?.aborted) abort();
        const response = await next(request);
        if (wanted?.has(response.status)) {
          streamed = response.readableStreamBody;
          return response;
        }
        const { readableStreamBody, ...rest } = response;
        const isSuccess = response.status < 300;
        const read = readableStreamBody && (await readText(readableStreamBody, isSuccess ? maxBytes : maxErrorBytes));
        if (read?.isCut) {
          // What is left of it is not waited for.
          abort();
          if (isSuccess) throw tooLarge(request, maxBytes);
        }
        return { ...rest, bodyAsText: read?.text ?? null };
      } catch (failure) {
        if (deadline.isOver && !outer?.aborted) throw new RestError('timed out', { code: 'ETIMEDOUT', request });
        throw isRestError(failure) || isAzureError(failure) || outer?.aborted ? failure : asRestError(failure, request);
      } finally {
        clearTimeout(timer);
        // A streamed body is still being read: the caller's signal must end it, too.
        if (streamed) {
          finished(streamed, unhook);
        } else {
          unhook();
        }
        request.abortSignal = outer;
        request.streamResponseStatusCodes = wanted;
      }
    },
  };
}

async function readText(
  stream: NodeJS.ReadableStream,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isCut: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes.subarray(0, maxBytes - size));
    size += bytes.length;
    if (size > maxBytes) break;
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isCut: size > maxBytes };
}

function tooLarge(request: PipelineRequest, maxBytes: number): AzureError {
  return invalid(
    'ResponseTooLarge',
    l10n.t('The response from {0} is larger than {1} MiB and was rejected.', describeRequest(request), maxBytes >> 20),
    { request: describeRequest(request) },
  );
}

/** A connection that breaks inside the body is as transient as one that breaks before it. */
function asRestError(failure: unknown, request: PipelineRequest): RestError {
  return new RestError(asError(failure).message, {
    code: codeOf(failure),
    request,
  });
}
