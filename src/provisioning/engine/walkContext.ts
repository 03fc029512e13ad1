import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { AzureError, isAzureError, isCancelled } from '../../azure/errors.ts';
import { explainFailure } from './failureAdvice.ts';
import { createMemo, type Memo } from './memo.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../types.ts';

export interface WalkOptions {
  /** Given to every Azure call. */
  readonly signal?: AbortSignal;
  /** Ends waits between calls; default `signal`. Apart from it so that a cancel ends a wait, but not a write under way. */
  readonly waitSignal?: AbortSignal;
  /** Multiplies every wait; tests use less than 1. */
  readonly timeScale?: number;
  readonly onReport?: (message: string) => void;
}

/** A context for one walk over the graph of `link`, with an empty memo. */
export function createWalkContext(azure: Azure, link: CacheLink, options: WalkOptions = {}): WalkContext {
  return contextOver(createMemo(), azure, link, options);
}

/** Several contexts that share one memo but differ in signal and report: one per step of an apply. */
export function createSharedContexts(azure: Azure, link: CacheLink): (options: WalkOptions) => WalkContext {
  const memory = createMemo();
  return (options) => contextOver(memory, azure, link, options);
}

/** A context over what is known already, e.g. by the diagnosis whose finding is to be cured. */
function contextOver(memory: Memo, azure: Azure, link: CacheLink, options: WalkOptions): WalkContext {
  const signal = options.signal ?? new AbortController().signal;
  const waitSignal = options.waitSignal ?? signal;
  return {
    azure,
    link,
    signal,
    memo: (key, read) => memory.memo(key, read),
    forget: (keyPrefix) => memory.forget(keyPrefix),
    report: options.onReport ?? (() => undefined),
    sleep: (ms) => sleep(ms * (options.timeScale ?? 1), waitSignal),
  };
}

/** Waits `ms`. @throws AzureError `cancelled` as soon as the signal aborts. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(cancelled());
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

export function cancelled(): AzureError {
  return new AzureError(l10n.t('Cancelled.'), { kind: 'cancelled', code: 'Cancelled' });
}

/**
 * Inspects; a failed read becomes the verdict `unknown` with its reason.
 * @throws only on cancel.
 */
export async function inspectSafely(requirement: Requirement, context: WalkContext): Promise<Inspection> {
  try {
    return await requirement.inspect(context);
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const evidence = isAzureError(error)
      ? [
          {
            text: `${error.code}: ${error.message}`,
            ...(error.correlationId ? { correlationId: error.correlationId } : {}),
          },
        ]
      : [];
    return {
      verdict: 'unknown',
      reason: l10n.t('Could not be checked. {0}', explainFailure(error, requirement.kind)),
      evidence,
      error,
    };
  }
}
