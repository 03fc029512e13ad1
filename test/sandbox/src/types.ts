/**
 * The embedded Azure's state: plain data shared by its ARM half (arm/) and its registry half (registry/).
 * It imports nothing from src/: what it answers follows Azure's specifications, never the extension's own code.
 */

import type { SandboxOptions } from './options.ts';

/** The line printed when ready. */
export interface SandboxInfo {
  readonly arm: string;
  readonly login: string;
  readonly portal: string;
  /** What all login servers end with, without the dot. */
  readonly registrySuffix: string;
  /** `http://127.0.0.1:P`, without credentials; where services have names, they are reached through it alone. */
  readonly proxy?: string;
  readonly ca: string;
  /** Of a proxy that opens TLS: what its clients have to trust instead of `ca`. */
  readonly proxyCa?: string;
  readonly token: string;
  /** Always on loopback: a test's own calls need no proxy. */
  readonly control: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly registries: readonly { readonly name: string; readonly loginServer: string }[];
}

/** A user or the service principal of an identity. */
export interface Principal {
  readonly objectId: string;
  readonly tenantId: string;
  readonly type: 'User' | 'ServicePrincipal' | 'Group';
  readonly name: string;
  /** Sandbox-clock time of creation; directory replication counts from here. */
  readonly createdAt: number;
}

export interface SubscriptionState {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
}

export interface ResourceGroupState {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  tags?: Record<string, string>;
}

/** Any ARM resource: identity of the resource plus the bodies as ARM stores them. */
export interface ResourceState {
  /** As first written (casing kept); the maps are keyed by `id.toLowerCase()`. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  location?: string;
  tags?: Record<string, string>;
  sku?: { name: string; tier: string };
  identity?: {
    type: string;
    userAssignedIdentities?: Record<string, { clientId: string; principalId: string }>;
    principalId?: string;
    tenantId?: string;
  };
  /** `properties` as the newest api-version knows them; older ones show a subset. */
  properties: Record<string, unknown>;
  createdAt: number;
  /** Of the last write, where it differs from `createdAt`. */
  updatedAt?: number;
  /** Who wrote it first and last, as `systemData` names them. */
  createdBy?: string;
  updatedBy?: string;
}

export interface RoleAssignmentState {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  roleDefinitionId: string;
  principalId: string;
  principalType: string;
  condition?: string;
  conditionVersion?: string;
  description?: string;
  createdAt: number;
  updatedAt: number;
  createdBy?: string;
  updatedBy?: string;
  temporary?: TemporaryState;
}

/** What Azure itself denies, of a managed application or a deployment stack. */
export interface DenyAssignmentState {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly doNotApplyToChildScopes: boolean;
  /** Object ids; that of zeros stands for everybody. */
  readonly principals: readonly string[];
  readonly excludePrincipals: readonly string[];
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly dataActions?: readonly string[];
  readonly notDataActions?: readonly string[];
}

/** An assignment that Privileged Identity Management ends by itself; `Activated` from an eligible one. */
export interface TemporaryState {
  readonly assignmentType: 'Activated' | 'Assigned';
  /** ISO 8601. */
  readonly endDateTime: string;
}

/** The data plane of one registry. */
export interface RegistryContentState {
  readonly registryId: string;
  readonly loginServer: string;
  readonly repositories: Map<string, RepositoryState>;
  /** digest → file or bytes; shared by all repositories of the registry. */
  readonly blobs: Map<string, Uint8Array>;
  /** Registry tokens issued before this sandbox-clock time are refused (ABAC switch). */
  credentialsValidFrom: number;
}

export interface RepositoryState {
  readonly name: string;
  readonly createdAt: number;
  updatedAt: number;
  readonly tags: Map<string, { digest: string; createdAt: number; updatedAt: number }>;
  readonly manifests: Map<string, { mediaType: string; bytes: Uint8Array; createdAt: number; updatedAt: number }>;
  /** Blobs this repository may serve (cross-repository blobs are not visible). */
  readonly blobDigests: Set<string>;
}

