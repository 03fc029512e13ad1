import type { TokenCredential } from '@azure/core-auth';
import type {
  CacheRule,
  CredentialSet,
  Identity,
  Registry,
  RoleAssignment,
  RoleAssignmentMode,
  Subscription,
} from '../domain/types.ts';
import type { Cloud } from './clouds.ts';

/**
 * What the rest of the extension may ask of Azure. One object per signed-in account set and cloud, made by `createAzure`.
 * Every method: rejects with `AzureError` only; honors `signal`; retries throttling and transient failures itself.
 */
export interface Azure {
  readonly cloud: Cloud;
  readonly subscriptions: readonly Subscription[];
  /** Those that the account sees but the user did not select: only what an id names is read of them. Absent: all are selected. */
  readonly unselected?: readonly UnselectedSubscription[];
  readonly registries: RegistriesClient;
  readonly cacheRules: CacheRulesClient;
  readonly credentialSets: CredentialSetsClient;
  readonly identities: IdentitiesClient;
  readonly roles: RolesClient;
  readonly principals: PrincipalsClient;
  readonly resources: ResourcesClient;
  readonly features: FeaturesClient;
  readonly resourceGroups: ResourceGroupsClient;
  /**
   * The data plane of a registry. A token is sent only to `registry.loginServer`, so `registry` must come from
   * `registries` in this session: objects read from a snapshot or a file are refused (throws AzureError `invalid`).
   */
  registry(registry: Registry): RegistryContent;
}

/** A subscription that is not looked at. */
export type UnselectedSubscription = Pick<Subscription, 'name' | 'tenantId'>;

/** A subscription and who asks for it. */
export interface SubscriptionAccess extends Subscription {
  readonly credential: TokenCredential;
  /** The tenant to sign in to, where it is not the subscription's own: one delegated by Azure Lighthouse. */
  readonly signInTenantId?: string;
}

