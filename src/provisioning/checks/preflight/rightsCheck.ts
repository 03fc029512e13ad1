import * as l10n from '@vscode/l10n';
import { armIdName, armIdResourceGroup, armIdSubscription } from '../../../domain/armId.ts';
import { missingRight } from '../../engine/failureAdvice.ts';
import { readPermissions } from '../../engine/reads.ts';
import type { Finding, Requirement, WalkContext } from '../../types.ts';
import { blocking, ifReadable, warning, type Inspections } from './findings.ts';

interface Right {
  readonly scope: string;
  readonly action: string;
  /** ARM checks `assign/action` by a linked access check that Microsoft does not document for cache rules: only a warning. */
  readonly certain: boolean;
}

/** In the form in which Managed Identity Operator grants it (`userAssignedIdentities/*\/assign/action`). */
const assignAction = 'Microsoft.ManagedIdentity/userAssignedIdentities/default/assign/action';

/** The signed-in user may do every write that the plan holds; asked only for what is missing. */
export async function checkRights(context: WalkContext, inspections: Inspections): Promise<Finding[]> {
  const findings = await Promise.all(
    inspections.map(async ({ requirement, inspection }) =>
      (await inspection).verdict === 'missing' ? checkRequirement(context, requirement) : [],
    ),
  );
  return unique(findings.flat());
}

async function checkRequirement(context: WalkContext, requirement: Requirement): Promise<Finding[]> {
  const findings = await Promise.all(
    rightsFor(context, requirement).map(async (right): Promise<Finding[]> => {
      const permissions = await ifReadable(() => readPermissions(context, right.scope));
      const allowed = permissions?.(right.action);
      if (allowed === true) return [];
      const where = armIdName(right.scope);
      if (allowed === undefined) {
        return [
          warning(
            'rightUnknown',
            l10n.t('Whether you may do {0} at {1} could not be checked.', right.action, where),
            right.scope,
          ),
        ];
      }
      const message = l10n.t('You may not do {0} at {1}. {2}', right.action, where, missingRight(requirement.kind));
      return [right.certain ? blocking('right', message, right.scope) : warning('right', message, right.scope)];
    }),
  );
  return findings.flat();
}

/** Microsoft's permission lists of the resource providers; see the table in the README. */
function rightsFor(context: WalkContext, requirement: Requirement): Right[] {
  const { link } = context;
  const registry = requirement.scope ?? link.downstream.id;
  const subscription = `/subscriptions/${armIdSubscription(link.identity.id)}`;
  const identityGroup = `${subscription}/resourceGroups/${armIdResourceGroup(link.identity.id)}`;
  switch (requirement.kind) {
    case 'identity':
      return [
        { scope: identityGroup, action: 'Microsoft.ManagedIdentity/userAssignedIdentities/write', certain: true },
      ];
    case 'abacMode':
      return [{ scope: link.upstream.id, action: 'Microsoft.ContainerRegistry/registries/write', certain: true }];
    case 'roleAssignment':
      return [
        {
          scope: requirement.scope ?? link.upstream.id,
          action: 'Microsoft.Authorization/roleAssignments/write',
          certain: true,
        },
      ];
    case 'registrySetting':
      return [
        {
          scope: registry,
          action: 'Microsoft.ContainerRegistry/registries/write',
          certain: true,
        },
      ];
    case 'cacheRule':
    case 'ruleIdentity':
      // A rule is deleted without anything being attached to it.
      if (requirement.action) return [{ scope: registry, action: requirement.action, certain: true }];
      return [
        { scope: registry, action: 'Microsoft.ContainerRegistry/registries/cacheRules/write', certain: true },
        { scope: identityGroup, action: assignAction, certain: false },
      ];
    case 'featureFlag':
      return [
        {
          scope: `/subscriptions/${armIdSubscription(link.downstream.id)}`,
          action: 'Microsoft.Features/providers/features/register/action',
          certain: true,
        },
      ];
  }
}

function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
