import * as l10n from '@vscode/l10n';
import type { RoleAssignmentInput } from '../../azure/azure.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { roles, type Role } from '../../domain/roles.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { isRole } from '../grants.ts';
import type { Inspection, Requirement, WalkContext } from '../types.ts';

/** A principal that loses access to images by the switch to ABAC, and the roles that give it again. */
export interface Replacement {
  readonly principalId: string;
  readonly principalType: RoleAssignmentInput['principalType'];
  readonly roles: readonly Role[];
}

/**
 * For everyone affected, inherited assignments included, the equal roles: reading gives Repository Reader, pushing Writer, deleting
 * Contributor, of which the strongest is enough; whoever could list also gets Catalog Lister. Mapping of Microsoft's migration
 * steps (ABAC article): AcrPull → Reader + Lister, AcrPush → Writer + Lister, AcrDelete → Contributor; on a registry in RBAC mode
 * Owner and Contributor push, pull and delete, Reader pulls.
 */
export function replacementsFor(assignments: readonly RoleAssignment[]): {
  readonly replacements: Replacement[];
  /** Of a principal type that Azure's API does not take. */
  readonly left: RoleAssignment[];
} {
  const byPrincipal = new Map<string, { assignment: RoleAssignment; strength: number; lists: boolean }>();
  const left: RoleAssignment[] = [];
  for (const assignment of assignments) {
    const loss = losses.find(({ role }) => isRole(assignment, role.id));
    if (!loss) continue;
    if (!typeOf(assignment)) {
      left.push(assignment);
      continue;
    }
    const key = assignment.principalId.toLowerCase();
    const known = byPrincipal.get(key);
    byPrincipal.set(key, {
      assignment,
      strength: Math.max(known?.strength ?? 0, loss.strength),
      lists: (known?.lists ?? false) || loss.lists,
    });
  }
  const replacements = [...byPrincipal.values()].flatMap(({ assignment, strength, lists }) => {
    const principalType = typeOf(assignment);
    const repositoryRole = strengths[strength];
    if (!principalType || !repositoryRole) return [];
    const given: Role[] = [repositoryRole, ...(lists ? [roles.catalogLister] : [])];
    return [{ principalId: assignment.principalId, principalType, roles: given }];
  });
  return { replacements, left };
}

/** The principal has the role at the registry, for all repositories. One that is there under any name counts. */
export function replacementRole(
  registryId: string,
  { principalId, principalType }: Replacement,
  role: Role,
  principalName = principalId,
): Requirement {
  const registry = armIdName(registryId);
  const words = { role: role.name, registry, who: principalName };
  return {
    id: `replacementRole:${principalId.toLowerCase()}:${role.id}`,
    kind: 'roleAssignment',
    needs: [],
    describe: () => ({
      title: l10n.t('{0} for {1}', words.role, words.who),
      todo: l10n.t('Assign {0} on {1} to {2}.', words.role, registry, words.who),
      done: l10n.t('{0} has {1} on {2}.', words.who, words.role, registry),
      undo: l10n.t('Leave the role assignment.'),
    }),

    async inspect(context): Promise<Inspection> {
      const found = (await readAtScope(context, registryId)).find(
        (assignment) =>
          assignment.principalId.toLowerCase() === principalId.toLowerCase() &&
          isRole(assignment, role.id) &&
          assignment.condition === undefined,
      );
      return found
        ? {
            verdict: 'satisfied',
            reason: l10n.t('{0} has {1} at {2}.', words.who, words.role, found.scope),
            evidence: [{ text: found.scope, resourceId: found.id }],
          }
        : {
            verdict: 'missing',
            reason: l10n.t('{0} does not have {1} on {2} yet.', words.who, words.role, registry),
            evidence: [],
          };
    },

    async satisfy(context) {
      const here = (await readAtScope(context, registryId)).find(
        (assignment) =>
          sameArmId(assignment.scope, registryId) &&
          assignment.principalId.toLowerCase() === principalId.toLowerCase() &&
          isRole(assignment, role.id),
      );
      await context.azure.roles.put(
        registryId,
        // One with a condition is there already: Azure holds one assignment of a role and principal per scope, so that one grows.
        here?.name ?? roleAssignmentName(registryId, principalId, role.id),
        {
          roleId: role.id,
          principalId,
          principalType,
          description: `Replaces a role that ABAC repository permissions do not honour.`,
        },
        { signal: context.signal },
      );
      context.forget('atScope:');
    },

    revoke: () =>
      Promise.resolve({ gone: false, reason: l10n.t('{0} keeps {1} on {2}.', words.who, words.role, registry) }),
    // Only ever part of the switch, which is not exported.
    export: () => undefined,
  };
}

/** Every assignment at or above the registry, one request per walk. */
export function readAtScope(context: WalkContext, registryId: string): Promise<RoleAssignment[]> {
  return context.memo(`atScope:${registryId.toLowerCase()}`, () =>
    context.azure.roles.listAtScope(registryId, { signal: context.signal }),
  );
}

const strengths: readonly Role[] = [roles.repositoryReader, roles.repositoryWriter, roles.repositoryContributor];

const losses: readonly { readonly role: Role; readonly strength: number; readonly lists: boolean }[] = [
  { role: roles.acrPull, strength: 0, lists: true },
  { role: roles.acrPush, strength: 1, lists: true },
  { role: roles.acrDelete, strength: 2, lists: false },
  { role: roles.owner, strength: 2, lists: true },
  { role: roles.contributor, strength: 2, lists: true },
  { role: roles.reader, strength: 0, lists: true },
];

function typeOf({ principalType }: RoleAssignment): RoleAssignmentInput['principalType'] | undefined {
  return (['ServicePrincipal', 'User', 'Group'] as const).find((type) => type === principalType);
}