/** Who asks. `credential.getToken(scopes, {tenantId, claims, abortSignal})` must honor tenantId and claims. */
export interface AzureAccess {
  readonly cloud: Cloud;
  readonly subscriptions: readonly SubscriptionAccess[];
  readonly unselected?: readonly SubscriptionAccess[];
  /** Receives one line per request: method, host, path, status, ms, correlation id. Never headers, bodies or queries. */
  readonly log?: (line: string) => void;
  /** Replaces the retry policy's timing in tests. */
  readonly retry?: {
    readonly maxRetries?: number;
    readonly retryDelayInMs?: number;
    readonly maxRetryDelayInMs?: number;
  };
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface RegistriesClient {
  /**
   * Registries of all given subscriptions: Resource Graph (paged), one query per tenant; falls back to listing each
   * subscription. Yields per page, so a tree can fill while it runs. `failures`: subscriptions that could not be read.
   * Resource Graph can be some seconds behind ARM: before a decision, `get` the registry.
   */
  list(
    subscriptionIds: readonly string[],
    options?: CallOptions & { onPage?: (registries: readonly Registry[]) => void },
  ): Promise<{ registries: Registry[]; failures: { subscriptionId: string; error: Error }[] }>;
  get(registryId: string, options?: CallOptions): Promise<Registry>;
  /** Whether the registry was read here, so that a token may go to it; false for one of a snapshot, or of an earlier session. */
  isRead(registry: Registry): boolean;
  /** The registry with this login server among all visible subscriptions, or undefined. */
  findByLoginServer(loginServer: string, options?: CallOptions): Promise<Registry | undefined>;
  /** PATCH properties.roleAssignmentMode, waits for the operation to end. */
  setRoleAssignmentMode(registryId: string, mode: RoleAssignmentMode, options?: CallOptions): Promise<Registry>;
  /** PATCH of only what is given, waits for the operation to end. */
  changeSettings(registryId: string, change: RegistrySettings, options?: CallOptions): Promise<Registry>;
  /** Raw ARM JSON for "View JSON". */
  getJson(resourceId: string, options?: CallOptions): Promise<unknown>;
}

/** Settings of a registry that repairs change. */
export interface RegistrySettings {
  /** "Allow trusted Microsoft services": `networkRuleBypassOptions: AzureServices`. */
  readonly trustedServices?: boolean;
  readonly softDelete?: boolean;
}

export interface CredentialSetsClient {
  get(credentialSetId: string, options?: CallOptions): Promise<CredentialSet>;
}

export interface CacheRuleInput {
  readonly sourceRepository: string;
  readonly targetRepository: string;
  readonly identityId?: string;
}

/**
 * Own client, since the SDK drops `identity`. api-versions: those known to carry it first; with any other the identity is read back
 * after a write, and the write is repeated where it was dropped (docs/decisions/0002).
 */
export interface CacheRulesClient {
  /** `needs: 'identity'`: nothing will be written soon, so the provider's list of api-versions, a request of its own, is not asked for first. */
  list(registryId: string, options?: CallOptions & { readonly needs?: 'identity' }): Promise<CacheRule[]>;
  get(ruleId: string, options?: CallOptions): Promise<CacheRule>;
  /**
   * PUT + wait. Overwrites an existing rule of the same name: check first.
   * @throws AzureError `CacheRuleIdentityNotOffered`: nothing was written; `CacheRuleIdentityDropped`: a rule without the identity is left
   */
  create(ruleId: string, rule: CacheRuleInput, options?: CallOptions): Promise<CacheRule>;
  /**
   * PATCH + wait: the rule gets another identity, all else of it stays.
   * @throws AzureError as `create`
   */
  update(ruleId: string, change: { identityId: string }, options?: CallOptions): Promise<CacheRule>;
  /** DELETE + wait until it is not found any more. Resolves false if it did not exist. */
  delete(ruleId: string, options?: CallOptions): Promise<boolean>;
  /** The api-versions that the registry's service said it knows; undefined: it has not been asked yet. No request. */
  serviceVersions(registryId: string): readonly string[] | undefined;
  /** Raw ARM JSON of the rule with every field Azure sent. */
  getJson(ruleId: string, options?: CallOptions): Promise<unknown>;
}

export interface IdentitiesClient {
  list(subscriptionId: string, options?: CallOptions): Promise<Identity[]>;
  get(identityId: string, options?: CallOptions): Promise<Identity>;
  create(identityId: string, location: string, options?: CallOptions): Promise<Identity>;
  delete(identityId: string, options?: CallOptions): Promise<boolean>;
  /** Names of the federated credentials: outside workloads that sign in as the identity. @throws `notFound` without the identity */
  federatedCredentials(identityId: string, options?: CallOptions): Promise<string[]>;
}

/** Any Azure resource, as far as it must be named. `type` in lower case. */
export interface AzureResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

export interface ResourcesClient {
  /**
   * The resources that carry a user-assigned identity (virtual machines, clusters, apps …), of all visible subscriptions of the
   * identity's tenant, by Resource Graph. It can be some seconds behind ARM and does not hold cache rules: those are listed per
   * registry.
   */
  usingIdentity(identityId: string, options?: CallOptions): Promise<AzureResource[]>;
}

/** A role assignment that ends by itself. */
export interface TemporaryAssignment {
  /** Of the role assignment, where Azure names it. */
  readonly assignmentId?: string;
  readonly scope: string;
  readonly roleId: string;
  readonly principalId: string;
  /** ISO 8601. */
  readonly endsAt?: string;
}

export interface RoleAssignmentInput {
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: 'ServicePrincipal' | 'User' | 'Group';
  readonly condition?: string;
  readonly description?: string;
}

/** The account that asks, as Entra knows it in the tenant of a subscription. */
export interface SignedInPrincipal {
  readonly principalId: string;
  readonly principalType: 'User' | 'ServicePrincipal';
  /** For a person to read; the id if the account has no name. */
  readonly name: string;
}

export interface PrincipalsClient {
  /**
   * How principals of the scope's tenant are called, by object id in lower case: by Microsoft Graph, asked without any dialog, else the
   * managed identities of the visible subscriptions. Who cannot be named is absent.
   * @throws AzureError `cancelled`, or `invalid` for the scope
   */
  names(scope: string, principalIds: readonly string[], options?: CallOptions): Promise<ReadonlyMap<string, string>>;
}

/** Whether the caller may do an action. `deniedBy`: the name of the deny assignment that takes it away, or of one that may. */
export type Permission =
  | { readonly state: 'allowed' | 'missing' }
  | { readonly state: 'denied'; readonly deniedBy: string }
  | { readonly state: 'unknown'; readonly deniedBy?: string };

export interface RolesClient {
  /** Assignments of one principal at, above and below the scope (`$filter=principalId eq`). */
  listForPrincipal(scope: string, principalId: string, options?: CallOptions): Promise<RoleAssignment[]>;
  /** Every assignment at or above the scope (`$filter=atScope()`). */
  listAtScope(scope: string, options?: CallOptions): Promise<RoleAssignment[]>;
  /**
   * Those of the assignments at or above the scope that end by themselves, by Privileged Identity Management. An account without
   * the right to read it is refused (403), a cloud or tenant without it answers otherwise: then nothing is known of them.
   */
  listTemporary(scope: string, options?: CallOptions): Promise<TemporaryAssignment[]>;
  /**
   * PUT `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}`; `RoleAssignmentExists` is success. Also updates a condition in place.
   * `isOldPrincipal`: it was not made a moment ago, so `PrincipalNotFound` means that it is gone and is thrown at once.
   */
  put(
    scope: string,
    name: string,
    input: RoleAssignmentInput,
    options?: CallOptions & { readonly isOldPrincipal?: boolean },
  ): Promise<RoleAssignment>;
  delete(assignmentId: string, options?: CallOptions): Promise<boolean>;
  /** Who asks at `scope`; undefined where that cannot be told, or cannot be given roles there. */
  signedIn(scope: string, options?: CallOptions): Promise<SignedInPrincipal | undefined>;
  /**
   * What the caller may do at `scope`, action by action: what roles give (`{scope}/providers/Microsoft.Authorization/permissions`)
   * less what deny assignments take. Where the latter cannot be read, what roles give is `unknown`.
   */
  permissions(scope: string, options?: CallOptions): Promise<(action: string) => Permission>;
}

export type FeatureState =
  'NotRegistered' | 'Pending' | 'Registering' | 'Registered' | 'Unregistering' | 'Unregistered' | 'NotFound';

export interface FeaturesClient {
  get(subscriptionId: string, namespace: string, feature: string, options?: CallOptions): Promise<FeatureState>;
  /** POST …/register, then polls until Registered (bounded), then re-registers the provider. */
  register(subscriptionId: string, namespace: string, feature: string, options?: CallOptions): Promise<FeatureState>;
}

export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
}

