import * as l10n from '@vscode/l10n';
import { isAzureError } from '../../azure/errors.ts';
import { predatesRule } from '../../domain/ruleVerdict.ts';
import { explainPullError } from '../verification/pullErrors.ts';
import { ok, problem, unknown, type Check } from '../diagnosis/check.ts';
import { isDenial } from '../diagnosis/ownReading.ts';
import { isOfTheRule, readTarget } from '../diagnosis/readTarget.ts';
import { imageOf, readSample } from '../diagnosis/sample.ts';

/** The registry answers for the image, from its own store or through the rule. */
export const pullable: Check = {
  id: 'pullable',
  title: () => l10n.t('Answer of the registry for the image'),
  pull: 'proves',
  needs: () => l10n.t('a role that lets images be pulled from the registry'),
  async run(facts) {
    const sample = await readSample(facts);
    if (!sample) {
      return unknown(
        l10n.t('No repository that the wildcard covers is known yet, so no image could be asked for.'),
        l10n.t('Pull one through the rule with "Verify by Pulling", then diagnose again.'),
      );
    }
    if (sample.reference === undefined) {
      const [error] = sample.unreadable;
      if (error) throw error;
      return unknown(
        l10n.t('No tag is known, neither here nor upstream, so no image could be asked for.'),
        l10n.t('Push an image to the source, or diagnose with a tag.'),
      );
    }
    const image = imageOf(sample.repository, sample.reference);
    try {
      const { digest, fromUpstream } = await readTarget(facts, sample, sample.reference);
      if (!fromUpstream && predatesRule(sample.storedAt, await facts.rule())) {
        return ok(l10n.t('{0} can be pulled, but the registry has had it since before the rule was created.', image), [
          { text: digest },
        ]);
      }
      const reason = fromUpstream
        ? l10n.t('{0} can be pulled; it comes from upstream.', image)
        : l10n.t('{0} can be pulled; the registry has it itself.', image);
      return { ...ok(reason, [{ text: digest }]), served: true };
    } catch (error) {
      if (!isAzureError(error) || error.kind === 'cancelled' || isDenial(error)) throw error;
      const explained = explainPullError(error);
      const evidence = [
        {
          text: `${error.code}: ${error.message}`,
          ...(error.request ? { request: error.request } : {}),
          ...(error.correlationId ? { correlationId: error.correlationId } : {}),
        },
      ];
      return isOfTheRule(explained)
        ? problem(l10n.t('{0} cannot be pulled. {1}', image, explained.reason), explained.next, { evidence })
        : unknown(l10n.t('Could not be checked: {0}', error.message), explained.next, { evidence });
    }
  },
};
