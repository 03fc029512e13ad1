import * as l10n from '@vscode/l10n';
import { generateCondition, maxConditionLength, sameCondition } from '../../domain/abacCondition.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { patternContains } from '../../domain/repositoryPattern.ts';
import { roles } from '../../domain/roles.ts';
import type { RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import { assignRole } from '../assignRole.ts';
import { isRole, listPatterns } from '../grants.ts';
import { carriersOf, readIdentityUsage } from '../identityUsage.ts';
import { needsOf } from '../neededByOthers.ts';
import { readAssignments, readIdentity } from '../reads.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../types.ts';

/**
 * The identity's assignment of Repository Reader at the upstream names exactly what cache rules read by it: not the whole
 * registry, nor `team-internal/app` besides `team/app` for want of a trailing slash. What rules need stays; where something
 * else signs in as the identity, or that cannot be known, nothing is narrowed.
 */
export function narrowedCondition(link: CacheLink): Requirement {
  const identity = armIdName(link.identity.id);
  const upstream = armIdName(link.upstream.id);
  return {
    id: 'narrowedCondition',
    kind: 'roleAssignment',
    needs: ['roleAssignment'],
    describe: () => ({
      title: l10n.t('Condition of {0} on {1}', identity, upstream),
      todo: l10n.t('Narrow what {0} may read in {1} to what its cache rules need.', identity, upstream),
      done: l10n.t('{0} may read in {1} only what its cache rules need.', identity, upstream),
      undo: l10n.t('Leave the condition as it is.'),
    }),
    inspect: (context) => inspect(context, link),
    async satisfy(context) {
      const wanted = await exactCondition(context, link);
      if (!wanted.ok) throw new Error(wanted.reason);
      for (const { assignment, condition } of wanted.changes) {
        await assignRole(context, {
          scope: assignment.scope,
          name: assignment.name,
          roleId: assignment.roleId,
          principalId: assignment.principalId,
          condition,
          ...(assignment.description === undefined ? {} : { description: assignment.description }),
        });
      }
    },
    revoke: () => Promise.resolve({ gone: false, reason: l10n.t('The condition stays as it is.') }),
    // Only ever part of a repair, which is not exported.
    export: () => undefined,
  };
}

type Wanted =
  | { ok: true; needed: RepositoryPattern[]; changes: { assignment: RoleAssignment; condition: string }[] }
  | { ok: false; reason: string };

async function inspect(context: WalkContext, link: CacheLink): Promise<Inspection> {
  const wanted = await exactCondition(context, link);
  if (!wanted.ok) return { verdict: 'conflicting', reason: wanted.reason, evidence: [] };
  const evidence = wanted.changes.map(({ assignment }) => ({
    text: assignment.condition ?? l10n.t('No condition.'),
    resourceId: assignment.id,
  }));
  return wanted.changes.length === 0
    ? {
        verdict: 'satisfied',
        reason: l10n.t('{0} may read no more than its cache rules need.', armIdName(link.identity.id)),
        evidence,
      }
    : {
        verdict: 'missing',
        reason: l10n.t('Needed is only {0}.', listPatterns(wanted.needed)),
        evidence,
      };
}

async function exactCondition(context: WalkContext, link: CacheLink): Promise<Wanted> {
  const identity = await readIdentity(context);
  if (!identity) return { ok: false, reason: l10n.t('The identity {0} does not exist.', armIdName(link.identity.id)) };
  const [assignments, usage] = await Promise.all([
    readAssignments(context, identity.principalId),
    readIdentityUsage(context, identity),
  ]);
  const why = [...carriersOf(usage), ...usage.unknown];
  if (why.length > 0) {
    const upstream = armIdName(link.upstream.id);
    return { ok: false, reason: l10n.t('The permission on {0} stays as it is: {1}', upstream, why.join(' ')) };
  }
  const needed = distinct([
    ...link.mappings.map(({ source }) => source),
    ...needsOf(link, usage.rules).map(({ pattern }) => pattern),
  ]);
  const condition = generateCondition(needed);
  // A rule that reads everything needs the whole registry.
  if (condition === undefined) return { ok: true, needed, changes: [] };
  if (condition.length > maxConditionLength) {
    return {
      ok: false,
      reason: l10n.t('The condition would be longer than the {0} characters Azure allows.', maxConditionLength),
    };
  }
  const here = assignments.filter(
    (assignment) => sameArmId(assignment.scope, link.upstream.id) && isRole(assignment, roles.repositoryReader.id),
  );
  const changes = here.filter((assignment) => !sameCondition(assignment.condition, condition));
  return { ok: true, needed, changes: changes.map((assignment) => ({ assignment, condition })) };
}

/** Without those that another pattern contains. */
function distinct(patterns: readonly RepositoryPattern[]): RepositoryPattern[] {
  return patterns.filter(
    (pattern, index) =>
      !patterns.some(
        (other, at) =>
          at !== index && patternContains(other, pattern) && (!patternContains(pattern, other) || at < index),
      ),
  );
}