export interface ResourceGroupsClient {
  list(subscriptionId: string, options?: CallOptions): Promise<ResourceGroup[]>;
  locations(subscriptionId: string, options?: CallOptions): Promise<{ name: string; displayName: string }[]>;
}

/** A manifest as answered by HEAD or GET. */
export interface ManifestInfo {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size?: number;
  /** True while the registry serves it from its upstream (`X-Azure-Origin: upstream`), i.e. not cached yet. */
  readonly fromUpstream: boolean;
  readonly correlationId?: string;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** GET of a manifest: the JSON and, for an index, its platform manifests. */
export interface Manifest extends ManifestInfo {
  readonly body: unknown;
  /** For an index / manifest list. Attestation manifests (platform unknown/unknown) are left out. */
  readonly platforms?: readonly { readonly digest: string; readonly platform: Platform }[];
}

export interface TagInfo {
  readonly name: string;
  readonly digest: string;
  /** ISO 8601. */
  readonly lastUpdated?: string;
}

/** A manifest held by the registry, from its metadata. */
export interface StoredManifest {
  readonly digest: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly createdTime?: string;
  readonly mediaType?: string;
  readonly platform?: Platform;
  /** Of the manifest, its configuration and layers, as the registry counts; of an index with all its platforms. */
  readonly bytes?: number;
}

export interface PulledImage {
  readonly digest: string;
  readonly platform?: Platform;
  readonly platformDigest?: string;
  readonly layers: number;
  readonly bytes: number;
  readonly fromUpstream: boolean;
}

export interface ListOptions extends CallOptions {
  /** Most entries to read; default 10,000. */
  readonly limit?: number;
  /** Called when the list has more entries than were read: what is not among them may still exist. */
  readonly onCut?: () => void;
}

/** Data plane of one registry, as the signed-in user. */
export interface RegistryContent {
  readonly loginServer: string;
  /**
   * Repositories in catalog order, all pages up to `limit` (default 10,000). 403 when Catalog Lister is missing in ABAC mode.
   * `onOddName` is told of what is listed but is not a repository's name: nothing could be asked about it.
   */
  repositories(options?: ListOptions & { onOddName?: (name: string) => void }): Promise<string[]>;
  /** Whether a repository exists (metadata), without listing all. */
  repositoryExists(repository: string, options?: CallOptions): Promise<boolean>;
  /** Tags, newest first. */
  tags(repository: string, options?: ListOptions): Promise<TagInfo[]>;
  /** Digests stored in this registry itself (`/acr/v1/{repo}/_manifests`): what is really cached. [] when the repository is absent. */
  storedManifests(repository: string, options?: ListOptions): Promise<StoredManifest[]>;
  /** The platform manifests that a stored index names, from the registry's metadata: unlike `getManifest` it never starts a copy. */
  manifestReferences(repository: string, digest: string, options?: CallOptions): Promise<string[]>;
  /**
   * Bytes stored here: each manifest counts once, a layer that several images share once for each; undefined when a size is not
   * known or there are too many. 0 when the repository is absent.
   */
  repositorySize(repository: string, options?: CallOptions): Promise<number | undefined>;
  /** Takes the tag away, the manifest stays. False if it did not exist. */
  deleteTag(repository: string, tag: string, options?: CallOptions): Promise<boolean>;
  /** Deletes the manifest and every tag on it. False if it did not exist. */
  deleteManifest(repository: string, digest: string, options?: CallOptions): Promise<boolean>;
  /** Deletes everything in the repository. False if it did not exist. */
  deleteRepository(repository: string, options?: CallOptions): Promise<boolean>;
  headManifest(repository: string, reference: string, options?: CallOptions): Promise<ManifestInfo>;
  getManifest(repository: string, reference: string, options?: CallOptions): Promise<Manifest>;
  /** Pulls through the API: manifest, config, layers streamed and digest-checked, nothing kept. */
  pull(
    repository: string,
    reference: string,
    options?: CallOptions & { platform?: Platform; onProgress?: (doneBytes: number, totalBytes: number) => void },
  ): Promise<PulledImage>;
  /** What `docker login` needs: username is ACR's fixed GUID, password a refresh token (about 3 hours). Never log it. */
  loginCredentials(options?: CallOptions): Promise<{ username: string; password: string }>;
}
