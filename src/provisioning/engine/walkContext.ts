import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import { sleep } from '../../azure/http/wait.ts';
import { explainFailure } from './failureAdvice.ts';
import { createMemo } from './memo.ts';
import { unknown } from './inspection.ts';
import type { Inspection, Requirement, WalkContext } from '../types.ts';

export interface WalkOptions {
  /** Given to every Azure call. */
  readonly signal?: AbortSignal;
  /** Ends waits between calls; default `signal`. Apart from it so that a cancel ends a wait, but not a write under way. */
  readonly waitSignal?: AbortSignal;
  /** Multiplies every wait; tests use less than 1. */
  readonly timeScale?: number;
  readonly onReport?: (message: string) => void;
  readonly assumesNeeds?: boolean;
}

/** A context for one walk. `memory`: what is known already, shared with other contexts; default: nothing. */
export function createWalkContext(azure: Azure, options: WalkOptions = {}, memory = createMemo()): WalkContext {
  const signal = options.signal ?? new AbortController().signal;
  const waitSignal = options.waitSignal ?? signal;
  return {
    azure,
    signal,
    memo: memory.memo,
    remember: memory.remember,
    report: options.onReport ?? (() => undefined),
    sleep: (ms) => sleep(ms * (options.timeScale ?? 1), waitSignal),
    assumesNeeds: options.assumesNeeds ?? false,
  };
}

/** The same walk with nothing read yet: for what has to be so right before a write. */
export function unreadContext(context: WalkContext): WalkContext {
  return { ...context, memo: createMemo().memo };
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
    return unknown(l10n.t('Could not be checked. {0}', explainFailure(error, requirement)), evidence, { error });
  }
}
