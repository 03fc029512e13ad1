import * as l10n from '@vscode/l10n';
import { undefinedIf } from '../../azure/failures.ts';
import { notApplicable, ok, warning, type RuleCheck } from './check.ts';
import { imageOf, readSample } from './sample.ts';

/** The cached tag still is what the upstream's is. Azure compares again when it is pulled, at most every five minutes (Azure/acr#860). */
export const tagFresh: RuleCheck = {
  id: 'tagFresh',
  title: () => l10n.t('Age of the cached tag'),
  pull: 'independent',
  needs: () => l10n.t('a role that lets the repository be read, such as "Container Registry Repository Reader"'),
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
        l10n.t('What is cached was pulled by digest, which no tag can move on from.'),
      );
    }
    if (!upstream)
      return notApplicable(
        'upstreamNotVisible',
        l10n.t('Only container registries of Azure that are visible can be asked.'),
      );
    const image = imageOf(sample.repository, reference);
    const options = { signal: facts.context.signal };
    const found = await undefinedIf(['notFound'], upstream.headManifest(sample.sourceRepository, reference, options));
    if (!found) return notApplicable('tagRemoved', l10n.t('The upstream has no such tag any more.'));
    const evidence = [{ text: l10n.t('Cached: {0}', storedDigest) }, { text: l10n.t('Upstream: {0}', found.digest) }];
    return found.digest === storedDigest
      ? ok('tagFresh', l10n.t('{0} is the same here and upstream.', image), evidence)
      : warning(
          'tagStale',
          l10n.t('{0} is stale: the tag has moved on upstream since it was cached.', image),
          l10n.t('Pull it again after five minutes, or reset the cached tag, so that the next pull copies anew.'),
          { evidence },
        );
  },
};
