import type { Azure } from '../../azure/azure.ts';
import type { CleanUpMemory, CleanUpPlan, CleanUpProgress, CleanUpResult } from './types.ts';

export interface ApplyCleanUpOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CleanUpProgress) => void;
  readonly memory?: CleanUpMemory;
  /** Multiplies the time a running deletion is given after a cancel; tests use less than 1. */
  readonly timeScale?: number;
}

export function applyCleanUp(
  azure: Azure,
  plan: CleanUpPlan,
  selectedIds: ReadonlySet<string>,
  options: ApplyCleanUpOptions = {},
): Promise<CleanUpResult> {
  void [azure, plan, selectedIds, options];
  return Promise.resolve({ outcome: 'complete', gone: [], stays: [] });
}