export interface SandboxState {
  readonly tenantId: string;
  readonly principals: Map<string, Principal>;
  readonly subscriptions: Map<string, SubscriptionState>;
  readonly resourceGroups: Map<string, ResourceGroupState>;
  /** registries, cacheRules, credentialSets, userAssignedIdentities, vaults, secrets by lower-case id. */
  readonly resources: Map<string, ResourceState>;
  readonly roleAssignments: Map<string, RoleAssignmentState>;
  readonly denyAssignments: Map<string, DenyAssignmentState>;
  /** `${subscriptionId}/${namespace}/${feature}` lower-case → state. */
  readonly features: Map<string, string>;
  /** By lower-case registry id. */
  readonly content: Map<string, RegistryContentState>;
}

/** Seed data in words; the scenario loader makes ids, ports and images of it. */
export interface Scenario {
  readonly tenantId?: string;
  readonly subscriptions: readonly {
    readonly id: string;
    readonly name: string;
    /** Another tenant than the signed-in user's home. */
    readonly tenantId?: string;
    readonly resourceGroups: readonly {
      readonly name: string;
      readonly location: string;
      readonly registries?: readonly ScenarioRegistry[];
      readonly identities?: readonly string[];
    }[];
  }[];
  /** Role of the signed-in user at each subscription; default Owner. */
  readonly userRole?: string;
}

export interface ScenarioRegistry {
  readonly name: string;
  readonly sku: 'Basic' | 'Standard' | 'Premium';
  readonly roleAssignmentMode?: 'AbacRepositoryPermissions' | 'LegacyRegistryPermissions';
  readonly properties?: Record<string, unknown>;
  /** repository → tags. Every image is made deterministically from its name; `platforms` > 1 makes an index. */
  readonly repositories?: Readonly<
    Record<string, { readonly tags: readonly string[]; readonly platforms?: readonly string[] }>
  >;
  /** Other people's assignments on this registry: role name → principal names. */
  readonly assignments?: readonly {
    readonly role: string;
    readonly principal: string;
    readonly type?: 'User' | 'ServicePrincipal' | 'Group';
    /** By Privileged Identity Management, until this time (ISO 8601). */
    readonly temporary?: TemporaryState;
  }[];
  /** Registries only on ARM, without a port of their own (for the 1,000-registry tests). */
  readonly withoutContent?: boolean;
}

export interface FaultRule {
  /** Matched against `${method} ${path}${query}` with a regular expression; host included for registries. */
  readonly match: string;
  /** Only the nth matching call (1-based), or every one when absent. */
  readonly nth?: number;
  /** How many calls in all; default unlimited (1 when nth is given). */
  readonly times?: number;
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly retryAfter?: number;
  /** With status 401: the JSON of a claims challenge, sent base64 in WWW-Authenticate (`error="insufficient_claims"`). */
  readonly claims?: string;
  readonly delayMs?: number;
  /** The call is handled once the rules are set anew: Azure takes as long as the test does. */
  readonly hold?: true;
  /** Reset the connection: before the request is handled, or after (the write took place, the answer is lost). */
  readonly reset?: 'before' | 'after';
  /** The long-running operation started by this call ends Failed with this code. */
  readonly failOperation?: { readonly code: string; readonly message: string };
}

export interface LogEntry {
  readonly method: string;
  /** Host and path with query; secrets in the query are masked. */
  readonly url: string;
  readonly status: number;
  /** Real-clock milliseconds since start. */
  readonly start: number;
  readonly end: number;
  readonly principal?: string;
}

/** A running sandbox, in process. `npm run sandbox` is a thin shell around it. */
export interface Sandbox {
  readonly info: SandboxInfo;
  /** PEM of the CA. Tests: `trustSandbox(sandbox)` adds it to this process's default CAs. */
  readonly ca: string;
  readonly state: SandboxState;
  readonly log: LogEntry[];
  setFaults(faults: readonly FaultRule[]): void;
  setLatency(ms: number): void;
  setOptions(options: Partial<SandboxOptions>): void;
  /** Sandbox clock, ms since epoch. `advance` moves it (and everything that waits on it). */
  now(): number;
  /** Resolves when what was due by then is done. */
  advance(ms: number): Promise<void>;
  /** An Entra-like token of a principal for an audience (resource URL), as the sign-in extension would get it. */
  token(principalName: string, audience: string, lifetimeSeconds?: number): string;
  /** Stable JSON of everything a user could have changed, for before/after comparison. */
  snapshot(): string;
  close(): Promise<void>;
}
