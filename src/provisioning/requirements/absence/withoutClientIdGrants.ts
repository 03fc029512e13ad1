import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../../domain/armId.ts';
import { roleName, roles } from '../../../domain/roles.ts';
import type { Identity, RoleAssignment } from '../../../domain/types.ts';
import { aboutAssignments } from '../../access/assignRole.ts';
import { fingerprintOfGrants, isBelow, isRole } from '../../access/grants.ts';
import { missing, satisfied } from '../../engine/inspection.ts';
import { readAssignments, type ReadContext } from '../../engine/reads.ts';
import type { Requirement } from '../../types.ts';

const pullRoles = [
  roles.repositoryReader,
  roles.repositoryWriter,
  roles.repositoryContributor,
  roles.acrPull,
  roles.acrPush,
];

/**
 * Role assignments that were made to the identity's client id instead of its principal id, a common mistake (Azure/acr#695). ARM
 * takes them if it is told a principal type; they give nothing to anybody. At, above and below the registry.
 */
export async function readClientIdGrants(
  context: ReadContext,
  registryId: string,
  { clientId }: Identity,
): Promise<RoleAssignment[]> {
  const found = await readAssignments(context, registryId, clientId);
  return found.filter((assignment) => pullRoles.some((role) => isRole(assignment, role.id)));
}

/** "Its client id … holds AcrPull on …", for people. Undefined: there is none. */
export function explainClientIdGrants(grants: readonly RoleAssignment[], identity: Identity): string | undefined {
  const [first] = grants;
  if (!first) return undefined;
  return l10n.t(
    'A role of its client ID has no effect. It is {1} at {2}, assigned to {0}; roles are assigned to the principal ID, {3}.',
    identity.clientId,
    roleName(first.roleId),
    first.scope,
    identity.principalId,
  );
}

/** The identity's client id holds no role for images at the registry or below any more. What is made above it is left. */
export function withoutClientIdGrants(registryId: string, identity: Identity, needs: readonly string[]): Requirement {
  const registry = armIdName(registryId);
  const find = async (context: ReadContext): Promise<RoleAssignment[]> =>
    (await readClientIdGrants(context, registryId, identity)).filter(
      ({ scope }) => sameArmId(scope, registryId) || isBelow(scope, registryId),
    );
  return {
    id: `withoutClientIdGrants:${identity.clientId.toLowerCase()}`,
    ...aboutAssignments(registryId),
    needs,
    describe: () => ({
      title: l10n.t('Remove ineffective roles of {0}', identity.name),
      todo: l10n.t('Assigned on {0} to its client ID, which has no effect', registry),
      done: l10n.t('Client ID {0} no longer has a role on {1}.', identity.clientId, registry),
    }),
    async inspect(context) {
      const found = await find(context);
      const evidence = found.map(({ scope, id }) => ({ text: scope, resourceId: id }));
      return found.length === 0
        ? satisfied(l10n.t('Client ID {0} has no role on {1}.', identity.clientId, registry), evidence)
        : missing(explainClientIdGrants(found, identity) ?? '', evidence, { fingerprint: fingerprintOfGrants(found) });
    },
    async satisfy(context) {
      for (const { id } of await find(context)) await context.azure.roles.delete(id, { signal: context.signal });
    },
  };
}
