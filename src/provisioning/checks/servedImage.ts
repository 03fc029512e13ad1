import * as l10n from '@vscode/l10n';
import { isAzureError, isCancelled } from '../../azure/errors.ts';
import { ifReadable } from '../../azure/failures.ts';
import { imageOf } from '../../domain/imageReference.ts';
import { predatesRule } from '../../domain/ruleVerdict.ts';
import type { Evidence, Finding } from '../types.ts';
import {
  formatPlatform,
  platformEvidence,
  probeCache,
  probePlatforms,
  type PlatformState,
} from '../verification/cacheProbe.ts';
import { explainPullError, isOfTheRule } from '../verification/pullErrors.ts';
import { notApplicable, ok, problem, type RuleCheck, unknown, warning } from './check.ts';
import { isDenial, readSample, readTarget, type Sample } from './sample.ts';

/** The registry answers for the image, from its own store or through the rule. */
export const pullable: RuleCheck = {
  id: 'pullable',
  title: () => l10n.t('Registry response for the image'),
  pull: 'proves',
  needs: () => l10n.t('a role that allows pulling from the registry'),
  async run(facts) {
    const sample = await readSample(facts);
    if (!sample) {
      return unknown(
        'repositoryUnknown',
        l10n.t('No repository that the wildcard covers is known yet, so no image could be requested.'),
        l10n.t('Pull one through the rule with "Verify by Pulling", then diagnose again.'),
      );
    }
    if (sample.reference === undefined) {
      const [error] = sample.unreadable;
      if (error) throw error;
      return unknown(
        'tagUnknown',
        l10n.t('No tag is known in either registry, so no image could be requested.'),
        l10n.t('Push an image to the source, or diagnose with a tag.'),
      );
    }
    const image = imageOf(sample.repository, sample.reference);
    try {
      const { digest, fromUpstream } = await readTarget(facts, sample, sample.reference);
      const evidence = [{ text: digest }];
      if (!fromUpstream && predatesRule(sample.storedAt, await facts.rule())) {
        const reason = l10n.t('{0} can be pulled, but the registry already had it before the rule was created.', image);
        return ok('servedFromBefore', reason, evidence);
      }
      const reason = fromUpstream
        ? l10n.t('{0} can be pulled; it comes from upstream.', image)
        : l10n.t('{0} can be pulled; it comes from the registry itself.', image);
      return { ...ok('served', reason, evidence), served: true };
    } catch (error) {
      if (!isAzureError(error) || error.kind === 'cancelled' || isDenial(error)) throw error;
      const explained = explainPullError(error);
      const { code, message, request, correlationId } = error;
      const evidence = [{ text: `${code}: ${message}`, request, correlationId }];
      return isOfTheRule(explained)
        ? problem('notPullable', l10n.t('{0} cannot be pulled. {1}', image, explained.reason), explained.next, {
            evidence,
          })
        : unknown('pullUnknown', l10n.t('Could not be checked: {0}', message), explained.next, { evidence });
    }
  },
};

/**
 * Whether the registry holds the image, which platforms of it, and which of them cannot be had at all. Not being cached yet is no
 * fault: only a pull starts the copy.
 */
