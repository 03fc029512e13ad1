import type { Azure } from '../azure/azure.ts';
import type { RepositoryPattern } from '../domain/types.ts';
import type { ExportDocument } from './export/document.ts';
import type { RuleMark } from './engine/sameRule.ts';

/** How the identity gets to read the source repositories. */
export type AccessForm =
  /** Repository Reader at the registry + ABAC condition 2.0. Default; needs ABAC mode. */
  | 'condition'
  /** Repository Reader at `{registryId}/repositories/{name}`: the article's form, only for static one-segment sources. */
  | 'repositoryScope'
  /** Repository Reader at the registry, no condition: reads everything. Needs ABAC mode. */
  | 'registry'
  /** AcrPull at the registry, upstream stays in RBAC mode. Undocumented for cache rules. */
  | 'acrPull';

export interface RepositoryMapping {
  readonly ruleName: string;
  /** In the upstream registry. */
  readonly source: RepositoryPattern;
  /** In the downstream registry. Same kind as `source`. */
  readonly target: RepositoryPattern;
}

/** Someone who is given roles for good before a registry is switched to ABAC, since the switch takes their access. */
export interface KeptAccess {
  readonly principalId: string;
  readonly principalType: 'ServicePrincipal' | 'User' | 'Group';
  /** Of Repository Reader, Writer or Contributor, and Catalog Lister. */
  readonly roleIds: readonly string[];
  /** How the person who reads calls it; without, its id. */
  readonly name?: string;
}

/** The desired state: one downstream caches repositories of one upstream as one identity. JSON-serializable (journal). */
export interface CacheLink {
  readonly downstream: { readonly id: string; readonly loginServer: string };
  readonly upstream: { readonly id: string; readonly loginServer: string };
  readonly mappings: readonly RepositoryMapping[];
  readonly identity: {
    readonly id: string;
    /** Present when the identity may be created. */
    readonly create?: { readonly location: string };
  };
  readonly access: AccessForm;
  /** The user confirmed, knowing what it breaks, that the upstream may be switched to ABAC mode. */
  readonly allowAbacSwitch?: boolean;
  /** Whom the user lets keep access to the upstream: they get their roles before the switch. Never read from a file. */
  readonly keepAccess?: readonly KeptAccess[];
  /** The user agreed to register the preview feature flag if the service demands it. */
  readonly allowFeatureRegistration?: boolean;
}

export type RequirementKind =
  | 'identity'
  | 'abacMode'
  | 'roleAssignment'
  | 'featureFlag'
  | 'cacheRule'
  /** Which identity an existing rule uses. */
  | 'ruleIdentity'
  /** A setting of the downstream registry. */
  | 'registrySetting';

/** One observed fact that supports a verdict, in words, with where it came from. */
export interface Evidence {
  readonly text: string;
  readonly resourceId?: string;
  /** The request that told it: `GET https://host/path`. */
  readonly request?: string;
  readonly correlationId?: string;
}

export type Verdict =
  /** Nothing to do. */
  | 'satisfied'
  /** `satisfy` can make it so. */
  | 'missing'
  /** Something stands in the way that `satisfy` must not touch; `reason` says what and what to do. */
  | 'conflicting'
  /** Could not be found out (403, network, …); `reason` says why. Never treated as satisfied. */
  | 'unknown';

export interface Inspection {
  readonly verdict: Verdict;
  /** One or two sentences. For `conflicting`: what is wrong and what to do next. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** Warnings that do not block, e.g. "the network rules will keep the cache empty". */
  readonly warnings?: readonly string[];
  readonly error?: Error;
  /** The resource that was found, be it satisfying or to be written again. It may bear another name than the one asked for. */
  readonly resourceId?: string;
  /** Azure is still at work on a write: what is said here may change by itself. */
  readonly inProgress?: boolean;
}

/** The words for a person. */
export interface Description {
  /** Short noun phrase, the row's label: "Managed identity MyACRCacheIdentity". */
  readonly title: string;
  /** Imperative, what `satisfy` will do: "Create … in …". */
  readonly todo: string;
  /** Perfect, what is now so. */
  readonly done: string;
  /** What `revoke` would do. */
  readonly undo: string;
}

export interface Revocation {
  /** True if it is gone now (or was already). False: left in place, `reason` says why. */
  readonly gone: boolean;
  readonly reason: string;
}

