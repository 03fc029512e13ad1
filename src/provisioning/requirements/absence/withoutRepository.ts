import * as l10n from '@vscode/l10n';
import { armIdName, sameArmId } from '../../../domain/armId.ts';
import { createRuleIndex } from '../../../domain/ruleMatching.ts';
import type { CacheRule } from '../../../domain/types.ts';
import { missing } from '../../engine/inspection.ts';
import { readRegistry, readRules, registryKey, repositoriesKey, repositoryKey, rulesKey } from '../../engine/reads.ts';
import { isSameRule } from '../../../domain/sameRule.ts';
import type { Inspection, Requirement, WalkContext } from '../../types.ts';
import { findSurely, gone, keptFor, requireGone } from './absence.ts';

/**
 * The registry has no such repository any more: what the rule cached in it is gone, and what was pushed. One that another rule fills
 * stays.
 * @param rule as it was looked at; undefined: it is gone
 */
export function withoutRepository(registryId: string, repository: string, rule: CacheRule | undefined): Requirement {
  const subject = nameOfRepository(registryId, repository);
  const contentOf = async (context: WalkContext) => context.azure.registry(await readRegistry(context, registryId));
  const find = (context: WalkContext): Promise<true | undefined> =>
    context.memo(repositoryKey(registryId, repository), async () => {
      const content = await contentOf(context);
      return (await content.repositoryExists(repository, { signal: context.signal })) || undefined;
    });

  return {
    id: `withoutRepository:${repository}`,
    kind: 'withoutRepository',
    needs: [],
    isOptional: true,
    // Of what is in a registry ARM does not tell who may delete it.
    rights: [],
    reads: [registryKey(registryId), rulesKey(registryId), repositoriesKey(registryId)],
    writes: [repositoriesKey(registryId)],
    describe: () => ({
      title: l10n.t('Delete repository {0}', repository),
      todo: l10n.t('In {0}, with every image in it, also those that were pushed', armIdName(registryId)),
      done: l10n.t('Repository {0} in {1} was deleted.', repository, armIdName(registryId)),
      subject,
    }),

    async inspect(context): Promise<Inspection> {
      if (!(await findSurely(context, find))) return gone(subject);
      const evidence = [{ text: repository, resourceId: `${registryId}/repositories/${repository}` }];
      const rules = await readRules(context, registryId);
      const others = rules.filter((one) => !(rule && sameArmId(one.id, rule.id) && isSameRule(one, rule)));
      const user = createRuleIndex(others).match(repository)?.rule;
      const content = await contentOf(context);
      const size = context.assumesNeeds
        ? await content.repositorySize(repository, { signal: context.signal })
        : undefined;
      const sized = size === undefined ? {} : { size };
      if (user) return { ...keptFor([l10n.t('Cache rule {0} also writes to it.', user.name)], [], evidence), ...sized };
      const reason = l10n.t('No other cache rule writes to repository {0}.', repository);
      return missing(reason, evidence, { code: 'exists', fingerprint: {}, ...sized });
    },

    async satisfy(context) {
      const content = await contentOf(context);
      await content.deleteRepository(repository, { signal: context.signal });
      await requireGone(context, subject, find);
    },
  };
}

/** The repository as it is named where it is kept. */
export function nameOfRepository(registryId: string, repository: string): string {
  return l10n.t('Repository {0} in {1}', repository, armIdName(registryId));
}
