import * as l10n from '@vscode/l10n';
import { ifReadable } from '../../../azure/failures.ts';
import { armIdName, sameArmId } from '../../../domain/armId.ts';
import type { CacheRule } from '../../../domain/types.ts';
import { accessRevocations, performRevocation, type AccessRevocation } from '../../access/accessRevocations.ts';
import { aboutAssignments } from '../../access/assignRole.ts';
import { isMadeHere, listPatterns } from '../../access/grants.ts';
import { readIdentityUsage } from '../../access/identityUsage.ts';
import { missing, satisfied } from '../../engine/inspection.ts';
import { allRules, identityKey, readIdentity, readPermissions } from '../../engine/reads.ts';
import { isSameRule } from '../../../domain/sameRule.ts';
import { unreadContext } from '../../engine/walkContext.ts';
import type { CacheLink, Inspection, Requirement, WalkContext } from '../../types.ts';

/**
 * The rule's identity may no longer read what `old` read and no other rule needs, be it `successor`, which takes its place.
 * `link`: the setup that `old` is part of, with its mapping. What cannot be taken away stays, with a warning: it stops nothing.
 */
export function withoutSource(
  link: CacheLink,
  old: CacheRule,
  successor: CacheRule,
  needs: readonly string[],
): Requirement {
  const identity = armIdName(link.authentication.identityId);
  const upstream = armIdName(link.source.id);
  const repositories = listPatterns(link.mappings.map(({ source }) => source));
  return {
    id: `withoutSource:${old.name}`,
    ...aboutAssignments(link.source.id),
    reads: [identityKey(link.authentication.identityId), allRules],
    needs,
    describe: () => ({
      title: l10n.t('Remove access to {0}', repositories),
      todo: l10n.t('From {0}, on {1}', identity, upstream),
      done: l10n.t('{0} can no longer read {1} in {2}.', identity, repositories, upstream),
    }),

    async inspect(context): Promise<Inspection> {
      const { takes, stays } = await revocationsOf(context, link, old, successor);
      const evidence = [...takes, ...stays].map(({ subject, assignment }) => ({
        text: subject,
        resourceId: assignment.id,
      }));
      const warnings = stays.map(({ subject, unknown }) => l10n.t('{0} is kept. {1}', subject, unknown ?? ''));
      if (takes.length === 0) {
        const reason = l10n.t('{0} has no access that only cache rule {1} needs.', identity, old.name);
        return satisfied(warnings[0] ?? reason, evidence, { warnings });
      }
      const may = await ifReadable(() => readPermissions(context, link.source.id));
      const { state } = may?.('Microsoft.Authorization/roleAssignments/write') ?? {};
      if (state === 'missing' || state === 'denied') {
        const reason = l10n.t(
          '{0} keeps its access to {2}. It can still read {1}, since you cannot change role assignments there.',
          identity,
          repositories,
          upstream,
        );
        return satisfied(reason, evidence, { warnings: [...warnings, reason] });
      }
      const reason = l10n.t('{0} can still read {1} in {2}.', identity, repositories, upstream);
      return missing(reason, evidence, { warnings });
    },

    async satisfy(context) {
      const { takes } = await revocationsOf(unreadContext(context), link, old, successor);
      for (const revocation of takes) await performRevocation(context, revocation);
    },
  };
}

/** `stays`: held for the old rule too, but not to be touched. One that another rule reads by is in neither. */
async function revocationsOf(
  context: WalkContext,
  link: CacheLink,
  old: CacheRule,
  successor: CacheRule,
): Promise<{ readonly takes: AccessRevocation[]; readonly stays: AccessRevocation[] }> {
  const identity = await readIdentity(context, link.authentication.identityId);
  // One that was made again under its name is another one: what it holds was not given for the old rule.
  const former = old.identity?.principalId;
  if (!identity || (former !== undefined && former.toLowerCase() !== identity.principalId.toLowerCase())) {
    return { takes: [], stays: [] };
  }
  const usage = await readIdentityUsage(context, identity, link.downstream.id);
  const others = usage.rules.filter((rule) => !(sameArmId(rule.id, old.id) && isSameRule(rule, old)));
  const all = accessRevocations(link, { ...usage, rules: [...others, successor] });
  // As when a link is revoked: one for everything that others may have made for more than this is theirs.
  const isOurs = ({ assignment }: AccessRevocation): boolean =>
    assignment.condition !== undefined || isMadeHere(assignment, assignment.scope, assignment.roleId);
  const takes = all.filter((one) => one.action.kind !== 'none' && isOurs(one));
  return { takes, stays: all.filter(({ action, unknown }) => action.kind === 'none' && unknown !== undefined) };
}
