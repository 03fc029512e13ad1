import * as l10n from '@vscode/l10n';
import { isAzureError, isCancelled } from '../../../azure/errors.ts';
import { armIdName } from '../../../domain/armId.ts';
import { formatRepositoryPattern, patternCovers } from '../../../domain/repositoryPattern.ts';
import { explainFailure } from '../../engine/failureAdvice.ts';
import { readRegistry, repositoriesKey } from '../../engine/reads.ts';
import type { CacheLink, Finding, RepositoryMapping, WalkContext } from '../../types.ts';
import { blocking, type Inspections, type LinkContext, warning } from './findings.ts';

/**
 * The targets hold nothing yet: Azure refuses a rule over an existing repository (`TargetRepositoryAlreadyPresentInRegistry`,
 * `TargetRepositoryPrefixMatchesExistingRegistries`). Only for rules that are to be created, not for one that is written again.
 */
export async function checkTargets(context: LinkContext, inspections: Inspections): Promise<Finding[]> {
  const findings = await Promise.all(
    context.link.mappings.map(async (mapping): Promise<Finding[]> => {
      const rule = inspections.find(({ requirement }) => requirement.id === `cacheRule:${mapping.ruleName}`);
      // Both at once: the answer is dropped when the rule exists already.
      const [inspection, finding] = await Promise.all([rule?.inspection, checkTarget(context, context.link, mapping)]);
      const isNew = inspection?.verdict === 'missing' && inspection.resourceId === undefined;
      return isNew ? finding : [];
    }),
  );
  return findings.flat();
}

/** What keeps Azure from taking a new rule for the mapping's target, or why that is not known. */
export async function checkTarget(
  context: WalkContext,
  link: CacheLink,
  mapping: RepositoryMapping,
): Promise<Finding[]> {
  const name = armIdName(link.downstream.id);
  const target = formatRepositoryPattern(mapping.target);
  try {
    const { existing, isCut } = await findExisting(context, link.downstream.id, mapping);
    if (existing === undefined && isCut) {
      const message = l10n.t(
        'Whether {0} has repositories matching {1} is not certain: it has too many to look at all. If it does, Azure refuses the rule.',
        name,
        target,
      );
      return [warning('targetUnknown', message, link.downstream.id)];
    }
    if (existing === undefined) return [];
    const message =
      mapping.target.kind === 'repository'
        ? l10n.t(
            '{0} already has a repository {1}; Azure refuses a cache rule for it. Choose another target, for example cache/{1}, or delete the repository.',
            name,
            existing,
          )
        : l10n.t(
            '{0} already has repositories matching {1}, for example {2}; Azure refuses a cache rule for them. Choose another prefix.',
            name,
            target,
            existing,
          );
    return [blocking('targetExists', message, link.downstream.id)];
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    return [
      warning(
        'targetUnknown',
        l10n.t('Whether {0} exists in {1} could not be checked. {2}', target, name, explainFailure(error)),
        link.downstream.id,
      ),
    ];
  }
}

/** `isCut`: the registry has more repositories than were looked at. */
async function findExisting(
  context: WalkContext,
  registryId: string,
  mapping: RepositoryMapping,
): Promise<{ existing: string | undefined; isCut: boolean }> {
  const registry = await readRegistry(context, registryId);
  const content = context.azure.registry(registry);
  const { target } = mapping;
  if (target.kind === 'repository') {
    const exists = await content.repositoryExists(target.repository, { signal: context.signal });
    return { existing: exists ? target.repository : undefined, isCut: false };
  }
  const { names, isCut } = await context.memo(repositoriesKey(registry.id), async () => {
    let isCut = false;
    const names = await content.repositories({ signal: context.signal, onCut: () => (isCut = true) });
    return { names, isCut };
  });
  return { existing: names.find((repository) => patternCovers(target, repository)), isCut };
}

/** The sources exist upstream, as far as the signed-in user can see. Missing ones are only a warning: they may be pushed later. */
export async function checkSources(context: LinkContext): Promise<Finding[]> {
  const findings = await Promise.all(context.link.mappings.map((mapping) => checkSource(context, mapping)));
  return findings.flat();
}

async function checkSource(context: LinkContext, mapping: RepositoryMapping): Promise<Finding[]> {
  const { link } = context;
  const { source } = mapping;
  if (source.kind !== 'repository') return [];
  const name = armIdName(link.source.id);
  try {
    const content = context.azure.registry(await readRegistry(context, link.source.id));
    if (await content.repositoryExists(source.repository, { signal: context.signal })) return [];
    return [
      warning(
        'sourceMissing',
        l10n.t('{0} has no repository {1}. Check the name; pulls fail until it exists.', name, source.repository),
        link.source.id,
      ),
    ];
  } catch (error) {
    if (isCancelled(error) || !(error instanceof Error)) throw error;
    const why =
      isAzureError(error, 'forbidden') || isAzureError(error, 'unauthenticated')
        ? l10n.t('You may not read it; the identity needs its own permission anyway.')
        : explainFailure(error);
    return [
      warning(
        'sourceUnknown',
        l10n.t('Whether {0} exists in {1} could not be checked. {2}', source.repository, name, why),
        link.source.id,
      ),
    ];
  }
}
