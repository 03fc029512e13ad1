import { isAzureError } from '../../azure/errors.ts';
import { armIdKey } from '../../domain/armId.ts';
import type { CacheRule, Identity, Registry, RoleAssignment } from '../../domain/types.ts';
import type { WalkContext } from '../types.ts';

/** The reads a walk needs, one request per resource. Keys begin with what `forget` drops after a write. */

/** What a read needs of a walk; reads that do not ask for the link work without one. */
export type ReadContext = Pick<WalkContext, 'azure' | 'signal' | 'memo'>;

export function readRegistry(context: ReadContext, registryId: string): Promise<Registry> {
  return context.memo(`registry:${armIdKey(registryId)}`, () =>
    context.azure.registries.get(registryId, { signal: context.signal }),
  );
}

/** The registry with this login server that ARM shows us, freshly read, or undefined. */
export function readRegistryOf(context: ReadContext, loginServer: string): Promise<Registry | undefined> {
  return context.memo(`loginServer:${loginServer.toLowerCase()}`, async () => {
    const found = await context.azure.registries.findByLoginServer(loginServer, { signal: context.signal });
    // Resource Graph, which finds it, is some seconds behind ARM.
    return found && readRegistry(context, found.id);
  });
}

export function readRules(context: ReadContext, registryId: string): Promise<CacheRule[]> {
  return context.memo(`rules:${armIdKey(registryId)}`, () =>
    context.azure.cacheRules.list(registryId, { signal: context.signal }),
  );
}

/** One rule as it is at this moment, or undefined when there is none of this id. */
export async function readRule(context: ReadContext, id: string): Promise<CacheRule | undefined> {
  try {
    return await context.azure.cacheRules.get(id, { signal: context.signal });
  } catch (error) {
    if (isAzureError(error, 'notFound')) return undefined;
    throw error;
  }
}

/** The link's identity, or undefined when it does not exist (its resource group does). */
export function readIdentity(context: WalkContext): Promise<Identity | undefined> {
  return readIdentityOf(context, context.link.identity.id);
}

/** An identity, or undefined when it does not exist (its resource group does). */
export function readIdentityOf(context: ReadContext, identityId: string): Promise<Identity | undefined> {
  return context.memo(identityKey(identityId), async () => {
    try {
      return await context.azure.identities.get(identityId, { signal: context.signal });
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
  const key = identityKey(context.link.identity.id);
  context.forget(key);
  void context.memo(key, () => Promise.resolve(identity));
}

/** All assignments of the principal at, above and below the upstream registry. */
export function readAssignments(context: WalkContext, principalId: string): Promise<RoleAssignment[]> {
  return readAssignmentsAt(context, context.link.upstream.id, principalId);
}

/** All assignments of the principal at, above and below a registry. */
export function readAssignmentsAt(
  context: ReadContext,
  registryId: string,
  principalId: string,
): Promise<RoleAssignment[]> {
  return context.memo(assignmentsKey(registryId, principalId), () =>
    context.azure.roles.listForPrincipal(registryId, principalId, { signal: context.signal }),
  );
}

/** A principal created in this walk cannot have assignments: saves the request. */
export function rememberNewPrincipal(context: WalkContext, principalId: string): void {
  for (const key of [newPrincipalKey(principalId), assignmentsKey(context.link.upstream.id, principalId)])
    context.forget(key);
  void context.memo(newPrincipalKey(principalId), () => Promise.resolve(true));
  void context.memo(assignmentsKey(context.link.upstream.id, principalId), () => Promise.resolve([]));
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

function identityKey(identityId: string): string {
  return `identity:${armIdKey(identityId)}`;
}

function assignmentsKey(registryId: string, principalId: string): string {
  return `assignments:${armIdKey(registryId)}:${principalId.toLowerCase()}`;
}

function newPrincipalKey(principalId: string): string {
  return `newPrincipal:${principalId.toLowerCase()}`;
}

/** 404 codes that mean more is missing than the resource itself. */
const missingContainers = new Set(['ResourceGroupNotFound', 'SubscriptionNotFound']);