export const cached: RuleCheck = {
  id: 'cached',
  title: () => l10n.t('Cached image'),
  pull: 'independent',
  needs: () => l10n.t('a role that allows reading images in the registry'),
  async run(facts) {
    const sample = await readSample(facts);
    if (sample?.reference === undefined && sample?.unreadable[0]) throw sample.unreadable[0];
    if (sample?.reference === undefined)
      return notApplicable('imageNone', l10n.t('No image of the rule is known yet.'));
    const { signal } = facts.context;
    const { repository, downstream, reference } = sample;
    const image = imageOf(repository, reference);
    const target = await readTarget(facts, sample, reference).catch((error: unknown) => {
      if (error instanceof Error && !isCancelled(error) && isOfTheRule(explainPullError(error))) return undefined;
      throw error;
    });
    if (!target)
      return notApplicable('imageNotPullable', l10n.t('{0} cannot be pulled, so it cannot be cached.', image));
    if (target.fromUpstream) return notCachedYet(sample, image, signal);
    const probed = { downstream, repository, signal };
    const seen = await probeCache(probed, reference);
    const platforms = await probePlatforms(probed, seen.platforms);
    const evidence = platforms.map(platformEvidence);
    if (seen.storedUnknown && isDenial(seen.storedUnknown)) throw seen.storedUnknown;
    if (seen.storedUnknown) {
      return unknown(
        'metadataUnreadable',
        l10n.t('Could not be checked: {0}', seen.storedUnknown.message),
        l10n.t("You lack permission to read the repository's metadata; ask for it."),
        { evidence },
      );
    }
    if (!seen.stored) {
      return unknown(
        'manifestNotListed',
        l10n.t('Could not be checked: the registry serves {0} itself, but does not list it.', image),
        l10n.t('Diagnose again.'),
        { evidence },
      );
    }
    const count = platforms.filter((platform) => platform.cached).length;
    return (
      judgePlatforms(image, platforms, evidence) ??
      ok(
        'cached',
        platforms.length === 0
          ? l10n.t('{0} is cached.', image)
          : l10n.t('{0} is cached, for {1} of its {2} platforms.', image, count, platforms.length),
        evidence,
      )
    );
  },
};

/** The platforms are those of the upstream's index: reading it in the registry might start the copy. */
async function notCachedYet(sample: Sample, image: string, signal: AbortSignal): Promise<Finding> {
  const { repository, downstream } = sample;
  const stored = await downstream.storedManifests(repository, { signal });
  if (stored.length === 0 && (await downstream.repositoryExists(repository, { signal }))) {
    return warning(
      'copyMissing',
      l10n.t('{0} was pulled, but not cached: its repository is empty.', repository),
      l10n.t("Check the registry's network rules. If they are right, pull again and wait a few minutes."),
    );
  }
  const holds = new Set(stored.map(({ digest }) => digest));
  const states = (await upstreamPlatforms(sample, signal)).map((one) => ({ ...one, cached: holds.has(one.digest) }));
  const platforms = await probePlatforms({ downstream, repository, signal }, states);
  const found = judgePlatforms(image, platforms, platforms.map(platformEvidence));
  if (found) return found;
  return ok(
    'notCachedYet',
    stored.length > 0
      ? l10n.t(
          '{0} is not cached yet, but {1} other manifests of its repository are. The next pull starts the copy.',
          image,
          stored.length,
        )
      : l10n.t('{0} is not cached yet. The first pull starts the copy.', image),
  );
}

/** None where the signed-in user may not read the upstream. */
async function upstreamPlatforms({ upstream, sourceRepository, reference = '' }: Sample, signal: AbortSignal) {
  const found = await ifReadable(async () => upstream?.getManifest(sourceRepository, reference, { signal }));
  return found?.platforms ?? [];
}

/**
 * That some platforms, or all, cannot be had; each is named in the evidence too. Undefined: all can.
 * @throws the error of a platform that could not be asked for, when none is known to be missing
 */
function judgePlatforms(image: string, platforms: readonly PlatformState[], evidence: Evidence[]): Finding | undefined {
  const gone = platforms.filter(({ failure }) => failure);
  // Who was just served the index is not refused here: the rule is, of which the checks of its permission tell.
  const unasked = platforms
    .flatMap((platform) => platform.unasked ?? [])
    .find((error) => !isAzureError(error, 'forbidden'));
  if (gone.length === 0 && unasked) throw unasked;
  if (gone.length === 0) return undefined;
  const names = gone.map(({ platform }) => formatPlatform(platform)).join(', ');
  const reason = l10n.t("{0} cannot be pulled for {1}: the platform's manifest cannot be fetched.", image, names);
  const next = gone.some(({ failure }) => failure?.mayPass)
    ? l10n.t('Pull again in a few minutes. If it still fails, push the image with all its platforms to the source.')
    : l10n.t('Push the image with all its platforms to the source.');
  return gone.length < platforms.length
    ? warning('platformMissing', reason, next, { evidence })
    : problem('platformsMissing', reason, next, { evidence });
}
