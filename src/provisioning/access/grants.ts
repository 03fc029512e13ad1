import * as l10n from '@vscode/l10n';
import { compareCondition, explainCondition, parseCondition } from '../../domain/condition/abacCondition.ts';
import { armIdKey, sameArmId } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { roleById, roles } from '../../domain/roles.ts';
import type { RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import type { AccessForm, CacheLink, Evidence, Fingerprint } from '../types.ts';

/** Which of the needed repositories the assignments of one principal let it read. */
export interface GrantReport {
  /** Needed, but given by no assignment. Empty: sufficient. */
  readonly missing: readonly RepositoryPattern[];
  /** One line per assignment that bears on the registry: what it gives, or why it does not count. */
  readonly evidence: readonly Evidence[];
  readonly warnings: readonly string[];
  /** The assignment at the registry itself that a further repository belongs into. */
  readonly extendable?: RoleAssignment;
  /** One in that place whose condition has a form that must not be written again. */
  readonly unwritable?: RoleAssignment;
}

/** The role that a form of access assigns. */
export function roleOf({ access }: Pick<CacheLink, 'access'>): { readonly id: string; readonly name: string } {
  return access === 'acrPull' ? roles.acrPull : roles.repositoryReader;
}

/** What someone must be able to read in a registry, and how. */
export interface WantedAccess {
  readonly registryId: string;
  readonly access: AccessForm;
  readonly repositories: readonly RepositoryPattern[];
}

/** What the link's identity must be able to read: the sources, or everything when that is the chosen form of access. */
export function wantedAccess({ access, source, mappings }: CacheLink): WantedAccess {
  const repositories: RepositoryPattern[] =
    access === 'registry' ? [{ kind: 'all' }] : mappings.map((mapping) => mapping.source);
  return { registryId: source.id, access, repositories };
}

/** Judges assignments read at, above and below the registry. Facts: Microsoft's ABAC article. */
export function assessGrants(wanted: WantedAccess, assignments: readonly RoleAssignment[]): GrantReport {
  const { registryId, access, repositories } = wanted;
  const evidence: Evidence[] = [];
  const warnings: string[] = [];
  const counted: RoleAssignment[] = [];
  let extendable: RoleAssignment | undefined;
  let unwritable: RoleAssignment | undefined;

  for (const assignment of assignments) {
    const role = roleById(assignment.roleId);
    const roleName = role?.name ?? l10n.t('custom role {0}', assignment.roleId);
    const note = (text: string): void => void evidence.push({ text, resourceId: assignment.id });

    if (isBelow(assignment.scope, registryId)) {
      note(
        l10n.t(
          '{0} at {1}: not sufficient. Azure documents repository access only for assignments on the registry, with a condition.',
          roleName,
          assignment.scope,
        ),
      );
    } else if (!givesRead(access, assignment.roleId)) {
      note(l10n.t('{0} at {1}: does not allow reading images in this permissions mode.', roleName, assignment.scope));
    } else {
      const here = sameArmId(assignment.scope, registryId) && isRole(assignment, roleOf(wanted).id);
      const comparison = compareCondition(assignment.condition, [...repositories]);
      const { condition } = assignment;
      const isWritable = condition === undefined || parseCondition(condition).ok;
      if (here && isWritable) extendable ??= assignment;
      else if (here) unwritable = assignment;
      if (!comparison.understood) {
        note(
          l10n.t(
            '{0} at {1}: not counted, since this extension does not understand its condition.',
            roleName,
            assignment.scope,
          ),
        );
        continue;
      }
      counted.push(assignment);
      note(l10n.t('{0} at {1}: {2}', roleName, assignment.scope, explainCondition(assignment.condition)));
      if (access === 'condition' && comparison.overGrants.length > 0 && assignment.condition === undefined) {
        warnings.push(
          l10n.t(
            'The identity can already read every repository in the registry. It has {0} at {1}.',
            roleName,
            assignment.scope,
          ),
        );
      }
    }
  }
  const missing = repositories.filter(
    (pattern) => !counted.some((assignment) => compareCondition(assignment.condition, [pattern]).covers),
  );
  return { missing, evidence, warnings, extendable, unwritable };
}

export function listPatterns(patterns: readonly RepositoryPattern[]): string {
  return patterns.map(formatRepositoryPattern).join(', ');
}

/** Whether an assignment is at the article's `{registryId}/repositories/{name}` or anywhere else inside the registry. */
export function isBelow(scope: string, registryId: string): boolean {
  return armIdKey(scope).startsWith(`${armIdKey(registryId)}/`);
}

/** Whether the assignment lets nothing be read but these repositories. */
export function holdsOnly(assignment: RoleAssignment, patterns: readonly RepositoryPattern[]): boolean {
  const { understood, overGrants } = compareCondition(assignment.condition, [...patterns]);
  return understood && overGrants.length === 0;
}

/** Whether the assignment has the name that a setup gives it. */
export function isMadeHere(assignment: RoleAssignment, scope: string, roleId: string): boolean {
  return assignment.name.toLowerCase() === roleAssignmentName(scope, assignment.principalId, roleId).toLowerCase();
}

/** Which assignments they are, and what they say. */
export function fingerprintOfGrants(assignments: readonly RoleAssignment[]): Fingerprint {
  const parts = assignments.map(({ id, roleId, principalId, condition }) => [id, roleId, principalId, condition ?? '']);
  return {
    assignments: parts
      .map((part) => part.join(' '))
      .sort()
      .join('\n'),
  };
}

export function isRole(assignment: RoleAssignment, roleId: string): boolean {
  return assignment.roleId.toLowerCase() === roleId.toLowerCase();
}

/**
 * ABAC mode honors the repository roles only. RBAC mode honors AcrPull and AcrPush and lets Owner, Contributor and Reader read
 * images; that a cache rule's identity may use them is not documented.
 */
export function givesRead(access: AccessForm, roleId: string): boolean {
  const honored =
    access === 'acrPull'
      ? [roles.acrPull, roles.acrPush, roles.owner, roles.contributor, roles.reader]
      : [roles.repositoryReader, roles.repositoryWriter, roles.repositoryContributor];
  return honored.some((role) => role.id.toLowerCase() === roleId.toLowerCase());
}
