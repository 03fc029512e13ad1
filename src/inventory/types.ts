import type { RuleKnowledge } from '../domain/ruleVerdict.ts';
import type { CacheRule, Registry, Subscription } from '../domain/types.ts';

/** How fresh a part of the inventory is. */
export type Freshness =
  /** From the snapshot on disk: shown, but never used to decide a write or to send a token. */
  | 'snapshot'
  | 'loading'
  | 'current'
  /** The last refresh failed; what was known before is kept and shown with the error. */
  | 'failed';

export interface RegistryEntry {
  readonly registry: Registry;
  /** undefined: never loaded. */
  readonly rules?: readonly CacheRule[];
  readonly rulesFreshness: Freshness | 'never';
  readonly rulesError?: Error;
  /** What diagnoses and verified pulls found out about the rules, by lower-case rule id. */
  readonly knowledge?: ReadonlyMap<string, RuleKnowledge>;
}

export interface InventoryState {
  readonly signedIn: boolean | 'unknown';
  readonly cloudName: string;
  readonly subscriptions: readonly Subscription[];
  /** By lower-case ARM id. */
  readonly registries: ReadonlyMap<string, RegistryEntry>;
  readonly freshness: Freshness;
  readonly error?: Error;
  /** Subscriptions whose registries could not be read. */
  readonly failures: readonly { readonly subscriptionId: string; readonly error: Error }[];
}

/** What changed, so that a view repaints only that. `undefined` registryId: everything. */
export interface InventoryChange {
  readonly registryId?: string;
}

/** Where the snapshot lives. The extension passes its global storage; tests a temp folder. */
export interface SnapshotFile {
  read(): Promise<string | undefined>;
  /** Atomic: a crash leaves the old file. */
  write(text: string): Promise<void>;
  /** Is another one after each write, also of another window; undefined: there is no file. */
  stamp?(): Promise<string | undefined>;
  /** Moves a text that could not be understood out of the way, for a person to look at. */
  setAside?(): Promise<void>;
}
