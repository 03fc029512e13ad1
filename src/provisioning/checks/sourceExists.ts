import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { notApplicable, ok, problem, unknown, warning, type Check } from '../diagnosis/check.ts';
import { imageOf, readSample } from '../diagnosis/sample.ts';

/** Repository and tag are there upstream, as the signed-in user sees it. */
export const sourceExists: Check = {
  id: 'sourceExists',
  title: () => l10n.t('Source image'),
  pull: 'proves',
  needs: () => l10n.t('a role that lets the repository be read, such as "Container Registry Repository Reader"'),
  async run(facts) {
    const sample = await readSample(facts);
    if (!sample) return notApplicable(l10n.t('No repository of the wildcard is known yet.'));
    const { upstream, sourceRepository, reference } = sample;
    if (!upstream) {
      return notApplicable(l10n.t('Only container registries of Azure that are visible can be asked.'));
    }
    const { signal } = facts.context;
    const source = `${upstream.loginServer}/${sourceRepository}`;
    if (!(await upstream.repositoryExists(sourceRepository, { signal }))) {
      return problem(
        l10n.t('The upstream has no repository {0} any more.', source),
        l10n.t('Push it there, or replace the rule by one with the right source.'),
      );
    }
    if (reference === undefined) {
      return unknown(
        l10n.t('{0} exists, but no tag of it is known.', source),
        l10n.t('Push an image there, or diagnose with a tag.'),
      );
    }
    try {
      const { digest } = await upstream.headManifest(sourceRepository, reference, { signal });
      return ok(l10n.t('{0} exists upstream.', imageOf(source, reference)), [{ text: digest }]);
    } catch (error) {
      if (!isAzureError(error, 'notFound')) throw error;
      return sample.storedDigest === undefined
        ? problem(l10n.t('The upstream has no image {0}.', imageOf(source, reference)), l10n.t('Check the tag.'))
        : warning(
            l10n.t(
              'The upstream has no image {0} any more; the registry still serves its copy.',
              imageOf(source, reference),
            ),
            l10n.t('If the image should be gone here too, delete the cached tag.'),
          );
    }
  },
};
