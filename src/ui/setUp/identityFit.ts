import * as l10n from '@vscode/l10n';
import { compareCondition } from '../../domain/condition/abacCondition.ts';
import { roles } from '../../domain/roles.ts';
import type { Identity, RepositoryPattern, RoleAssignment, RoleAssignmentMode } from '../../domain/types.ts';

/** How well an identity fits a setup, from what its role assignments at or above the upstream say. */
export interface IdentityFit {
  /** 2: can read now. 1: could after the upstream is switched, or reads a part. 0: needs a role assignment. */
  readonly rank: 0 | 1 | 2;
  /** What allows it to read, or how much of it; absent: nothing. */
  readonly reason?: string;
}

const repositoryRoles = [roles.repositoryReader, roles.repositoryWriter, roles.repositoryContributor];
const registryRoles = [roles.acrPull, roles.acrPush];

/**
 * Judges one identity. `assignments`: those at or above the upstream, of anyone; `needed`: the source patterns.
 * It only orders a list: what is really missing is found out by the plan.
 */
export function identityFit(
  identity: Identity,
  assignments: readonly RoleAssignment[],
  mode: RoleAssignmentMode,
  needed: readonly RepositoryPattern[],
): IdentityFit {
  let best: IdentityFit = { rank: 0 };
  const offer = (fit: IdentityFit) => {
    if (fit.rank > best.rank) best = fit;
  };
  for (const assignment of assignments) {
    if (assignment.principalId.toLowerCase() !== identity.principalId.toLowerCase()) continue;
    const repositoryRole = repositoryRoles.find((role) => role.id === assignment.roleId.toLowerCase());
    const registryRole = registryRoles.find((role) => role.id === assignment.roleId.toLowerCase());
    if (repositoryRole) {
      const compared = compareCondition(assignment.condition, [...needed]);
      if (!compared.understood) continue;
      if (!compared.covers && compared.missing.length === needed.length) continue;
      if (!compared.covers)
        offer({ rank: 1, reason: l10n.t('can read some of the repositories: {0}', shortName(repositoryRole)) });
      else if (mode === 'AbacRepositoryPermissions') offer({ rank: 2, reason: shortName(repositoryRole) });
      else
        offer({ rank: 1, reason: l10n.t('can read after the upstream is switched: {0}', shortName(repositoryRole)) });
    } else if (registryRole && mode === 'LegacyRegistryPermissions') {
      offer({
        rank: 2,
        reason: l10n.t('{0}, which ends if the upstream is switched', registryRole.name),
      });
    }
  }
  return best;
}

/** Beside a registry it goes without saying that the role is one for registries. */
function shortName({ name }: { readonly name: string }): string {
  return name.replace(/^Container Registry /, '');
}
