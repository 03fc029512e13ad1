import * as l10n from '@vscode/l10n';
import { grantRepair, isFound, readAccess } from '../diagnosis/access.ts';
import { givesLegacyPull } from '../link/linkOfRule.ts';
import { ok, problem, warning, type Check } from '../diagnosis/check.ts';

/** Microsoft gives a recipe for managed identities only for upstreams in ABAC mode. */
export const permissionMode: Check = {
  id: 'permissionMode',
  title: () => l10n.t('Permission mode of the upstream'),
  pull: 'dependsOn',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  async run(facts) {
    const access = await readAccess(facts);
    if (isFound(access)) return access;
    const { upstream, assignments } = access;
    const evidence = [{ text: `roleAssignmentMode: ${upstream.roleAssignmentMode}`, resourceId: upstream.id }];
    if (upstream.roleAssignmentMode === 'AbacRepositoryPermissions') {
      return ok(l10n.t('{0} accepts repository permissions (ABAC).', upstream.name), evidence);
    }
    const next = l10n.t('Switch {0} to ABAC mode, knowing whose access that ends.', upstream.name);
    const repair = grantRepair(access);
    return assignments.some(({ roleId }) => givesLegacyPull(roleId))
      ? warning(
          l10n.t(
            '{0} is in RBAC mode. Pulling with AcrPull may work there, but Microsoft documents cache rules with a managed identity only for ABAC mode.',
            upstream.name,
          ),
          next,
          { evidence, repair },
        )
      : problem(
          l10n.t('{0} is in RBAC mode, in which repository permissions of the identity have no effect.', upstream.name),
          next,
          { evidence, repair },
        );
  },
};
