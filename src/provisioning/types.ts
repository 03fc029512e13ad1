import type { Azure } from '../azure/azure.ts';
import type { AzureError } from '../azure/errors.ts';
import type { RepositoryPattern } from '../domain/types.ts';
import type { Key } from './engine/memo.ts';

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
  /** The signed-in account. */
  readonly isSelf?: true;
}

/** Where the images come from. One kind today; whatever reads the id of a registry is a compile error when another kind is added. */
export interface LinkSource {
  readonly kind: 'registry';
  readonly id: string;
  readonly loginServer: string;
}

/** As what the rules sign in at the source. One kind today, as with `LinkSource`. */
export interface LinkAuthentication {
  readonly kind: 'identity';
  readonly identityId: string;
  /** Present when the identity may be created. */
  readonly create?: { readonly location: string };
}

/** The desired state: one downstream caches repositories of one source. JSON-serializable (journal). */
export interface CacheLink {
  readonly downstream: { readonly id: string; readonly loginServer: string };
  readonly source: LinkSource;
  readonly mappings: readonly RepositoryMapping[];
  readonly authentication: LinkAuthentication;
  readonly access: AccessForm;
  /** The user confirmed, knowing what it breaks, that the upstream may be switched to ABAC mode. */
  readonly allowAbacSwitch?: boolean;
  /** Whom the user lets keep access to the upstream: they get their roles before the switch. Never read from a file. */
  readonly keepAccess?: readonly KeptAccess[];
  /** The user agreed to register the preview feature flag if the service demands it. */
  readonly allowFeatureRegistration?: boolean;
}

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
  readonly code?: string;
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
  /** Bytes, of what would be deleted. */
  readonly size?: number;
  /** Present: `satisfy` is for this very thing, so the engine looks once more right before it, and does nothing to another one. */
  readonly fingerprint?: Fingerprint;
}

/** What tells a thing from another one in its place, part by part. A part that is absent is not known. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface Description {
  /** Imperative and whole, at most about 60 characters: "Create identity MyACRCacheIdentity". */
  readonly title: string;
  /** Where, and what is special about it, at most about 80 characters, said nowhere else: "MyResourceGroup · eastus". */
  readonly todo: string;
  /** A sentence: what is now so. */
  readonly done: string;
  /** What is taken away, or kept, a noun phrase: "Identity MyACRCacheIdentity". Absent where nothing is taken away. */
  readonly subject?: string;
}

/** `arm`: ARM template as JSON. */
export type ExportLanguage = 'bash' | 'powershell' | 'bicep' | 'arm' | 'terraform';

/** Shared by the requirements of one walk. */
export interface WalkContext {
  readonly azure: Azure;
  readonly signal: AbortSignal;
  /** Runs `read` once per key for this walk; later callers get the same promise. */
  memo<T>(key: Key, read: () => Promise<T>): Promise<T>;
  /** What a write has answered: later steps need not read it. */
  remember(key: Key, value: unknown): void;
  /** A sentence for the progress line of the running step ("waiting for the role assignment to take effect, 20 s"). */
  report(message: string): void;
  /** Waits; rejects on cancel. Tests shorten time with `timeScale`. */
  sleep(ms: number): Promise<void>;
  /** `inspect` judges as if what the requirement needs were so already: in a plan, where that is still to be done. */
  readonly assumesNeeds: boolean;
}

/** What the signed-in account must be allowed to do for `satisfy`. */
export interface Right {
  readonly scope: string;
  readonly action: string;
  /** Which built-in role gives it: a sentence. */
  readonly advice: string;
  /** That Azure asks for it is not documented: to lack it is only a warning. */
  readonly isUncertain?: true;
}

/** That something is so, or is not so any more. Small, idempotent, knows nothing of flows. */
export interface Requirement {
  /** Stable within a plan: `cacheRule:MyRule`. */
  readonly id: string;
  /** What it is about, for those who count: `cacheRule`. */
  readonly kind: string;
  /** Ids of requirements that must be satisfied before `satisfy` may run. */
  readonly needs: readonly string[];
  describe(): Description;
  inspect(context: WalkContext): Promise<Inspection>;
  /** Makes it so. Called only when inspection said `missing`. Safe to call again after any failure. */
  satisfy(context: WalkContext): Promise<void>;
  readonly rights: readonly Right[];
  /** What `inspect` relies on: read again when it is old, or a write has failed. */
  readonly reads: readonly Key[];
  /** What `satisfy` changes: read again after it. */
  readonly writes: readonly Key[];
  /** `satisfy` overwrites nothing that others may have written since the plan: apply does it without looking again. */
  readonly skipsRecheck?: true;
  /** What stands in its way, or cannot be found out, only keeps things as they are: the plan goes on without it. */
  readonly isOptional?: true;
  /** Codes of findings that do not matter in a plan with this step. */
  readonly resolvesFindings?: readonly string[];
  /** What helps after this failure of it, where that is more than what helps everywhere. */
  adviceFor?(error: AzureError): string | undefined;
}

