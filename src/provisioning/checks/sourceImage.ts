import * as l10n from '@vscode/l10n';
import { mapBounded } from '../../common/mapBounded.ts';
import { isAzureError } from '../../azure/errors.ts';
import { orError, undefinedIf } from '../../azure/failures.ts';
import { imageOf } from '../../domain/imageReference.ts';
import { armIdName } from '../../domain/armId.ts';
import { explainFailure } from '../engine/failureAdvice.ts';
import { readRegistry } from '../engine/reads.ts';
import type { Finding, RepositoryMapping, WalkContext } from '../types.ts';
import { caution, notApplicable, ok, problem, type PlanCheck, type RuleCheck, unknown, warning } from './check.ts';
import { readSample } from './sample.ts';

/** Repository and tag are there upstream, as the signed-in user sees it. */
export const sourceExists: RuleCheck & PlanCheck = {
  id: 'sourceExists',
  title: () => l10n.t('Source image'),
  pull: 'proves',
  needs: () => l10n.t('a role that allows reading the repository, such as "Container Registry Repository Reader"'),
  async run(facts) {
    const sample = await readSample(facts);
    if (!sample) return notApplicable('imageNone', l10n.t('No repository that the wildcard covers is known yet.'));
    const { upstream, sourceRepository, reference } = sample;
    if (!upstream) return upstreamNotVisible();
    const { signal } = facts.context;
    const source = `${upstream.loginServer}/${sourceRepository}`;
    if (!(await upstream.repositoryExists(sourceRepository, { signal }))) {
      return problem(
        'sourceMissing',
        l10n.t('The upstream no longer has repository {0}.', source),
        l10n.t('Push it there, or replace the rule with one that has the right source.'),
      );
    }
    if (reference === undefined) {
      return unknown(
        'tagUnknown',
        l10n.t('{0} exists, but no tag of it is known.', source),
        l10n.t('Push an image there, or diagnose with a tag.'),
      );
    }
    const image = imageOf(source, reference);
    const found = await undefinedIf(['notFound'], upstream.headManifest(sourceRepository, reference, { signal }));
    if (found) return ok('sourceExists', l10n.t('{0} exists in the upstream.', image), [{ text: found.digest }]);
    return sample.storedDigest === undefined
      ? problem('tagMissing', l10n.t('The upstream has no image {0}.', image), l10n.t('Check the tag.'))
      : warning(
          'tagRemoved',
          l10n.t('The upstream no longer has image {0}; the registry still serves its copy.', image),
          l10n.t('If the image should be deleted here too, evict the cached tag.'),
        );
  },
  /** Only a warning: what is missing may be pushed later. */
  async beforeWrite({ context, wanted: { mappings, source } }) {
    return (await mapBounded(mappings, 8, (mapping) => checkSource(context, source.id, mapping))).flat();
  },
};

async function checkSource(
  context: WalkContext,
  registryId: string,
  { source }: RepositoryMapping,
): Promise<Finding[]> {
  if (source.kind !== 'repository') return [];
  const { repository } = source;
  const name = armIdName(registryId);
  const exists = await orError(
    readRegistry(context, registryId).then((registry) =>
      context.azure.registry(registry).repositoryExists(repository, { signal: context.signal }),
    ),
  );
  if (exists instanceof Error) {
    const why =
      isAzureError(exists, 'forbidden') || isAzureError(exists, 'unauthenticated')
        ? l10n.t('You cannot read it; the identity needs its own access anyway.')
        : explainFailure(exists);
    const text = l10n.t('Could not check whether {0} exists in {1}. {2}', repository, name, why);
    return [caution('sourceUnknown', text, 'unknown')];
  }
  if (exists) return [];
  const text = l10n.t('{0} has no repository {1}. Check the name; pulls fail until it exists.', name, repository);
  return [caution('sourceMissing', text)];
}

/** The cached tag still is what the upstream's is. Azure compares again when it is pulled, at most every five minutes (Azure/acr#860). */
export const tagFresh: RuleCheck = {
  id: 'tagFresh',
  title: () => l10n.t('Age of the cached tag'),
  pull: 'independent',
  needs: () => l10n.t('a role that allows reading the repository, such as "Container Registry Repository Reader"'),
  async run(facts) {
    const sample = await readSample(facts);
    const { reference, upstream, storedDigest } = sample ?? {};
    if (!sample || reference === undefined || storedDigest === undefined) {
      const [error] = sample?.unreadable ?? [];
      if (error) throw error;
      return notApplicable(
        'imageNone',
        sample && reference !== undefined
          ? l10n.t('{0} is not cached yet.', imageOf(sample.repository, reference))
          : l10n.t('No image of the rule is known yet.'),
      );
    }
    if (reference === storedDigest) {
      return notApplicable(
        'pulledByDigest',
        l10n.t('The cached image was pulled by digest, so it cannot become stale.'),
      );
    }
    if (!upstream) return upstreamNotVisible();
    const image = imageOf(sample.repository, reference);
    const options = { signal: facts.context.signal };
    const found = await undefinedIf(['notFound'], upstream.headManifest(sample.sourceRepository, reference, options));
    if (!found) return notApplicable('tagRemoved', l10n.t('The upstream no longer has this tag.'));
    const evidence = [{ text: l10n.t('Cached: {0}', storedDigest) }, { text: l10n.t('Upstream: {0}', found.digest) }];
    return found.digest === storedDigest
      ? ok('tagFresh', l10n.t('{0} is the same as in the upstream.', image), evidence)
      : warning(
          'tagStale',
          l10n.t('{0} is stale: the tag has changed in the upstream since it was cached.', image),
          l10n.t('Pull it again after five minutes, or evict the cached tag so that the next pull copies it again.'),
          { evidence },
        );
  },
};

function upstreamNotVisible(): Finding {
  const reason = l10n.t('Only Azure container registries you can see can be checked.');
  return notApplicable('upstreamNotVisible', reason);
}
