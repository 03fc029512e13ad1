import { randomBytes } from 'node:crypto';
import type { Agent } from 'node:https';
import type { Core, SandboxRequest } from '../core.ts';
import type { RegistryContentState, ResourceState } from '../types.ts';
import type { BlobStorage } from './blobStorage.ts';

/** One running registry. */
export interface RegistryContext {
  readonly core: Core;
  /** The ARM resource; its properties change under the server's feet, so read them at the time of use. */
  readonly registry: ResourceState;
  readonly content: RegistryContentState;
  /** Proves that a call comes from another registry of this sandbox, made for a cache rule. Never leaves the process but to loopback. */
  readonly serviceKey: string;
  readonly storage: BlobStorage;
  /** Keeps connections to upstream registries: hundreds of pulls at once would else spend their time in handshakes. */
  readonly upstreamAgent: Agent;
  readonly uploads: Map<string, Upload>;
  /** Blobs pushed to a repository that has no manifest naming them yet: they do not make the repository exist. */
  readonly looseBlobs: Map<string, Set<string>>;
  /** Copies from an upstream that are under way: `repository@digest`. */
  readonly copies: Set<string>;
  /** Repository → tag → the digest a client was told: docker resolves by HEAD, pulls by digest, and the copy gets the tag all the same. */
  readonly resolvedTags: Map<string, Map<string, string>>;
  /** When a cached tag was last compared with its upstream: `repository:tag` → sandbox-clock ms. */
  readonly comparedAt: Map<string, number>;
}

/** What of a registry decides who may do what in it. */
export type RegistryPlace = Pick<RegistryContext, 'core' | 'registry'>;

export interface Upload {
  readonly repository: string;
  /** Goes with the address of the upload, which is to be used as it is. */
  readonly state: string;
  readonly chunks: Buffer[];
  size: number;
}

/** Entra's audience for registries, the same in all clouds. */
export const registryAudience = 'https://containerregistry.azure.net';

export const serviceHeader = 'x-ms-sandbox-service';
/** How many registries a pull went through already: cache rules may point at each other in a circle. */
export const hopsHeader = 'x-ms-sandbox-hops';

export function newServiceKey(): string {
  return randomBytes(16).toString('hex');
}

/** Whether the request was made by a sandbox registry on behalf of a cache rule. */
export function isServiceCall(context: RegistryContext, request: SandboxRequest): boolean {
  return request.headers[serviceHeader] === context.serviceKey;
}

export function isAbac(context: RegistryPlace): boolean {
  return context.registry.properties.roleAssignmentMode === 'AbacRepositoryPermissions';
}

/** The Entra tenant of the registry's subscription. */
export function tenantOf(context: RegistryContext): string {
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(context.registry.id)?.[1]?.toLowerCase();
  for (const state of context.core.state.subscriptions.values()) {
    if (state.id.toLowerCase() === subscription) return state.tenantId;
  }
  return context.core.state.tenantId;
}

/** `registry.properties.a.b.c`, undefined where a step is missing. */
export function property(context: RegistryPlace, ...path: readonly string[]): unknown {
  let value: unknown = context.registry.properties;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** A principal's name for the log. */
export function principalName(context: RegistryContext, principalId: string): string {
  for (const principal of context.core.state.principals.values()) {
    if (principal.objectId === principalId) return principal.name;
  }
  return principalId === '' ? 'anonymous' : principalId;
}
