import type { CacheRule, RoleAssignment } from '../../../domain/types.ts';
import type { CacheLink } from '../../types.ts';

export type CleanUpKind = 'cacheRule' | 'roleAssignment' | 'identity' | 'cachedRepository';

/** One thing the dry run found. */
export interface CleanUpItem {
  /** Stable within a plan. */
  readonly id: string;
  readonly kind: CleanUpKind;
  /** Noun phrase. */
  readonly title: string;
  readonly resourceId: string;
  /** Of a role assignment, who holds it; of the identity, its own: one that has another now was made again meanwhile. */
  readonly principalId?: string;
  /** Of a role assignment, as it was looked at. */
  readonly assignment?: RoleAssignment;
  /** Of a role assignment: its condition would be narrowed, not it be deleted. */
  readonly isNarrowed?: boolean;
  /** What would be done: delete it, or narrow its condition. */
  readonly todo: string;
  /** Who else needs it, one sentence each. Not empty: it is not offered. */
  readonly inUseBy: readonly string[];
  /** Why it cannot be known whether it is in use. Present: it is not offered. */
  readonly unknown?: string;
  readonly offered: boolean;
  readonly selectedByDefault: boolean;
  /** The identity, or a permission of it, is of the name only: it was made after the one that the rule was made with was deleted. */
  readonly isOther?: true;
  /** `selectedByDefault` is not what it usually is: so it was chosen when this clean-up was begun. */
  readonly isAsBefore?: true;
  /** Bytes, for a cached repository. */
  readonly size?: number;
}

export interface Revocation {
  /** True if it is gone now (or was already). False: left in place, `reason` says why. */
  readonly gone: boolean;
  readonly reason: string;
}

/** The dry run: nothing is changed by making it. */
export interface CleanUpPlan {
  readonly ruleId: string;
  /** As read now. Absent: it is gone already, and the rest was remembered. */
  readonly rule?: CacheRule;
  /** Absent where the rule has no identity or its upstream is not visible: then only what can be known without is offered. */
  readonly link?: CacheLink;
  /** The rule's target repositories. */
  readonly target: string;
  /** Of the identity that the rule was made with, as far as the rule or an earlier clean-up tells. */
  readonly principalId?: string;
  readonly items: readonly CleanUpItem[];
}

/** What a clean-up that is not finished needs to be run again after the rule itself is gone. */
export interface UnfinishedCleanUp extends Pick<CleanUpPlan, 'ruleId' | 'link' | 'target'> {
  /** Ids of items that the user chose, without those that are gone: what has such a name by now may be something else. */
  readonly chosen: readonly string[];
  /** Ids of items that were offered and not chosen. */
  readonly kept: readonly string[];
  /** Of the rule, by `ruleMark`. Absent: it is gone. */
  readonly mark?: string;
  /** Of the rule's identity. */
  readonly principalId?: string;
}

/** Clean-ups that are not finished, on disk. Holds names, never a token. */
export interface CleanUpMemory {
  /** `isUnderWay`: this process works on it; what was remembered of the rule before is replaced. */
  remember(entry: UnfinishedCleanUp, state: { readonly isUnderWay: boolean }): Promise<void>;
  forget(ruleId: string): Promise<void>;
  /** Oldest first; files that are not ours or not readable are left out. `isUnderWay`: in this window or another. */
  list(): Promise<(UnfinishedCleanUp & { readonly isUnderWay: boolean })[]>;
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
