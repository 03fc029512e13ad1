import * as l10n from '@vscode/l10n';
import { compareCondition } from '../../domain/condition/abacCondition.ts';
import type { RoleAssignment } from '../../domain/types.ts';
import { assessGrants, listPatterns, wantedAccess } from '../access/grants.ts';
import type { CacheLink } from '../types.ts';

/** One role assignment that bears on reading from a registry, in words. */
export interface RegistryGrant {
  readonly scope: string;
  readonly condition?: string;
  /** What it gives, or why it gives nothing, with the role and where it is assigned. */
  readonly explained: string;
  /** Compared with what the rule needs. */
  readonly compared: string;
}

/** The assignments of the link's identity at, above and below the upstream registry, each judged by itself. */
export function describeGrants(link: CacheLink, assignments: readonly RoleAssignment[]): RegistryGrant[] {
  const needed = link.mappings.map(({ source }) => source);
  return assignments.map((assignment) => {
    const { missing, evidence } = assessGrants(wantedAccess(link), [assignment]);
    const counts = missing.length < needed.length;
    const { overGrants } = compareCondition(assignment.condition, needed);
    const compared = !counts
      ? l10n.t('Gives nothing the rule needs.')
      : missing.length > 0
        ? l10n.t('Lacks {0}.', listPatterns(missing))
        : overGrants.length > 0
          ? l10n.t('Gives more than the rule needs.')
          : l10n.t('Gives exactly what the rule needs.');
    return {
      scope: assignment.scope,
      condition: assignment.condition,
      explained: evidence.map(({ text }) => text).join(' '),
      compared,
    };
  });
}
