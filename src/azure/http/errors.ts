import * as l10n from '@vscode/l10n';
import type { HttpHeaders, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { safeMessage } from '../../common/secrets.ts';
import { shown } from '../../common/shown.ts';
import { AzureError, isAzureError, type AzureErrorKind } from '../errors.ts';
import { parsedJson, record, text } from '../../common/json.ts';

/** Codes that only repeat the status; a more specific one below them is preferred. */
const genericCodes = new Set([
  'BadRequest',
  'Conflict',
  'Error',
  'Failed',
  'Forbidden',
  'InternalServerError',
  'InvalidRequest',
  'MultipleErrorsOccurred',
  'NotFound',
  'ResourceOperationFailure',
  'ValidationFailed',
]);

/** `PUT https://host/path`: what an error may say of its request. */
export function describeRequest(request: { readonly method: string; readonly url: string }): string {
  const url = URL.parse(request.url);
  return url ? `${request.method} ${url.origin}${url.pathname}` : request.method;
}

/** Azure's id of one request, for support: ARM's header, else the service's. */
export function correlationIdOf(headers: HttpHeaders): string | undefined {
  const id = headers.get('x-ms-correlation-request-id') ?? headers.get('x-ms-request-id');
  return id === undefined ? undefined : shown(id, 100);
}

/** Seconds to wait from `Retry-After` (seconds or HTTP date) or `x-ms-retry-after-ms`; undefined when absent or unreadable. */
export function retryAfterSeconds(headers: HttpHeaders): number | undefined {
  const ms = Number.parseFloat(headers.get('x-ms-retry-after-ms') ?? headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(ms)) return Math.max(0, ms / 1000);
  const text = headers.get('retry-after');
  if (!text) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(text);
  return Number.isFinite(date) ? Math.max(0, (date - Date.now()) / 1000) : undefined;
}

/** Code and message of an error body of ARM (`error`, nested details and inner errors) or of a registry (`errors`). */
export interface ErrorBody {
  readonly code?: string;
  readonly message?: string;
}

/** Reads any known error body; unknown shapes give an empty object. Never throws. */
export function parseErrorBody(text: string | null | undefined): ErrorBody {
  return readErrorObject(parsedJson(text ?? ''));
}

/** Like `parseErrorBody`, for JSON already read (the status of a long-running operation). */
export function readErrorObject(json: unknown): ErrorBody {
  const found: ErrorBody[] = [];
  const root = record(json);
  if (typeof root?.['error'] === 'string') {
    // OAuth's form, which /oauth2 endpoints use.
    return { code: root['error'], message: text(root['error_description']) ?? root['error'] };
  }
  collect(root?.['error'] ?? root, found, 0);
  const codes = found.flatMap((entry) => entry.code ?? []);
  const code = codes.find((candidate) => !genericCodes.has(candidate)) ?? codes[0];
  const messages: string[] = [];
  for (const { message } of found) {
    if (message && !messages.some((earlier) => earlier.includes(message))) messages.push(message);
  }
  return { code, message: messages.length > 0 ? messages.join(' ') : undefined };
}

function collect(node: unknown, found: ErrorBody[], depth: number): void {
  const entry = record(node);
  if (!entry || depth > 5 || found.length > 20) return;
  const code = text(entry['code']);
  const message = text(entry['message']);
  if (code !== undefined || message !== undefined) found.push({ code, message });
  for (const list of [entry['errors'], entry['details']]) {
    for (const inner of Array.isArray(list) ? list : []) {
      collect(inner, found, depth + 1);
    }
  }
  // Spelled `innererror` in ARM's guideline, `InnerError` by the registry provider (Azure/ARO-HCP#2639).
  for (const key of Object.keys(entry).filter((name) => name.toLowerCase() === 'innererror')) {
    collect(entry[key], found, depth + 1);
  }
}

/** The kind that follows from an HTTP status. */
export function kindOfStatus(status: number): AzureErrorKind {
  switch (status) {
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
    case 410:
      return 'notFound';
    case 409:
    case 412:
      return 'conflict';
    case 429:
      return 'throttled';
    case 408:
      return 'unavailable';
    default:
      return status >= 500 ? 'unavailable' : 'invalid';
  }
}

/** The error for an answer that is not a success. */
export function errorFromResponse(response: PipelineResponse): AzureError {
  const body = parseErrorBody(response.bodyAsText);
  const message =
    body.message ?? l10n.t('{0} answered with status {1}.', hostOf(response.request.url), response.status);
  return new AzureError(safeMessage(message), {
    kind: kindOfStatus(response.status),
    code: safeMessage(body.code ?? `Http${response.status}`).slice(0, 200),
    status: response.status,
    correlationId: correlationIdInText(body.message) ?? correlationIdOf(response.headers),
    request: describeRequest(response.request),
    retryAfter: retryAfterSeconds(response.headers),
  });
}

/** The registry writes its id into the message (`CorrelationId: …`), and that is the one its log knows. */
function correlationIdInText(message: string | undefined): string | undefined {
  return /CorrelationId: ?([0-9a-fA-F-]{36})/.exec(message ?? '')?.[1];
}

/**
 * The error for a request that got no answer: cancelled by its caller, or the network's failure.
 * An `AzureError` passes through.
 */
export function errorFromFailure(failure: unknown, request: PipelineRequest): AzureError {
  if (isAzureError(failure)) return failure;
  if (request.abortSignal?.aborted) return cancelledError(describeRequest(request));
  const code = codeOf(failure) ?? 'NoResponse';
  return new AzureError(safeMessage(networkMessage(code, hostOf(request.url), failure)), {
    kind: 'network',
    code,
    request: describeRequest(request),
  });
}

/** Cancelling is not a failure; callers tell it apart with `isCancelled`. */
export function cancelledError(request?: string): AzureError {
  return new AzureError(l10n.t('Cancelled.'), { kind: 'cancelled', code: 'Cancelled', request });
}

/** Node's code of a network error, through the wrapping of fetch and of the pipeline. */
export function codeOf(failure: unknown): string | undefined {
  const error = record(failure);
  return text(error?.['code']) ?? text(record(error?.['cause'])?.['code']);
}

function networkMessage(code: string, host: string, failure: unknown): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return l10n.t('{0} could not be found. Check the network connection, DNS and proxy, then try again.', host);
    case 'ECONNREFUSED':
      return l10n.t('{0} refused the connection. Check the network and proxy, then try again.', host);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return l10n.t('{0} closed the connection before answering. Check the network and proxy, then try again.', host);
    case 'ETIMEDOUT':
      return l10n.t('{0} did not answer in time. Check the network and proxy, then try again.', host);
    case 'ProxyAuthenticationRequired':
      return l10n.t('The proxy requires a user name and password. Add them to the address in the setting http.proxy.');
    case 'ProxyRefused':
      return l10n.t('The proxy does not allow connections to {0}. Ask its administrator to allow them.', host);
    case 'ProxyCouldNotConnect':
      return l10n.t(
        'The proxy could not connect to {0}. Try again, or add the host to http.noProxy if it needs no proxy.',
        host,
      );
    case 'ProxyUnreachable':
      return l10n.t('The proxy could not be reached. Check the setting http.proxy and the variable HTTPS_PROXY.');
    default:
      return /CERT|SIGNATURE|TLS|SSL/i.test(code)
        ? l10n.t(
            "The certificate of {0} is not trusted ({1}). If it comes from a proxy, install the proxy's certificate authority on this machine.",
            host,
            code,
          )
        : l10n.t('No answer from {0}: {1}', host, failure instanceof Error ? failure.message : code);
  }
}

function hostOf(url: string): string {
  return URL.parse(url)?.host ?? 'Azure';
}
