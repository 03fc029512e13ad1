import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { parseRepositoryPattern, patternCovers } from '../../domain/repositoryPattern.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { withoutCachedTag } from '../../provisioning/requirements/absence/withoutCachedTag.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { icon } from '../shared/icon.ts';
import { whileOpening } from '../pages/opening.ts';
import type { Services } from '../services/services.ts';
import { listTags } from '../shared/tags.ts';
import { askRepositoryAndTag, tagRow } from '../verify/subject.ts';
import { pick } from '../pages/pick.ts';
import { applyWithProgress } from '../review/apply.ts';
import { askAndReview } from '../review/review.ts';
import { changeOf, type Change, type Offer } from '../review/change.ts';

/**
 * "Evict Cached Tag…": asks which cached tag, unless it is given, then plans, reviews and applies its deletion, so that the next pull
 * copies it again.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError; Error if the rule's target cannot be understood; CancellationError
 */
export async function resetTag(
  services: Services,
  rule: CacheRule,
  given: { readonly repository?: string; readonly tag?: string } = {},
): Promise<ApplyResult | undefined> {
  const { azure, registry } = await whileOpening(services, titleOf(rule), async (azure, signal) => ({
    azure,
    registry: await azure.registries.get(rule.registryId, { signal }),
  }));
  const ask = async (): Promise<Change | undefined> => {
    const chosen = await askCachedTag(azure, registry, rule, given);
    return chosen && evictionOf(registry, rule, chosen.repository, chosen.tag);
  };
  const isAsked = given.repository === undefined || given.tag === undefined;
  const answer = await askAndReview(services, azure, ask, isAsked);
  return answer.kind === 'apply' ? applyWithProgress(services, azure, answer.change, answer.plan) : undefined;
}

function evictionOf(registry: Registry, rule: CacheRule, repository: string, tag: string): Change {
  const requirements = [withoutCachedTag(registry, rule, repository, tag)];
  const verify: Offer = {
    title: vscode.l10n.t('Verify by Pulling'),
    run: async (services) => {
      const { runVerify } = await import('../verify/verify.ts');
      await runVerify(services, { ruleId: rule.id, repository, tag });
    },
  };
  return changeOf({ requirements }, textsOf(`${repository}:${tag}`), [verify]);
}

function titleOf(rule: CacheRule): string {
  return vscode.l10n.t('Evict Cached Tag of {0}', rule.name);
}

function textsOf(image: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Evict {0}', image),
    start: vscode.l10n.t('Evict'),
    blocked: vscode.l10n.t('Cannot Be Evicted'),
    activity: vscode.l10n.t('Evicting {0}', image),
    complete: vscode.l10n.t('{0} was evicted; the next pull copies it again.', image),
    cancelled: vscode.l10n.t('Evicting {0} was cancelled.', image),
    failed: (reason) => vscode.l10n.t('Evicting {0} failed: {1}', image, reason),
  };
}

/** The repository, unless the rule is for one, and the tag, as far as they are not given. */
function askCachedTag(
  azure: Azure,
  registry: Registry,
  rule: CacheRule,
  given: { readonly repository?: string; readonly tag?: string },
) {
  const target = parseRepositoryPattern(rule.targetRepository);
  if (!target.ok) throw new Error(target.problem.message);
  const pattern = target.value;
  const fixed = pattern.kind === 'repository' ? pattern.repository : undefined;
  const { repository, tag } = given;
  const isGiven = repository !== undefined && patternCovers(pattern, repository);
  const subject = isGiven ? { repository, tag } : { repository: fixed };
  return askRepositoryAndTag(subject, () => titleOf(rule), {
    repository: (frame) =>
      pick<string>(frame, {
        placeholder: vscode.l10n.t('Choose a cached repository'),
        load: async (show, signal) => {
          const all = await azure.registry(registry).repositories({ signal });
          const cached = all.filter((name) => patternCovers(pattern, name));
          const rows = cached.map((name) => ({ iconPath: icon('package'), label: name, value: name }));
          show(rows, rows.length === 0 ? nothingCached(rule) : '');
        },
      }),
    tag: (name, frame) =>
      pick<string>(frame, {
        placeholder: vscode.l10n.t('Choose the tag of {0} to evict', name),
        load: async (show, signal) => {
          const { tags, failure } = await listTags(azure, registry, name, signal);
          if (failure) throw failure;
          show(tags.map(tagRow), tags.length === 0 ? nothingCached(rule) : '');
        },
      }),
  });
}

function nothingCached(rule: CacheRule): string {
  return vscode.l10n.t('Cache rule {0} has cached nothing yet.', rule.name);
}
