import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { lossOf, replacingRoles, roles, type Role, shortRoleName } from '../../domain/roles.ts';
import type { RoleAssignment, RoleAssignmentMode } from '../../domain/types.ts';
import { aboutAssignments } from '../access/assignRole.ts';
import { isRole } from '../access/grants.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { readAssignmentsAtScope } from '../engine/reads.ts';
import { unreadContext } from '../engine/walkContext.ts';
import type { Inspection, KeptAccess, Requirement } from '../types.ts';

/** A principal that loses access to images by the switch to ABAC, and the roles that give it again. */
export interface Replacement {
  readonly principalId: string;
  readonly principalType: KeptAccess['principalType'];
  readonly roles: readonly Role[];
}

/** One requirement for each role of those who keep access. */
export function keptAccess(registryId: string, keep: readonly KeptAccess[]): Requirement[] {
  return rolesKept(keep).map(([one, role]) => replacementRole(registryId, one, role));
}

/** Who keeps access, once for each of their roles. */
export function rolesKept(keep: readonly KeptAccess[]): [KeptAccess, Role][] {
  return keep.flatMap((one) =>
    replacingRoles
      .filter((role) => one.roleIds.some((id) => id.toLowerCase() === role.id))
      .map((role): [KeptAccess, Role] => [one, role]),
  );
}

/**
 * For everyone affected, inherited assignments included, the equal roles: reading gives Repository Reader, pushing Writer, deleting
 * Contributor, of which the strongest is enough; whoever could list also gets Catalog Lister. Mapping of Microsoft's migration
 * steps (ABAC article): AcrPull → Reader + Lister, AcrPush → Writer + Lister, AcrDelete → Contributor; on a registry in RBAC mode
 * Owner and Contributor push, pull and delete, Reader pulls. On a registry in ABAC mode they lost nothing that they may still be
 * meant to have, so there only the Acr roles count, which are for images alone.
 */
export function replacementsFor(
  assignments: readonly RoleAssignment[],
  mode: RoleAssignmentMode,
): {
  readonly replacements: Replacement[];
  /** Of a principal type that Azure's API does not take. */
  readonly left: RoleAssignment[];
} {
  const byPrincipal = new Map<string, Replacement>();
  const left: RoleAssignment[] = [];
  for (const assignment of assignments) {
    const loss = lossOf(assignment.roleId);
    if (!loss || !(loss.isForImages || mode === 'LegacyRegistryPermissions')) continue;
    const principalType = typeOf(assignment);
    if (!principalType) {
      left.push(assignment);
      continue;
    }
    const { principalId } = assignment;
    const key = principalId.toLowerCase();
    const needed = [
      ...(byPrincipal.get(key)?.roles ?? []),
      loss.replacement,
      ...(loss.lists ? [roles.catalogLister] : []),
    ];
    byPrincipal.set(key, { principalId, principalType, roles: strongest(needed) });
  }
  return { replacements: [...byPrincipal.values()], left };
}

/** Of the repository roles, each of which holds the weaker ones, the strongest; and Catalog Lister. */
function strongest(needed: readonly Role[]): Role[] {
  const distinct = replacingRoles.filter((role) => needed.includes(role));
  const repositoryRole = distinct.filter(({ id }) => id !== roles.catalogLister.id).at(-1);
  return distinct.filter((role) => role === repositoryRole || role.id === roles.catalogLister.id);
}

/**
 * The principal's assignment of the role at the registry itself that has a condition, unless it has the role without one. Azure
 * holds one assignment of a role and principal per scope, so the role for all repositories would take the condition away.
 */
export function conditionedAssignment(
  assignments: readonly RoleAssignment[],
  registryId: string,
  principalId: string,
  role: Role,
): RoleAssignment | undefined {
  const held = heldBy(assignments, principalId, role);
  if (held.some(({ condition }) => condition === undefined)) return undefined;
  return held.find(({ scope }) => sameArmId(scope, registryId));
}

