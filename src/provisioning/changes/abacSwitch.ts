import * as l10n from '@vscode/l10n';
import type { Azure, CallOptions } from '../../azure/azure.ts';
import { recover } from '../../azure/failures.ts';
import type { Registry } from '../../domain/types.ts';
import { readReplacementOffers, type ReplacementOffers } from './replacementOffers.ts';
import { abacMode } from '../requirements/abacMode.ts';
import { keptAccess } from '../requirements/replacementRoles.ts';
import { caution } from '../checks/check.ts';
import type { Finding, KeptAccess, Plan } from '../types.ts';
import { planOf } from '../plan.ts';

/**
 * The switch of one registry to ABAC repository permissions, after the roles of those who keep access. Every assignment it writes
 * has a name that follows from scope, principal and role, so that a second run finds the first one's. Who loses access all the
 * same is told by findings.
 * @param options `keepAccess`: who is given roles for good, before the switch
 * @throws AzureError when the registry cannot be read, or `cancelled`
 */
export async function abacSwitchPlan(
  azure: Azure,
  registryId: string,
  { signal, keepAccess }: CallOptions & { readonly keepAccess: readonly KeptAccess[] },
): Promise<Plan> {
  const registry = await azure.registries.get(registryId, { signal });
  const kept = keptAccess(registry.id, keepAccess);
  // Roles for a registry that was switched already help those whom the switch hit.
  const requirements = [...kept, abacMode(registry.id, { isAllowed: true, needs: kept.map(({ id }) => id) })];
  const [plan, findings] = await Promise.all([
    planOf(azure, { requirements }, { signal }),
    recover(
      readReplacementOffers(azure, registry, { signal }).then((offers) => findingsOf(registry, offers)),
      ({ message }) => [caution('affectedUnknown', l10n.t('Could not read who loses access. {0}', message), 'unknown')],
    ),
  ]);
  return { ...plan, findings: [...plan.findings, ...findings] };
}

/** What is to be known before the switch of those who are given nothing. */
function findingsOf(
  registry: Registry,
  { temporary, left, conditioned, unknown, nameOf }: ReplacementOffers,
): Finding[] {
  return [
    ...left.map((assignment) =>
      caution(
        'replacementLeft',
        l10n.t(
          '{0} loses access. This extension cannot assign roles to it; assign them in the portal.',
          nameOf(assignment),
        ),
      ),
    ),
    ...conditioned.map(({ role, ...holder }) =>
      caution(
        'replacementLeft',
        l10n.t(
          'A role of {0} has a condition, which is kept. It is {1} on {2}; extend the condition manually if {0} needs more.',
          nameOf(holder),
          role.name,
          registry.name,
        ),
      ),
    ),
    ...temporary.map(({ assignment }) =>
      caution(
        'temporaryLeft',
        l10n.t(
          'A temporary role of {0} loses access to images. It is not replaced permanently; create an eligible assignment of a repository role instead.',
          nameOf(assignment),
        ),
      ),
    ),
    ...unknown.map((message) => caution('temporaryUnknown', message, 'unknown')),
  ];
}
