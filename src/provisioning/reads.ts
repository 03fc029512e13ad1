import { isAzureError } from '../azure/errors.ts';
import { armIdKey } from '../domain/armId.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../domain/types.ts';
import type { WalkContext } from './types.ts';

/** The reads a walk needs, one request per resource. Keys begin with what `forget` drops after a write. */

export function readRegistry(context: WalkContext, registryId: string): Promise<Registry> {
  return context.memo(`registry:${armIdKey(registryId)}`, () =>
    context.azure.registries.get(registryId, { signal: context.signal }),
  );
}

export function readRules(context: WalkContext, registryId: string): Promise<CacheRule[]> {
  return context.memo(`rules:${armIdKey(registryId)}`, () =>
    context.azure.cacheRules.list(registryId, { signal: context.signal }),
  );
}

/** The link's identity, or undefined when it does not exist (its resource group does). */
export function readIdentity(context: WalkContext): Promise<Identity | undefined> {
  return context.memo(identityKey(context), async () => {
    try {
      return await context.azure.identities.get(context.link.identity.id, { signal: context.signal });
    } catch (error) {
      if (isAzureError(error, 'notFound') && !missingContainers.has(error.code)) return undefined;
      throw error;
    }
  });
}

/** What the signed-in user may do at a scope. */
export function readPermissions(context: WalkContext, scope: string): Promise<(action: string) => boolean> {
  return context.memo(`permissions:${armIdKey(scope)}`, () =>
    context.azure.roles.permissions(scope, { signal: context.signal }),
  );
}

/** Makes a just written identity known to the later steps of this walk, so that none reads it again. */
export function rememberIdentity(context: WalkContext, identity: Identity): void {
  context.forget(identityKey(context));
  void context.memo(identityKey(context), () => Promise.resolve(identity));
}

/** All assignments of the principal at, above and below the upstream registry. */
export function readAssignments(context: WalkContext, principalId: string): Promise<RoleAssignment[]> {
  return context.memo(assignmentsKey(context, principalId), () =>
    context.azure.roles.listForPrincipal(context.link.upstream.id, principalId, { signal: context.signal }),
  );
}

/** A principal created in this walk cannot have assignments: saves the request. */
export function rememberNewPrincipal(context: WalkContext, principalId: string): void {
  for (const key of [newPrincipalKey(principalId), assignmentsKey(context, principalId)]) context.forget(key);
  void context.memo(newPrincipalKey(principalId), () => Promise.resolve(true));
  void context.memo(assignmentsKey(context, principalId), () => Promise.resolve([]));
}

/** Whether the principal was created in this walk, so that nobody else assigns it roles yet. */
export function isNewPrincipal(context: WalkContext, principalId: string): Promise<boolean> {
  return context.memo(newPrincipalKey(principalId), () => Promise.resolve(false));
}

export function rememberRegistry(context: WalkContext, registry: Registry): void {
  const key = `registry:${armIdKey(registry.id)}`;
  context.forget(key);
  void context.memo(key, () => Promise.resolve(registry));
}

function identityKey(context: WalkContext): string {
  return `identity:${armIdKey(context.link.identity.id)}`;
}

function assignmentsKey(context: WalkContext, principalId: string): string {
  return `assignments:${armIdKey(context.link.upstream.id)}:${principalId.toLowerCase()}`;
}

function newPrincipalKey(principalId: string): string {
  return `newPrincipal:${principalId.toLowerCase()}`;
}

/** 404 codes that mean more is missing than the resource itself. */
const missingContainers = new Set(['ResourceGroupNotFound', 'SubscriptionNotFound']);
