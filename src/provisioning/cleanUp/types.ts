import type { CacheLink } from '../types.ts';

export type CleanUpKind = 'cacheRule' | 'roleAssignment' | 'identity' | 'cachedRepository';

/** One thing the dry run found. */
export interface CleanUpItem {
  /** Stable within a plan. */
  readonly id: string;
  readonly kind: CleanUpKind;
  /** Noun phrase. */
  readonly title: string;
  readonly resourceId: string;
  /** What would be done: delete it, or narrow its condition. */
  readonly todo: string;
  /** Who else needs it, one sentence each. Not empty: it is not offered. */
  readonly inUseBy: readonly string[];
  /** Why it cannot be known whether it is in use. Present: it is not offered. */
  readonly unknown?: string;
  readonly offered: boolean;
  readonly selectedByDefault: boolean;
  /** Bytes, for a cached repository. */
  readonly size?: number;
}

/** The dry run: nothing is changed by making it. */
export interface CleanUpPlan {
  readonly ruleId: string;
  /** Remembered on disk while a clean-up is unfinished, so that it can be run again after the rule itself is gone. */
  readonly link: CacheLink;
  readonly items: readonly CleanUpItem[];
}

export interface CleanUpProgress {
  readonly itemId: string;
  readonly state: 'running' | 'gone' | 'stays' | 'failed';
  /** What is gone, or what stays and why. */
  readonly message: string;
  readonly error?: Error;
}

export interface CleanUpResult {
  readonly outcome: 'complete' | 'failed' | 'cancelled';
  readonly gone: readonly string[];
  readonly stays: readonly string[];
}
