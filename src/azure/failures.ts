import { AzureError, type AzureErrorDetails, type AzureErrorKind, isAzureError, isCancelled } from './errors.ts';

/** Making failures, and answers of what failed. Apart from `errors.ts`, which is loaded with the extension. */

/** The same failure, told otherwise. */
export function amended(error: AzureError, change: Partial<AzureErrorDetails>, message = error.message): AzureError {
  const { kind, code, status, correlationId, request, retryAfter } = error;
  return new AzureError(message, { kind, code, status, correlationId, request, retryAfter, ...change });
}

/** What was asked for, or answered, is none that can be right; asking again would not help. */
export function invalid(
  code: string,
  message: string,
  more: Pick<AzureErrorDetails, 'request' | 'status' | 'cause'> = {},
): AzureError {
  return new AzureError(message, { kind: 'invalid', code, ...more });
}

/** Runs a read whose failure is no reason to stop: undefined then. @throws only on cancel */
export async function ifReadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  }
}

/** What the call gives, or the answer that its failure is. @throws on cancel, and whatever is not an `Error` */
export async function recover<T, U>(call: Promise<T>, answer: (error: Error) => U | Promise<U>): Promise<T | U> {
  try {
    return await call;
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return answer(error);
  }
}

/** What the call gives, or its failure. @throws on cancel, and whatever is not an `Error` */
export function orError<T>(call: Promise<T>): Promise<T | Error> {
  return recover(call, (error) => error);
}

/**
 * What the call gives; undefined when it fails with one of these kinds.
 * @throws whatever else it fails with
 */
export async function undefinedIf<T>(kinds: readonly AzureErrorKind[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (kinds.some((kind) => isAzureError(error, kind))) return undefined;
    throw error;
  }
}
