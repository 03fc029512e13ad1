import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { lossOf, roles, type LostRole, shortRoleName } from '../../domain/roles.ts';
import type { Registry, RoleAssignment } from '../../domain/types.ts';
import type { NameOf } from '../access/principalNames.ts';

/** A role assignment that loses its effect when a registry is switched to ABAC repository permissions. */
export interface AffectedAssignment {
  readonly assignment: RoleAssignment;
  readonly roleName: string;
  readonly principal: string;
  /** Where it was made: "on this registry", "inherited from …". */
  readonly where: string;
  /** What is lost, and the role that gives it again. */
  readonly consequence: string;
}

/**
 * What switching to ABAC repository permissions breaks, whoever is affected.
 * Source: "Microsoft Entra attribute-based access control (ABAC) for repository permissions" in the ACR documentation; of the tools,
 * Azure/azure-cli-extensions#9724, Azure/acr-cli#611 and microsoft/GitHub-Copilot-for-Azure#1106.
 */
export function abacSwitchEffects(registryName: string): readonly string[] {
  return [
    l10n.t('AcrPull, AcrPush and AcrDelete stop working on {0}.', registryName),
    l10n.t(
      'Owner, Contributor and Reader can no longer push, pull or delete images; they can still manage the registry.',
    ),
    l10n.t(
      'Every login made before the switch is refused (401), even with the new roles, until the client signs in again, which can take hours. On AKS, restart the kubelet or replace the nodes.',
    ),
    l10n.t(
      'ACR Tasks, az acr build and az acr run lose their default access; they need --source-acr-auth-id and a role.',
    ),
    l10n.t(
      'Listing repositories requires Container Registry Repository Catalog Lister, which always covers the whole registry.',
    ),
    l10n.t('Repository Reader, Writer and Contributor without a condition apply to the whole registry.'),
    l10n.t('az containerapp up fails, since it builds and pulls with the permissions of the user who runs it.'),
    l10n.t('acr purge in ACR Tasks fails until the task has an identity with a repository role.'),
    l10n.t(
      'Azure AI Foundry agent deployments that pull from {0} fail until their identity has a repository role.',
      registryName,
    ),
    l10n.t('Docker Content Trust signing is no longer supported.'),
    l10n.t(
      "Other registries' cache rules that read from {0} with a token or password may fail, as other clients do.",
      registryName,
    ),
    l10n.t('Microsoft does not document what happens when a registry is switched back.'),
  ];
}

/** The assignments at or above the registry that the switch takes the effect from, those on the registry itself first. */
export function affectedAssignments(
  registry: Registry,
  assignments: readonly RoleAssignment[],
  nameOf: NameOf,
): AffectedAssignment[] {
  const affected: AffectedAssignment[] = [];
  for (const assignment of assignments) {
    const loss = lossOf(assignment.roleId);
    if (!loss) continue;
    affected.push({
      assignment,
      roleName: loss.role.name,
      principal: nameOf(assignment),
      where: whereOf(registry, assignment.scope),
      consequence: consequenceOf(loss),
    });
  }
  const own = ({ assignment }: AffectedAssignment) => (sameArmId(assignment.scope, registry.id) ? 0 : 1);
  return affected.sort(
    (a, b) => own(a) - own(b) || a.roleName.localeCompare(b.roleName) || a.principal.localeCompare(b.principal),
  );
}

/** What is lost, and the role that gives it again. */
function consequenceOf({ role, replacement }: LostRole): string {
  const [given, lister] = [shortRoleName(replacement.name), shortRoleName(roles.catalogLister.name)];
  switch (role.id) {
    case roles.acrPull.id:
      return l10n.t('Can no longer pull. Replace it with {0} and {1}.', given, lister);
    case roles.acrPush.id:
      return l10n.t('Can no longer push. Replace it with {0} and {1}.', given, lister);
    case roles.acrDelete.id:
      return l10n.t('Can no longer delete. Replace it with {0}.', given);
    case roles.reader.id:
      return l10n.t('Can still see the registry, but no longer pull images. Add {0} and {1}.', given, lister);
    default:
      return l10n.t(
        'Can still manage the registry, but no longer push, pull or delete images. Add {0} and {1}.',
        given,
        lister,
      );
  }
}

function whereOf(registry: Registry, scope: string): string {
  if (sameArmId(scope, registry.id)) return l10n.t('on this registry');
  const parts = scope.split('/').filter(Boolean);
  const kind = parts[0]?.toLowerCase();
  if (parts.length === 0) return l10n.t('inherited from the tenant root');
  if (kind === 'subscriptions' && parts.length === 2) return l10n.t('inherited from the subscription');
  if (kind === 'subscriptions' && parts[2]?.toLowerCase() === 'resourcegroups' && parts.length === 4) {
    return l10n.t('inherited from resource group {0}', parts[3] ?? '');
  }
  if (kind === 'providers') return l10n.t('inherited from management group {0}', parts.at(-1) ?? '');
  return l10n.t('inherited from {0}', armIdName(scope));
}
