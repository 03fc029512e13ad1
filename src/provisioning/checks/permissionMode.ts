import * as l10n from '@vscode/l10n';
import { givesLegacyPull } from '../link/linkOfRule.ts';
import type { Finding } from '../types.ts';
import { grantRepair, judgeAccess, type Access } from './access.ts';
import { ok, problem, warning, type RuleCheck } from './check.ts';

/** Microsoft gives a recipe for managed identities only for upstreams in ABAC mode. */
export const permissionMode: RuleCheck = {
  id: 'permissionMode',
  title: () => l10n.t('Permission mode of the upstream'),
  pull: 'dependsOn',
  shared: 'permission',
  needs: () => 'Microsoft.Authorization/roleAssignments/read',
  run: (facts) => judgeAccess(facts, judge),
};

function judge(access: Access): Finding {
  const { upstream, assignments } = access;
  const evidence = [{ text: `roleAssignmentMode: ${upstream.roleAssignmentMode}`, resourceId: upstream.id }];
  if (upstream.roleAssignmentMode === 'AbacRepositoryPermissions') {
    return ok('modeAbac', l10n.t('{0} accepts repository permissions (ABAC).', upstream.name), evidence);
  }
  const next = l10n.t('Switch {0} to ABAC mode, knowing whose access that ends.', upstream.name);
  const more = { evidence, repair: grantRepair(access) };
  if (assignments.some(({ roleId }) => givesLegacyPull(roleId))) {
    const reason = l10n.t(
      '{0} is in RBAC mode. Pulling with AcrPull may work there, but Microsoft documents cache rules with a managed identity only for ABAC mode.',
      upstream.name,
    );
    return warning('modeLegacyPull', reason, next, more);
  }
  const reason = l10n.t(
    '{0} is in RBAC mode, in which repository permissions of the identity have no effect.',
    upstream.name,
  );
  return problem('modeLegacy', reason, next, more);
}
