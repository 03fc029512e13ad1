import * as l10n from '@vscode/l10n';
import type { Azure } from '../azure/azure.ts';
import { isCancelled } from '../azure/errors.ts';
import type { Registry, RoleAssignment } from '../domain/types.ts';
import { abacMode } from './requirements/abacMode.ts';
import {
  conditionedAssignment,
  readAtScope,
  replacementRole,
  replacementsFor,
} from './requirements/replacementRoles.ts';
import type { CacheLink, Finding, Plan, Requirement } from './types.ts';
import { createWalkContext, inspectSafely } from './walkContext.ts';

export interface AbacSwitchOptions {
  /** Give everyone affected the roles that replace theirs, before the switch. */
  readonly addReplacements: boolean;
  readonly signal?: AbortSignal;
  /** Object id → name for the rows; ids stand for themselves. */
  readonly principalNames?: ReadonlyMap<string, string>;
}

/**
 * The switch of one registry to ABAC repository permissions, after the roles that replace those it ends. Every assignment it
 * writes has a name that follows from scope, principal and role, so that a second run finds the first one's. When the
 * assignments cannot be read, the replacements are unknown and the plan is not to be applied. The link of the plan only names the
 * registry: give such a plan to `applyPlan` without a journal.
 * @throws AzureError when the registry cannot be read, or `cancelled`
 */
export async function abacSwitchPlan(azure: Azure, registryId: string, options: AbacSwitchOptions): Promise<Plan> {
  const { signal, addReplacements, principalNames } = options;
  const callOptions = signal ? { signal } : {};
  const registry = await azure.registries.get(registryId, callOptions);
  const link = linkOf(registry);
  const context = createWalkContext(azure, link, callOptions);
  const findings: Finding[] = [];
  const replacing: Requirement[] = [];
  if (addReplacements) {
    try {
      const assignments = await readAtScope(context, registry.id);
      const { replacements, left } = replacementsFor(assignments, registry.roleAssignmentMode);
      for (const replacement of replacements) {
        const name = principalNames?.get(replacement.principalId.toLowerCase()) ?? replacement.principalId;
        for (const role of replacement.roles) {
          const other = conditionedAssignment(assignments, registry.id, replacement.principalId, role);
          if (!other) replacing.push(replacementRole(registry.id, replacement, role, name));
          else findings.push(conditionLeft(registry, name, role.name, other));
        }
      }
      for (const assignment of left) {
        const type = assignment.principalType ?? '–';
        findings.push({
          code: 'replacementLeft',
          severity: 'warning',
          message: l10n.t(
            '{0} ({1}) loses its access and cannot be given roles from here: assign them in the portal.',
            assignment.principalId,
            type,
          ),
          resourceId: assignment.id,
        });
      }
    } catch (error) {
      if (isCancelled(error) || !(error instanceof Error)) throw error;
      findings.push({
        code: 'affectedUnknown',
        severity: 'blocking',
        message: l10n.t('Who loses access could not be read, so nobody can be given other roles. {0}', error.message),
        resourceId: registry.id,
      });
    }
  }
  const mode: Requirement = { ...abacMode(link), needs: replacing.map(({ id }) => id) };
  // Roles for a registry that was switched already help those whom the switch hit.
  const requirements = [...replacing, mode];
  const steps = await Promise.all(
    requirements.map(async (requirement) => ({
      requirement,
      inspection: await inspectSafely(requirement, context),
    })),
  );
  const blocked = steps.some(
    ({ inspection }) => inspection.verdict === 'conflicting' || inspection.verdict === 'unknown',
  );
  return { link, steps, findings, canApply: !blocked && !findings.some(({ severity }) => severity === 'blocking') };
}

function conditionLeft(registry: Registry, name: string, role: string, { id }: RoleAssignment): Finding {
  const message = l10n.t(
    '{0} has {1} on {2} only for the repositories of a condition. It is left so: extend the condition by hand if {0} needs more.',
    name,
    role,
    registry.name,
  );
  return { code: 'replacementLeft', severity: 'warning', message, resourceId: id };
}

function linkOf({ id, loginServer }: Registry): CacheLink {
  const registry = { id, loginServer };
  return {
    downstream: registry,
    upstream: registry,
    mappings: [],
    identity: { id: '' },
    access: 'condition',
    allowAbacSwitch: true,
  };
}