/** A requirement with what was found. */
export interface PlannedStep {
  readonly requirement: Requirement;
  readonly inspection: Inspection;
  /** Optional, and not wanted by the user: kept as it is. */
  readonly isLeftOut?: boolean;
  /** Why it is left out, or is not, where that is not as usual. */
  readonly because?: 'chosenBefore' | 'keptBefore' | 'madeAgain' | 'lastTrace';
}

/** What is begun, as far as another window needs it to do the rest. JSON-serializable (journal). */
export type Purpose =
  | { readonly kind: 'setUp'; readonly link: CacheLink }
  /** The link has the new mapping, `replaces` is the old one; `rule`: what tells its rule from another one of its name. */
  | {
      readonly kind: 'replace';
      readonly link: CacheLink;
      readonly replaces: RepositoryMapping;
      readonly rule?: Fingerprint;
    }
  /** The link has the new identity. */
  | { readonly kind: 'changeIdentity'; readonly link: CacheLink; readonly rule?: Fingerprint }
  | CleanUpPurpose;

/** Taking away what belongs to a rule, also when the rule itself is gone. */
export interface CleanUpPurpose {
  readonly kind: 'cleanUp';
  readonly ruleId: string;
  /** The rule's target repositories, as written. */
  readonly target: string;
  /** What tells the rule from another one of its name. Absent: it is gone. */
  readonly rule?: Fingerprint;
  /** Absent where the rule has no identity or its upstream is not visible. */
  readonly link?: CacheLink;
  /** Of the identity that the rule was made with. */
  readonly principalId?: string;
  /** Ids of the steps that the user chose, and of those that were offered and not chosen. */
  readonly chosen: readonly string[];
  readonly kept: readonly string[];
}

export interface Plan {
  /** Absent: nothing of it is remembered for another window. */
  readonly purpose?: Purpose;
  readonly steps: readonly PlannedStep[];
  /** Findings that belong to no single requirement (tenant, rights, network…). */
  readonly findings: readonly Finding[];
  readonly canApply: boolean;
  /** Whether nothing is left for another window when all steps have ended well. Absent: so it is. */
  isFinished?(steps: readonly StepProgress[]): boolean;
}

export type CheckVerdict =
  | 'ok'
  /** Pulls fail or nothing is cached because of it. */
  | 'problem'
  /** Works, but is not as it should be (over-grant, stale tag, undocumented form). */
  | 'warning'
  /** Could not be checked; `reason` says why. Never shown as fine. */
  | 'unknown'
  /** Does not concern this rule, e.g. identity checks of a rule with a credential set. */
  | 'notApplicable';

/** What a check found, of a rule or before a write. */
export interface Finding {
  /** Stable: `softDelete`, `targetExists`, … */
  readonly code: string;
  readonly verdict: CheckVerdict;
  /** What it means for a plan. Absent: nothing. */
  readonly severity?: 'blocking' | 'warning';
  /** What is so, one or two sentences. */
  readonly reason: string;
  /** What to do, for everything but `ok` and `notApplicable`. */
  readonly next?: string;
  readonly evidence?: readonly Evidence[];
  readonly repair?: Repair;
  /** The registry answered for an image of the rule. */
  readonly served?: true;
}

/** How a registry in RBAC mode is to be read. `keepAccess`: who gets new roles before it is switched to ABAC. */
export type PermissionDecision =
  { readonly mode: 'keep' } | { readonly mode: 'switch'; readonly keepAccess: readonly KeptAccess[] };

/** A change that would cure a finding. It goes through plan → review → apply like a setup. */
export interface Repair {
  readonly id: string;
  /** Ids of the things that it changes, when other rules may depend on them too: it is then offered once for all. */
  readonly about?: readonly string[];
  readonly link: CacheLink;
  /** Imperative: "Assign Repository Reader with a condition for myapp". */
  readonly title: (link: CacheLink) => string;
  /** Steps that are done once, for a link that maps what all the rules map; in dependency order. */
  readonly once: (link: CacheLink) => readonly Requirement[];
  /** Steps for each rule, after those. */
  readonly each?: (link: CacheLink) => readonly Requirement[];
  /**
   * Present when it affects others: what is asked first. `permissionMode`: how the upstream is read, by which its link is completed
   * (`asDecided`); `abacSwitch`: the same, where AcrPull is no answer.
   */
  readonly confirmation?: 'permissionMode' | 'abacSwitch' | { readonly sentence: string };
}

export type StepState =
  | 'waiting'
  | 'running'
  | 'done'
  | 'alreadyDone'
  | 'failed'
  | 'skipped'
  | 'cancelled'
  /** Optional, and left as it is: it was left out, or something stands in its way. */
  | 'kept';

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
  readonly steps: readonly StepProgress[];
  /** Sentences: what is now in place because of this run. */
  readonly done: readonly string[];
  /** Sentences (imperative): what was begun without its end being known. Azure may still finish it. */
  readonly begun: readonly string[];
  /** Sentences: what is still to do, without what was begun. Running the same link again does only this. */
  readonly left: readonly string[];
  /** Sentences: what stays as it is, and why. */
  readonly kept: readonly string[];
}