/**
 * The principal has the role at the registry, for all repositories. One that is there under any name counts; one that has a
 * condition is left alone. A principal that was deleted meanwhile needs none: its assignments outlive it.
 */
export function replacementRole(
  registryId: string,
  { principalId, principalType, name = principalId, isSelf }: KeptAccess,
  role: Role,
): Requirement {
  const registry = armIdName(registryId);
  const words = { role: role.name, registry, who: name };
  let isGone = false;
  const nobody = (): string => l10n.t('{0} no longer exists, so it does not need {1}.', words.who, words.role);
  const kept = (): string =>
    l10n.t(
      'A role of {0} has a condition, which is kept. It is {1} on {2}; extend the condition manually if needed.',
      words.who,
      words.role,
      registry,
    );
  return {
    id: `replacementRole:${principalId.toLowerCase()}:${role.id}`,
    ...aboutAssignments(registryId),
    needs: [],
    describe: () => ({
      title: isSelf ? ownTitle(role, registry) : l10n.t('Give {0} {1}', words.who, shortRoleName(words.role)),
      todo: isSelf
        ? l10n.t('{0} for {1}, permanently', shortRoleName(words.role), words.who)
        : l10n.t('On {0}, permanently', registry),
      done: isGone ? nobody() : l10n.t('{0} now has {1} on {2}.', words.who, words.role, registry),
    }),

    async inspect(context): Promise<Inspection> {
      const assignments = await readAssignmentsAtScope(context, registryId);
      const found = heldBy(assignments, principalId, role).find(({ condition }) => condition === undefined);
      if (found) {
        return satisfied(l10n.t('{0} has {1} at {2}.', words.who, words.role, found.scope), [
          { text: found.scope, resourceId: found.id },
        ]);
      }
      const other = conditionedAssignment(assignments, registryId, principalId, role);
      if (other) {
        const evidence = [{ text: other.condition ?? other.scope, resourceId: other.id }];
        return conflicting(kept(), evidence);
      }
      return missing(l10n.t('{0} does not have {1} on {2} yet.', words.who, words.role, registry));
    },

    async satisfy(context) {
      // A PUT under the name of one with a condition would take the condition away.
      const assignments = await readAssignmentsAtScope(unreadContext(context), registryId);
      if (conditionedAssignment(assignments, registryId, principalId, role)) throw new Error(kept());
      const assignmentName = roleAssignmentName(registryId, principalId, role.id);
      const description = `Replaces a role that ABAC repository permissions do not honor.`;
      const input = { roleId: role.id, principalId, principalType, description };
      try {
        // Who holds a role already is no new principal: one that the directory does not know was deleted.
        const options = { signal: context.signal, isOldPrincipal: true };
        const { condition } = await context.azure.roles.put(registryId, assignmentName, input, options);
        if (condition !== undefined) throw new Error(kept());
      } catch (error) {
        if (!isAzureError(error) || error.code !== 'PrincipalNotFound') throw error;
        isGone = true;
      }
    },
  };
}

function ownTitle(role: Role, registry: string): string {
  return role.id === roles.catalogLister.id
    ? l10n.t('Keep listing the repositories of {0} yourself', registry)
    : l10n.t('Keep reading {0} yourself', registry);
}

/** Of each list its assignments by principal: a subscription may have 4,000, and each principal is looked for. */
const byPrincipal = new WeakMap<readonly RoleAssignment[], ReadonlyMap<string, readonly RoleAssignment[]>>();

/** The principal's assignments of the role. */
export function heldBy(assignments: readonly RoleAssignment[], principalId: string, role: Role): RoleAssignment[] {
  const index = byPrincipal.get(assignments) ?? Map.groupBy(assignments, (one) => one.principalId.toLowerCase());
  byPrincipal.set(assignments, index);
  return (index.get(principalId.toLowerCase()) ?? []).filter((assignment) => isRole(assignment, role.id));
}

function typeOf({ principalType }: RoleAssignment): KeptAccess['principalType'] | undefined {
  return (['ServicePrincipal', 'User', 'Group'] as const).find((type) => type === principalType);
}
