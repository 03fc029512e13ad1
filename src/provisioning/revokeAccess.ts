import * as l10n from '@vscode/l10n';
import { narrowCondition, sameCondition } from '../domain/abacCondition.ts';
import { armIdName, sameArmId } from '../domain/armId.ts';
import { parseSourceRepository, patternContains } from '../domain/repositoryPattern.ts';
import type { CacheRule, RepositoryPattern, RoleAssignment } from '../domain/types.ts';
import { assignRole } from './assignRole.ts';
import { holdsOnly, isMadeHere, isRole, listPatterns, roleOf } from './grants.ts';
import { findRulesOfIdentity } from './identityUses.ts';
import { readAssignments, readIdentity } from './reads.ts';
import type { Revocation, WalkContext } from './types.ts';

/** What a cache rule that exists needs to read in the upstream as this identity. */
export interface Need {
  readonly rule: CacheRule;
  readonly pattern: RepositoryPattern;
}

/** The sources that existing rules, anywhere visible, still read from the link's upstream as the link's identity. */
export async function neededByOthers(
  context: WalkContext,
): Promise<{ ok: true; needs: Need[] } | { ok: false; reason: string }> {
  const { link } = context;
  const uses = await findRulesOfIdentity(context, link.identity.id);
  if (uses.unreadable > 0) {
    const reason = l10n.t(
      'The permission on {0} stays: the rules of {1} registries could not be read, so whether they need it is unknown.',
      armIdName(link.upstream.id),
      uses.unreadable,
    );
    return { ok: false, reason };
  }
  const needs = uses.rules.flatMap((rule) => {
    const source = parseSourceRepository(rule.sourceRepository);
    const here = source.ok && source.value.loginServer.toLowerCase() === link.upstream.loginServer.toLowerCase();
    return here ? [{ rule, pattern: source.value.pattern }] : [];
  });
  return { ok: true, needs };
}

/**
 * Takes away the link's part of the identity's assignment at the upstream registry: narrows the condition, or deletes the
 * assignment when nothing is left. What an existing rule reads stays, so revoke the rules first.
 */
export async function revokeAccess(context: WalkContext): Promise<Revocation> {
  const { link } = context;
  const upstream = armIdName(link.upstream.id);
  const gone = {
    gone: true,
    reason: l10n.t('{0} holds no permission on {1} for this link any more.', armIdName(link.identity.id), upstream),
  };
  const identity = await readIdentity(context);
  if (!identity) return gone;
  const role = roleOf(link);
  const here = (await readAssignments(context, identity.principalId)).filter(
    (assignment) => sameArmId(assignment.scope, link.upstream.id) && isRole(assignment, role.id),
  );
  if (here.length === 0) return gone;
  const others = await neededByOthers(context);
  if (!others.ok) return { gone: false, reason: others.reason };

  const results: Revocation[] = [];
  for (const assignment of here) results.push(await take(context, assignment, others.needs, identity.principalId));
  context.forget('assignments:');
  return results.find((result) => !result.gone) ?? results[0] ?? gone;
}

async function take(
  context: WalkContext,
  assignment: RoleAssignment,
  needs: readonly Need[],
  principalId: string,
): Promise<Revocation> {
  const { link } = context;
  const upstream = armIdName(link.upstream.id);
  const madeHere = isMadeHere(assignment, link.upstream.id, roleOf(link).id);
  if (assignment.condition === undefined) {
    if (needs[0]) {
      return {
        gone: false,
        reason: l10n.t('The permission on {0} stays: the cache rule {1} needs it.', upstream, needs[0].rule.name),
      };
    }
    if (!madeHere) {
      return {
        gone: false,
        reason: l10n.t('The assignment for all of {0} stays: it was not made by this set-up.', upstream),
      };
    }
    return remove(context, assignment);
  }
  const mine = link.mappings.map((mapping) => mapping.source);
  if (!madeHere && !holdsOnly(assignment, mine)) {
    return {
      gone: false,
      reason: l10n.t(
        'The assignment on {0} stays: it was not made by this set-up and has more in its condition. Take {1} out of it by hand.',
        upstream,
        listPatterns(mine),
      ),
    };
  }
  const needed = needs.map((need) => need.pattern);
  const narrowed = narrowCondition(assignment.condition, mine, needed);
  if (!narrowed.ok) {
    const why = narrowed.problem.message;
    return {
      gone: false,
      reason: l10n.t('The assignment on {0} stays: its condition could not be narrowed. {1}', upstream, why),
    };
  }
  if (narrowed.value === undefined) return remove(context, assignment);

  if (!sameCondition(narrowed.value, assignment.condition)) {
    await assignRole(context, {
      scope: link.upstream.id,
      name: assignment.name,
      roleId: assignment.roleId,
      principalId,
      condition: narrowed.value,
      ...(assignment.description === undefined ? {} : { description: assignment.description }),
    });
  }
  const kept = mine.filter((pattern) => needed.some((need) => patternContains(pattern, need)));
  if (kept.length > 0) return stays(upstream, kept, needs);
  return {
    gone: true,
    reason: l10n.t(
      'The permission on {0} no longer includes {1}; what others need stays.',
      upstream,
      listPatterns(mine),
    ),
  };
}

function stays(upstream: string, kept: readonly RepositoryPattern[], needs: readonly Need[]): Revocation {
  const users = needs.map((need) => need.rule.name).join(', ');
  return {
    gone: false,
    reason: l10n.t(
      'The permission to read {0} in {1} stays: the cache rules {2} need it.',
      listPatterns(kept),
      upstream,
      users,
    ),
  };
}

async function remove(context: WalkContext, assignment: RoleAssignment): Promise<Revocation> {
  await context.azure.roles.delete(assignment.id, { signal: context.signal });
  return { gone: true, reason: l10n.t('The role assignment on {0} was deleted.', armIdName(context.link.upstream.id)) };
}
