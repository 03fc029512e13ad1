/** What went wrong, as far as what to do next depends on it. */
export type AzureErrorKind =
  | 'unauthenticated' // 401 after the challenge was tried, or no session
  | 'forbidden' // 403
  | 'notFound' // 404
  | 'conflict' // 409, 412
  | 'invalid' // other 4xx
  | 'throttled' // 429 after all retries
  | 'unavailable' // 5xx after all retries
  | 'network' // no answer: DNS, reset, TLS, offline
  | 'operationFailed' // a long-running operation ended Failed or Canceled
  | 'cancelled'; // the caller's AbortSignal

export interface AzureErrorDetails {
  readonly kind: AzureErrorKind;
  /** Azure's own code, e.g. `TargetRepositoryAlreadyPresentInRegistry`; for network errors Node's code. */
  readonly code: string;
  readonly status?: number;
  /** `x-ms-correlation-request-id`, or the registry's CorrelationId. */
  readonly correlationId?: string;
  /** `PUT https://host/path`: query and headers left out, so nothing secret can be in it. */
  readonly request?: string;
  /** Seconds, from Retry-After. */
  readonly retryAfter?: number;
  /** Azure took the write and its end is not known: it may still take place, whatever the kind says. */
  readonly writeAccepted?: boolean;
  readonly cause?: unknown;
}

/** Any failure of ARM or of a registry. `message` is Azure's own message, bounded and free of tokens. */
export class AzureError extends Error {
  declare readonly kind: AzureErrorKind;
  declare readonly code: string;
  readonly status?: number;
  readonly correlationId?: string;
  readonly request?: string;
  readonly retryAfter?: number;
  readonly writeAccepted?: boolean;

  constructor(message: string, { cause, ...details }: AzureErrorDetails) {
    super(message, { cause });
    Object.assign(this, details, { name: 'AzureError' });
  }
}

/** Works across bundles and for errors that lost their prototype. */
export function isAzureError(error: unknown, kind?: AzureErrorKind): error is AzureError {
  return (
    error instanceof Error &&
    error.name === 'AzureError' &&
    (kind === undefined || ('kind' in error && error.kind === kind))
  );
}

/** True for cancellation in any of its forms: AbortError, our own, VS Code's. */
export function isCancelled(error: unknown): boolean {
  return (
    isAzureError(error, 'cancelled') ||
    (error instanceof Error && ['AbortError', 'Canceled', 'CancellationError'].includes(error.name))
  );
}
