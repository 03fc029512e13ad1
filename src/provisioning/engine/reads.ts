import type { Permission } from '../../azure/azure.ts';
import { isAzureError } from '../../azure/errors.ts';
import { undefinedIf } from '../../azure/failures.ts';
import { armIdKey } from '../../domain/armId.ts';
import { patternCovers } from '../../domain/repositoryPattern.ts';
import type { CacheRule, Identity, Registry, RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import type { Key } from './memo.ts';
import type { CacheLink, WalkContext } from '../types.ts';

/** The reads of a walk, one request per resource, and their keys. */

/** What a read needs of a walk. */
export type ReadContext = Pick<WalkContext, 'azure' | 'signal' | 'memo'>;

export function registryKey(registryId: string): Key {
  return { kind: 'registry', id: armIdKey(registryId) };
}

export function readRegistry(context: ReadContext, registryId: string): Promise<Registry> {
  return context.memo(registryKey(registryId), () =>
    context.azure.registries.get(registryId, { signal: context.signal }),
  );
}

/** The registry with this login server that ARM shows us, freshly read, or undefined. */
export function readRegistryOf(context: ReadContext, loginServer: string): Promise<Registry | undefined> {
  return context.memo({ kind: 'loginServer', id: loginServer }, async () => {
    const found = await context.azure.registries.findByLoginServer(loginServer, { signal: context.signal });
    // Resource Graph, which finds it, is some seconds behind ARM.
    return found && readRegistry(context, found.id);
  });
}

export function rulesKey(registryId: string): Key {
  return { kind: 'rules', id: armIdKey(registryId) };
}

/** The rules of every registry. */
export const allRules: Key = { kind: 'rules' };

export function readRules(context: ReadContext, registryId: string): Promise<CacheRule[]> {
  return context.memo(rulesKey(registryId), () =>
    context.azure.cacheRules.list(registryId, { signal: context.signal }),
  );
}

/** Of the names of all repositories of a registry. */
export function repositoriesKey(registryId: string): Key {
  return { kind: 'repositories', id: armIdKey(registryId) };
}

/** Whether one is there. */
export function repositoryKey(registryId: string, repository: string): Key {
  return { ...repositoriesKey(registryId), part: repository };
}

/** What a registry lists within a pattern. */
export interface RepositoriesWithin {
  readonly names: readonly string[];
  /** Names there that are none of repositories: nothing can be asked about them. */
  readonly odd: readonly string[];
  /** The registry has more repositories than were listed: some of them may belong here. */
  readonly isCut: boolean;
}

export async function readRepositoriesWithin(
  context: ReadContext,
  registryId: string,
  pattern: RepositoryPattern,
): Promise<RepositoriesWithin> {
  const { signal } = context;
  const content = context.azure.registry(await readRegistry(context, registryId));
  if (pattern.kind === 'repository') {
    const exists = await content.repositoryExists(pattern.repository, { signal });
    return { names: exists ? [pattern.repository] : [], odd: [], isCut: false };
  }
  const listed = await context.memo(repositoriesKey(registryId), async () => {
    let isCut = false;
    const odd: string[] = [];
    const onOddName = (name: string): void => void odd.push(name);
    const names = await content.repositories({ signal, onOddName, onCut: () => (isCut = true) });
    return { names, odd, isCut };
  });
  const isWithin = (name: string): boolean => patternCovers(pattern, name);
  return { names: listed.names.filter(isWithin), odd: listed.odd.filter(isWithin), isCut: listed.isCut };
}

/** One rule as it is at this moment, or undefined when there is none of this id. */
export function readRule({ azure, signal }: ReadContext, id: string): Promise<CacheRule | undefined> {
  return undefinedIf(['notFound'], azure.cacheRules.get(id, { signal }));
}

export function identityKey(identityId: string): Key {
  return { kind: 'identity', id: armIdKey(identityId) };
}

/** An identity, or undefined when it does not exist (its resource group does). */
export function readIdentity(context: ReadContext, identityId: string): Promise<Identity | undefined> {
  return context.memo(identityKey(identityId), async () => {
    try {
      return await context.azure.identities.get(identityId, { signal: context.signal });
    } catch (error) {
      if (isAzureError(error, 'notFound') && !missingContainers.has(error.code)) return undefined;
      throw error;
    }
  });
}

/** The rules of the link's downstream, and its identity as it is now. */
export function readRulesAndIdentity(context: ReadContext, { downstream, authentication }: CacheLink) {
  return Promise.all([readRules(context, downstream.id), readIdentity(context, authentication.identityId)]);
}

/** 404 codes that mean more is missing than the resource itself. */
const missingContainers = new Set(['ResourceGroupNotFound', 'SubscriptionNotFound']);

/** What the signed-in user may do at a scope. */
export function readPermissions(context: ReadContext, scope: string): Promise<(action: string) => Permission> {
  return context.memo({ kind: 'permissions', id: armIdKey(scope) }, () =>
    context.azure.roles.permissions(scope, { signal: context.signal }),
  );
}

/** Without a principal: those of everyone. */
export function assignmentsKey(registryId: string, principalId?: string): Key {
  const key = { kind: 'assignments', id: armIdKey(registryId) } as const;
  return principalId === undefined ? key : { ...key, part: principalId };
}

/** All assignments of the principal at, above and below a registry. */
export function readAssignments(
  context: ReadContext,
  registryId: string,
  principalId: string,
): Promise<RoleAssignment[]> {
  return context.memo(assignmentsKey(registryId, principalId), () =>
    context.azure.roles.listForPrincipal(registryId, principalId, { signal: context.signal }),
  );
}

/** Every assignment at or above the registry. */
export function readAssignmentsAtScope(context: ReadContext, registryId: string): Promise<RoleAssignment[]> {
  return context.memo(assignmentsKey(registryId), () =>
    context.azure.roles.listAtScope(registryId, { signal: context.signal }),
  );
}

export function newPrincipalKey(principalId: string): Key {
  return { kind: 'newPrincipal', id: principalId };
}

/** Whether the principal was created in this walk, so that nobody else assigns it roles yet. */
export function isNewPrincipal(context: ReadContext, principalId: string): Promise<boolean> {
  return context.memo(newPrincipalKey(principalId), () => Promise.resolve(false));
}
