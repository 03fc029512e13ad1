import * as l10n from '@vscode/l10n';
import type { SignedInPrincipal } from '../../azure/azure.ts';
import { extendCondition, generateCondition } from '../../domain/condition/abacCondition.ts';
import { armIdName } from '../../domain/armId.ts';
import { roleAssignmentName } from '../../domain/guid.ts';
import { accepted } from '../../domain/parsed.ts';
import { roles, shortRoleName } from '../../domain/roles.ts';
import type { RepositoryPattern } from '../../domain/types.ts';
import { aboutAssignments, assignRole } from '../access/assignRole.ts';
import { assessGrants, listPatterns, type GrantReport } from '../access/grants.ts';
import { conflicting, missing, satisfied } from '../engine/inspection.ts';
import { readAssignments } from '../engine/reads.ts';
import { unreadContext } from '../engine/walkContext.ts';
import type { Inspection, Requirement, WalkContext } from '../types.ts';

/**
 * The signed-in account may read these repositories of a registry in ABAC mode, which Owner and Contributor do not. One assignment of
 * Repository Reader at the registry, with a condition that names no other repositories; one that is there is extended.
 */
export function ownAccess(
  registryId: string,
  who: SignedInPrincipal,
  repositories: readonly RepositoryPattern[],
): Requirement {
  const registry = armIdName(registryId);
  const words = { role: roles.repositoryReader.name, who: who.name, registry, what: listPatterns(repositories) };
  /** Judged as what a cache rule's identity holds is: the same roles count, and the same conditions are understood. */
  const assess = async (context: WalkContext): Promise<GrantReport> =>
    assessGrants(
      { registryId, access: 'condition', repositories },
      await readAssignments(context, registryId, who.principalId),
    );
  return {
    id: `ownAccess:${registryId.toLowerCase()}`,
    ...aboutAssignments(registryId),
    needs: [],
    describe: () => ({
      title: l10n.t('Give yourself {0}', shortRoleName(words.role)),
      todo: l10n.t('On {0}, only {1} (you are {2})', registry, words.what, words.who),
      done: l10n.t('You ({0}) can now read {1} in {2}.', words.who, words.what, registry),
    }),

    async inspect(context): Promise<Inspection> {
      const report = await assess(context);
      const { evidence } = report;
      if (report.missing.length === 0) {
        const reason = l10n.t('You ({0}) can read {1} in {2}.', words.who, words.what, registry);
        return satisfied(reason, evidence);
      }
      return report.unwritable
        ? conflicting(notUnderstood(report), evidence)
        : missing(
            l10n.t('You ({0}) cannot read {1} in {2} yet.', words.who, listPatterns(report.missing), registry),
            evidence,
          );
    },

    async satisfy(context) {
      // The condition is replaced as a whole: what it is now counts.
      const report = await assess(unreadContext(context));
      if (report.missing.length === 0) return;
      if (report.unwritable) throw new Error(notUnderstood(report));
      const { extendable } = report;
      const condition = extendable
        ? extendCondition(extendable.condition, report.missing)
        : accepted(generateCondition(repositories));
      if (!condition.ok) throw new Error(condition.problem.message);
      await assignRole(context, {
        scope: registryId,
        name: extendable?.name ?? roleAssignmentName(registryId, who.principalId, roles.repositoryReader.id),
        roleId: roles.repositoryReader.id,
        principalId: who.principalId,
        principalType: who.principalType,
        description: extendable?.description ?? 'Lets its holder check what cache rules read from this registry.',
        condition: condition.value,
      });
    },
  };
}

function notUnderstood({ unwritable }: GrantReport): string {
  return l10n.t(
    'This extension does not understand the condition of your role. Add the repositories to it manually. Role: {0}. Condition: {1}',
    roles.repositoryReader.name,
    unwritable?.condition ?? '',
  );
}
