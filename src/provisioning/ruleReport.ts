import type { Azure, AzureResource, Platform } from '../azure/azure.ts';
import type { CacheRule, Identity, Registry } from '../domain/types.ts';
import type { RegistryGrant } from './registryGrants.ts';

/** A part of the document that fills in by itself. */
export type Part<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: string; readonly error?: Error };

export interface MappingFacts {
  readonly rule: CacheRule;
  readonly registry: Registry;
  /** The upstream registry, where it is one of Azure that this account sees; `upstreamReason` says why it is not there. */
  readonly upstream?: Registry;
  readonly upstreamReason?: string;
  /** `docker pull …`, with `<tag>` or `<repository>` where the reader has to choose. */
  readonly pullCommand: string;
}

/** Who may pull upstream and why. */
export interface AccessFacts {
  /** One sentence: may the identity read what the rule needs? */
  readonly sentence: string;
  readonly sufficient: boolean;
  /** What the rule needs, as written: `team/*`. */
  readonly needed: string;
  readonly grants: readonly RegistryGrant[];
}

export interface IdentityFacts {
  /** Absent: it was deleted. */
  readonly identity?: Identity;
  readonly identityId: string;
  /** The rule was written for another principal of the same name: the identity was made anew since. */
  readonly recreated: boolean;
  readonly otherRules: readonly CacheRule[];
  readonly resources: readonly AzureResource[];
  readonly federatedCredentials: readonly string[];
  readonly otherAssignments: readonly { readonly roleName: string; readonly scope: string }[];
  /** What could not be found out, one sentence each. */
  readonly unknown: readonly string[];
}

export interface CachedTag {
  readonly tag: string;
  readonly digest: string;
  /** ISO 8601, when the tag was last written here. */
  readonly lastUpdated?: string;
  readonly platforms: readonly Platform[];
  /** Absent: not known, or gone (`upstreamState`). */
  readonly upstreamDigest?: string;
  readonly upstreamState: 'same' | 'stale' | 'gone' | 'unknown';
}

export interface CachedRepository {
  readonly repository: string;
  /** In the upstream. */
  readonly source: string;
  readonly tags: readonly CachedTag[];
  /** Tags there are beyond those listed. */
  readonly moreTags: number;
  readonly bytes?: number;
  /** Why the upstream's digests are not known. */
  readonly upstreamReason?: string;
  /** Why this repository could not be read. */
  readonly reason?: string;
}

export interface CachedFacts {
  readonly repositories: readonly CachedRepository[];
  /** Repositories there are beyond those listed. */
  readonly moreRepositories: number;
}

/** Everything the rule's document shows. */
export interface RuleReport {
  readonly ruleId: string;
  /** ISO 8601. */
  readonly readAt: string;
  readonly mapping: Part<MappingFacts>;
  readonly access: Part<AccessFacts>;
  readonly identity: Part<IdentityFacts>;
  readonly cached: Part<CachedFacts>;
  /** The rule as ARM sends it. */
  readonly json: Part<unknown>;
}

export interface RuleReportOptions {
  readonly signal?: AbortSignal;
  /** Called at once and after each part. */
  readonly onPart?: (partial: RuleReport) => void;
}

/** @throws AzureError `cancelled` only; what could not be read is a part that says why. */
export function readRuleReport(azure: Azure, ruleId: string, options: RuleReportOptions = {}): Promise<RuleReport> {
  void [azure, options];
  const loading = { state: 'loading' } as const;
  return Promise.resolve({
    ruleId,
    readAt: new Date().toISOString(),
    mapping: loading,
    access: loading,
    identity: loading,
    cached: loading,
    json: loading,
  });
}
