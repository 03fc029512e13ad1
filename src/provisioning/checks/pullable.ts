import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { predatesRule } from '../../domain/ruleVerdict.ts';
import { explainPullError, isOfTheRule } from '../verification/pullErrors.ts';
import { ok, problem, unknown, type RuleCheck } from './check.ts';
import { imageOf, isDenial, readSample, readTarget } from './sample.ts';

/** The registry answers for the image, from its own store or through the rule. */
export const pullable: RuleCheck = {
  id: 'pullable',
  title: () => l10n.t('Answer of the registry for the image'),
  pull: 'proves',
  needs: () => l10n.t('a role that lets images be pulled from the registry'),
  async run(facts) {
    const sample = await readSample(facts);
    if (!sample) {
      return unknown(
        'repositoryUnknown',
        l10n.t('No repository that the wildcard covers is known yet, so no image could be asked for.'),
        l10n.t('Pull one through the rule with "Verify by Pulling", then diagnose again.'),
      );
    }
    if (sample.reference === undefined) {
      const [error] = sample.unreadable;
      if (error) throw error;
      return unknown(
        'tagUnknown',
        l10n.t('No tag is known, neither here nor upstream, so no image could be asked for.'),
        l10n.t('Push an image to the source, or diagnose with a tag.'),
      );
    }
    const image = imageOf(sample.repository, sample.reference);
    try {
      const { digest, fromUpstream } = await readTarget(facts, sample, sample.reference);
      const evidence = [{ text: digest }];
      if (!fromUpstream && predatesRule(sample.storedAt, await facts.rule())) {
        const reason = l10n.t(
          '{0} can be pulled, but the registry has had it since before the rule was created.',
          image,
        );
        return ok('servedFromBefore', reason, evidence);
      }
      const reason = fromUpstream
        ? l10n.t('{0} can be pulled; it comes from upstream.', image)
        : l10n.t('{0} can be pulled; the registry has it itself.', image);
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
