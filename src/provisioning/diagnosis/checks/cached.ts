import * as l10n from '@vscode/l10n';
import { isCancelled } from '../../../azure/errors.ts';
import { formatPlatform, probeCache } from '../../cacheProbe.ts';
import { explainPullError } from '../../pullErrors.ts';
import type { Evidence } from '../../types.ts';
import { notApplicable, ok, unknown, warning, type Check } from '../check.ts';
import { isDenial } from '../ownReading.ts';
import { isOfTheRule, readTarget } from '../readTarget.ts';
import { readSample } from '../sample.ts';

/** Whether the registry holds the image and which platforms of it. Not being cached yet is no fault: only a pull starts the copy. */
export const cached: Check = {
  id: 'cached',
  title: () => l10n.t('Cached image'),
  pull: 'independent',
  needs: () => l10n.t('a role that lets images of the registry be read'),
  async run(facts) {
    const sample = await readSample(facts);
    if (sample?.tag === undefined && sample?.unreadable[0]) throw sample.unreadable[0];
    if (sample?.tag === undefined) return notApplicable(l10n.t('No image of the rule is known yet.'));
    const { signal } = facts.context;
    const { repository, downstream, tag } = sample;
    const image = `${repository}:${tag}`;
    const target = await readTarget(facts, sample, tag).catch((error: unknown) => {
      if (error instanceof Error && !isCancelled(error) && isOfTheRule(explainPullError(error))) return undefined;
      throw error;
    });
    if (!target) return notApplicable(l10n.t('{0} cannot be pulled, so nothing of it can be cached.', image));
    if (target.fromUpstream) {
      const stored = await downstream.storedManifests(repository, { signal });
      if (stored.length > 0) {
        return ok(l10n.t('{0} is not cached yet; the next pull starts the copy.', image));
      }
      return (await downstream.repositoryExists(repository, { signal }))
        ? warning(
            l10n.t('{0} was pulled, but nothing of it is cached: the repository is there and empty.', repository),
            l10n.t('Check the network rules above; else pull again and give the copy some minutes.'),
          )
        : ok(l10n.t('{0} is not cached yet; the first pull starts the copy.', image));
    }
    const seen = await probeCache(downstream, repository, tag, signal);
    const evidence: Evidence[] = seen.platforms.map(({ platform, digest, cached: isCached }) => ({
      text: isCached
        ? l10n.t('{0}: cached ({1})', formatPlatform(platform), digest)
        : l10n.t('{0}: fetched on its first pull ({1})', formatPlatform(platform), digest),
    }));
    if (isDenial(seen.storedUnknown)) throw seen.storedUnknown;
    if (seen.storedUnknown) {
      return unknown(
        l10n.t('Could not be checked: {0}', seen.storedUnknown.message),
        l10n.t('You may not read the metadata of the repository; ask for the permission.'),
        { evidence },
      );
    }
    if (!seen.stored) {
      return unknown(
        l10n.t(
          'Could not be checked: the registry serves {0} itself, but does not list it among what it holds.',
          image,
        ),
        l10n.t('Diagnose again.'),
        { evidence },
      );
    }
    const count = seen.platforms.filter((platform) => platform.cached).length;
    return ok(
      seen.platforms.length === 0
        ? l10n.t('{0} is cached.', image)
        : l10n.t('{0} is cached, for {1} of its {2} platforms.', image, count, seen.platforms.length),
      evidence,
    );
  },
};
