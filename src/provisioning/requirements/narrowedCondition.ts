import * as l10n from '@vscode/l10n';
import { restrictCondition, sameCondition } from '../../domain/condition/abacCondition.ts';
import { shownCondition } from '../../domain/condition/conditionReading.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { patternContains } from '../../domain/repositoryPattern.ts';
import { roles } from '../../domain/roles.ts';
import type { RepositoryPattern, RoleAssignment } from '../../domain/types.ts';
import { aboutAssignments, changeCondition } from '../access/assignRole.ts';
import { isRole, listPatterns } from '../access/grants.ts';
import { carriersOf, needsOf, readIdentityUsage } from '../access/identityUsage.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { allRules, identityKey, readAssignments, readIdentity } from '../engine/reads.ts';
import { unreadContext } from '../engine/walkContext.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../types.ts';

/**
 * The identity's assignment of Repository Reader at the upstream names exactly what cache rules read by it: not the whole
 * registry, nor `team-internal/app` besides `team/app` for want of a trailing slash. What rules need stays, and nothing is granted
 * that was not; where something else signs in as the identity, or that cannot be known, or a condition is not one that can be
 * written again, nothing is narrowed.
 */
export function narrowedCondition(link: CacheLink): Requirement {
  const identity = armIdName(link.authentication.identityId);
  const upstream = armIdName(link.source.id);
  return {
    id: 'narrowedCondition',
    ...aboutAssignments(link.source.id, identityKey(link.authentication.identityId), allRules),
    needs: ['roleAssignment'],
    describe: () => ({
      title: l10n.t('Narrow what {0} can read', identity),
      todo: l10n.t('In {0}: only what its cache rules need', upstream),
      done: l10n.t('{0} can now read only what its cache rules need in {1}.', identity, upstream),
    }),
    inspect: (context) => inspect(context, link),
    async satisfy(context) {
      // The condition is replaced as a whole: what it is now counts, and who reads by it now.
      const wanted = await exactCondition(unreadContext(context), link);
      if (!wanted.ok) throw new Error(wanted.reason);
      for (const { assignment, condition } of wanted.changes) {
        await changeCondition(context, assignment, condition);
      }
    },
  };
}

type Wanted =
  | { ok: true; needed: RepositoryPattern[]; changes: { assignment: RoleAssignment; condition: string }[] }
  | { ok: false; reason: string };

async function inspect(context: WalkContext, link: CacheLink): Promise<Inspection> {
  const wanted = await exactCondition(context, link);
  if (!wanted.ok) return conflicting(wanted.reason);
  const evidence = wanted.changes.map(({ assignment }) => ({
    text: assignment.condition ?? l10n.t('No condition.'),
    resourceId: assignment.id,
  }));
  return wanted.changes.length === 0
    ? satisfied(
        l10n.t('{0} can read only what its cache rules need.', armIdName(link.authentication.identityId)),
        evidence,
      )
    : missing(l10n.t('Only {0} is needed.', listPatterns(wanted.needed)), evidence);
}

async function exactCondition(context: WalkContext, link: CacheLink): Promise<Wanted> {
  const identity = await readIdentity(context, link.authentication.identityId);
  if (!identity)
    return { ok: false, reason: l10n.t('Identity {0} does not exist.', armIdName(link.authentication.identityId)) };
  const [assignments, usage] = await Promise.all([
    readAssignments(context, link.source.id, identity.principalId),
    readIdentityUsage(context, identity, link.downstream.id),
  ]);
  const why = [...carriersOf(usage), ...usage.unknown];
  if (why.length > 0) {
    const upstream = armIdName(link.source.id);
    return { ok: false, reason: l10n.t('Access to {0} is not changed: {1}', upstream, why.join(' ')) };
  }
  const needed = distinct([
    ...link.mappings.map(({ source }) => source),
    ...needsOf(link, usage.rules).map(({ pattern }) => pattern),
  ]);
  // A rule that reads everything needs the whole registry.
  if (needed.some(({ kind }) => kind === 'all')) return { ok: true, needed, changes: [] };
  const here = assignments.filter(
    (assignment) => sameArmId(assignment.scope, link.source.id) && isRole(assignment, roles.repositoryReader.id),
  );
  const changes: { assignment: RoleAssignment; condition: string }[] = [];
  for (const assignment of here) {
    const restricted = restrictCondition(assignment.condition, needed);
    if (!restricted.ok) return { ok: false, reason: whyNot(assignment, restricted.problem.message) };
    if (restricted.value === undefined) {
      const reason = l10n.t('It grants nothing that a cache rule reads. Remove it manually if nothing else needs it.');
      return { ok: false, reason: whyNot(assignment, reason) };
    }
    if (!sameCondition(restricted.value, assignment.condition)) {
      changes.push({ assignment, condition: restricted.value });
    }
  }
  return { ok: true, needed, changes };
}

/** With the condition's text, so that nobody has to look for it. */
function whyNot({ condition, scope }: RoleAssignment, reason: string): string {
  return l10n.t('The condition at {0} is not changed. {1} Condition: {2}', scope, reason, shownCondition(condition));
}

/** Without those that another pattern contains. */
function distinct(patterns: readonly RepositoryPattern[]): RepositoryPattern[] {
  return patterns.filter(
    (pattern, index) =>
      !patterns.some(
        (other, at) => patternContains(other, pattern) && (!patternContains(pattern, other) || at < index),
      ),
  );
}
