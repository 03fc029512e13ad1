import * as l10n from '@vscode/l10n';
import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import type { Registry } from '../../domain/types.ts';
import { readReplacementOffers, type ReplacementOffers } from './replacementOffers.ts';
import { abacMode } from '../requirements/abacMode.ts';
import { keptAccess } from '../requirements/replacementRoles.ts';
import type { CacheLink, Finding, KeptAccess, Plan, Requirement } from '../types.ts';
import { createWalkContext, inspectSafely } from '../engine/walkContext.ts';

export interface AbacSwitchOptions {
  /** Who is given roles for good, before the switch. */
  readonly keepAccess: readonly KeptAccess[];
  readonly signal?: AbortSignal;
}

/**
 * The switch of one registry to ABAC repository permissions, after the roles of those who keep access. Every assignment it writes
 * has a name that follows from scope, principal and role, so that a second run finds the first one's. Who loses access all the
 * same is told by findings. The link of the plan only names the registry: give such a plan to `applyPlan` without a journal.
 * @throws AzureError when the registry cannot be read, or `cancelled`
 */
export async function abacSwitchPlan(azure: Azure, registryId: string, options: AbacSwitchOptions): Promise<Plan> {
  const { signal, keepAccess } = options;
  const callOptions = signal ? { signal } : {};
  const registry = await azure.registries.get(registryId, callOptions);
  const link = linkOf(registry, keepAccess);
  const context = createWalkContext(azure, link, callOptions);
  const kept = keptAccess(registry.id, keepAccess);
  const mode: Requirement = { ...abacMode(link), needs: kept.map(({ id }) => id) };
  // Roles for a registry that was switched already help those whom the switch hit.
  const [steps, findings] = await Promise.all([
    Promise.all(
      [...kept, mode].map(async (requirement) => ({
        requirement,
        inspection: await inspectSafely(requirement, context),
      })),
    ),
    readFindings(azure, registry, callOptions),
  ]);
  const blocked = steps.some(
    ({ inspection }) => inspection.verdict === 'conflicting' || inspection.verdict === 'unknown',
  );
  return { link, steps, findings, canApply: !blocked };
}

/** What is to be known before the switch of those who are given nothing. */
async function readFindings(
  azure: Azure,
  registry: Registry,
  options: { readonly signal?: AbortSignal },
): Promise<Finding[]> {
  try {
    return findingsOf(registry, await readReplacementOffers(azure, registry, options));
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const message = l10n.t('Who loses access could not be read. {0}', error.message);
    return [{ code: 'affectedUnknown', severity: 'warning', message, resourceId: registry.id }];
  }
}

function findingsOf(registry: Registry, { temporary, left, conditioned, unknown }: ReplacementOffers): Finding[] {
  const warn = (code: string, message: string, resourceId: string): Finding => ({
    code,
    severity: 'warning',
    message,
    resourceId,
  });
  return [
    ...left.map(({ principalId, principalType = '–', id }) =>
      warn(
        'replacementLeft',
        l10n.t(
          '{0} ({1}) loses its access and cannot be given roles from here: assign them in the portal.',
          principalId,
          principalType,
        ),
        id,
      ),
    ),
    ...conditioned.map(({ principalId, role, assignment }) =>
      warn(
        'replacementLeft',
        l10n.t(
          '{0} has {1} on {2} only for the repositories of a condition. It is left so: extend the condition by hand if {0} needs more.',
          principalId,
          role.name,
          registry.name,
        ),
        assignment.id,
      ),
    ),
    ...temporary.map(({ assignment }) =>
      warn(
        'temporaryLeft',
        l10n.t(
          'A temporary role of {0} loses its data access. Nothing permanent takes its place: make an eligible assignment of a repository role.',
          assignment.principalId,
        ),
        assignment.id,
      ),
    ),
    ...unknown.map((message) => warn('temporaryUnknown', message, registry.id)),
  ];
}

function linkOf({ id, loginServer }: Registry, keepAccess: readonly KeptAccess[]): CacheLink {
  const registry = { id, loginServer };
  return {
    downstream: registry,
    upstream: registry,
    mappings: [],
    identity: { id: '' },
    access: 'condition',
    allowAbacSwitch: true,
    keepAccess,
  };
}
