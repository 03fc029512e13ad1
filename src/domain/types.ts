/**
 * The values every layer speaks in. Pure data: no class, no I/O.
 * Facts about the service: docs/azure-facts.md names the sources.
 */

/** A distribution image reference, split. `host` is absent for short names such as `ubuntu`. */
export interface ImageReference {
  /** Lower-case host with optional port, IPv6 in brackets: `localhost:5000`, `[::1]:5000`. */
  readonly host?: string;
  /** `team/app`: lower case, no tag, no digest. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:<64 hex>` (or sha512). */
  readonly digest?: string;
}

/**
 * What a cache rule's source or target names: one repository, everything below a prefix, or everything.
 * `prefix` has no trailing slash: `{ kind: 'prefix', prefix: 'team' }` is written `team/*` and does not include `team`.
 */
export type RepositoryPattern =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'all' };

/** A rule's `sourceRepository`, split: `upstreamregistry.example/team/*`. */
export interface SourceRepository {
  readonly loginServer: string;
  readonly pattern: RepositoryPattern;
}

/** Permission mode of a registry. Absent on old api-versions: treat as legacy. */
export type RoleAssignmentMode = 'AbacRepositoryPermissions' | 'LegacyRegistryPermissions';

/** A registry as the extension needs it: what ARM says, normalized. */
export interface Registry {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tenantId: string;
  /** From ARM's `loginServer`; never built from the name. May hold a port in custom clouds. */
  readonly loginServer: string;
  readonly sku: string;
  readonly provisioningState?: string;
  readonly roleAssignmentMode: RoleAssignmentMode;
  readonly publicNetworkAccess?: 'Enabled' | 'Disabled' | 'SecuredByPerimeter';
  readonly networkDefaultAction?: 'Allow' | 'Deny';
  readonly networkRuleBypassOptions?: 'AzureServices' | 'None';
  /** How many subnets are let in by service endpoints. Absent: the api-version does not tell. */
  readonly virtualNetworkRules?: number;
  readonly softDelete?: boolean;
  /** False when `azureADAuthenticationAsArmPolicy` is disabled: only registry-audience tokens are accepted. */
  readonly acceptsArmTokens: boolean;
}

/** A cache rule as stored in ARM. `sourceRepository` and `targetRepository` stay as written. */
export interface CacheRule {
  readonly id: string;
  readonly name: string;
  readonly registryId: string;
  readonly sourceRepository: string;
  readonly targetRepository: string;
  readonly credentialSetId?: string;
  /** The user-assigned identity, if any. principalId/clientId are ARM's copy at the time of writing. */
  readonly identity?: { readonly id: string; readonly principalId?: string; readonly clientId?: string };
  /**
   * Which identity it uses is not known. Without `identity`: the api-version that it was read with is not known to tell one. With it:
   * the rule has several, and this is the first.
   */
  readonly identityUnknown?: true;
  readonly provisioningState?: string;
  readonly creationDate?: string;
}

/** Where the credentials of an upstream are kept, with what the service found when it last used them. */
export interface CredentialSet {
  readonly id: string;
  readonly loginServer: string;
  /** One entry per credential; `status` is `Healthy`, `Unhealthy` or what the service says. */
  readonly health: readonly { readonly status: string; readonly errorCode?: string; readonly errorMessage?: string }[];
}

/** A user-assigned managed identity. */
export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly principalId: string;
  readonly clientId: string;
  readonly tenantId: string;
}

/** A role assignment as read from ARM. Ids keep Azure's casing; compare with `sameArmId`. */
export interface RoleAssignment {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  /** GUID of the role definition. */
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType?: string;
  readonly condition?: string;
  readonly description?: string;
}

/** A subscription the user can see. */
export interface Subscription {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  /** Which signed-in account sees it (VS Code account id). */
  readonly accountId: string;
}