/** `arm`: ARM template as JSON. */
export type ExportLanguage = 'bash' | 'powershell' | 'bicep' | 'arm' | 'terraform';

/** Shared by the requirements of one walk. `memo` de-duplicates reads: one GET per resource and walk. */
export interface WalkContext {
  readonly azure: Azure;
  readonly link: CacheLink;
  readonly signal: AbortSignal;
  /** Runs `read` once per key for this walk; later callers get the same promise. `forget` drops keys after a write. */
  memo<T>(key: string, read: () => Promise<T>): Promise<T>;
  forget(keyPrefix: string): void;
  /** A sentence for the progress line of the running step ("waiting for the role assignment to take effect, 20 s"). */
  report(message: string): void;
  /** Waits; rejects on cancel. Tests shorten time with `timeScale`. */
  sleep(ms: number): Promise<void>;
}

/** One node of the graph. Small, idempotent, knows nothing of flows. */
export interface Requirement {
  /** Stable within a link: `cacheRule:MyRule`. */
  readonly id: string;
  readonly kind: RequirementKind;
  /** Ids of requirements that must be satisfied before `satisfy` may run. */
  readonly needs: readonly string[];
  describe(): Description;
  inspect(context: WalkContext): Promise<Inspection>;
  /** Makes it so. Called only when inspection said `missing`. Safe to call again after any failure. */
  satisfy(context: WalkContext): Promise<void>;
  /** `satisfy` overwrites nothing that others may have written since the plan: apply does it without looking again. */
  readonly overwritesNothing?: true;
  /** The resource that is written, when it is not the usual one of the kind; rights are checked there. */
  readonly scope?: string;
  /** The action that `satisfy` does there, when it is not the usual one of the kind. */
  readonly action?: string;
  /** Codes of pre-flight findings that do not matter in a plan with this step, since it cures them. */
  readonly cures?: readonly string[];
  /** Takes it away if nothing else depends on it. Safe to call again. */
  revoke(context: WalkContext): Promise<Revocation>;
  /**
   * The same step as code; undefined if there is nothing to write for it. Deterministic. `document` is what it shares with the
   * other steps of the text; for `arm` the step is a part of a template (`ArmPart`) as JSON.
   */
  export(link: CacheLink, language: ExportLanguage, document: ExportDocument): string | undefined;
}

/** A requirement with what was found. `blocked`: conflicting or unknown itself. */
export interface PlannedStep {
  readonly requirement: Requirement;
  readonly inspection: Inspection;
}

export interface Plan {
  readonly link: CacheLink;
  /** The rule of the same link that its only mapping replaces. */
  readonly replaces?: RepositoryMapping;
  /** The rule is there, and only its identity becomes that of the link. */
  readonly changesIdentity?: true;
  /** What tells the rule that is replaced or changed from another one of its name. */
  readonly mark?: RuleMark;
  readonly steps: readonly PlannedStep[];
  /** Pre-flight findings that belong to no single requirement (tenant, rights, network…). */
  readonly findings: readonly Finding[];
  /** True when no step and no finding blocks. */
  readonly canApply: boolean;
}

export interface Finding {
  readonly code: string;
  readonly severity: 'blocking' | 'warning';
  /** What is so, and what to do. */
  readonly message: string;
  readonly resourceId?: string;
}

export type StepState = 'waiting' | 'running' | 'done' | 'alreadyDone' | 'failed' | 'skipped' | 'cancelled';

export interface StepProgress {
  readonly requirementId: string;
  readonly state: StepState;
  readonly message: string;
  readonly error?: Error;
  /** Failed or cancelled, but a write was begun whose end is not known: Azure may still finish it. */
  readonly begun?: boolean;
  /** For `alreadyDone`: the resource that serves, when one was found; it may bear another name than the one asked for. */
  readonly resourceId?: string;
}

export interface ApplyResult {
  readonly outcome: 'complete' | 'failed' | 'cancelled';
  /** Final state per requirement, in graph order. */
  readonly steps: readonly StepProgress[];
  /** Sentences: what is now in place because of this run. */
  readonly done: readonly string[];
  /** Sentences (imperative): what was begun without its end being known. Azure may still finish it. */
  readonly begun: readonly string[];
  /** Sentences: what is still to do, without what was begun. Running the same link again does only this. */
  readonly left: readonly string[];
}
