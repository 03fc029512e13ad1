import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { parseRepositoryPattern, patternCovers } from '../../domain/repositoryPattern.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { withoutCachedTag } from '../../provisioning/requirements/withoutCachedTag.ts';
import type { ApplyResult } from '../../provisioning/types.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { listTags } from '../shared/tags.ts';
import { askRepositoryAndTag, tagRow } from '../verify/subject.ts';
import { pick } from '../pages/pick.ts';
import { note } from '../pages/lines.ts';
import { reviewAndApply } from '../review/apply.ts';
import { changeOf, type Change, type Offer } from '../review/change.ts';

/**
 * "Reset Cached Tag…": asks which cached tag, unless it is given, then plans, reviews and applies its deletion, so that the next pull copies it again.
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError; Error if the rule's target cannot be understood; CancellationError
 */
export async function resetTag(
  services: Services,
  rule: CacheRule,
  given: { readonly repository?: string; readonly tag?: string } = {},
): Promise<ApplyResult | undefined> {
  const { azure, registry } = await whileOpening(
    services,
    vscode.l10n.t('Reset Cached Tag of {0}', rule.name),
    async (azure, signal) => ({ azure, registry: await azure.registries.get(rule.registryId, { signal }) }),
  );
  const chosen = await askCachedTag(azure, registry, rule, given);
  if (!chosen) return undefined;
  const { repository, tag } = chosen;
  const requirements = [withoutCachedTag(registry, rule, repository, tag)];
  const verify: Offer = {
    title: vscode.l10n.t('Verify by Pulling'),
    run: async () => {
      const { runVerify } = await import('../verify/verify.ts');
      await runVerify(services, { ruleId: rule.id, tag });
    },
  };
  return reviewAndApply(services, changeOf({ requirements }, textsOf(`${repository}:${tag}`), [verify]));
}

function textsOf(image: string): Change['texts'] {
  return {
    page: vscode.l10n.t('Reset Cached Tag: {0}', vscode.l10n.t('Review')),
    start: vscode.l10n.t('Reset'),
    blocked: vscode.l10n.t('Cannot be reset'),
    activity: vscode.l10n.t('Resetting {0}', image),
    complete: '',
    cancelled: vscode.l10n.t('Resetting {0} was cancelled.', image),
    failed: (reason) => vscode.l10n.t('Resetting {0} failed: {1}', image, reason),
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
  return askRepositoryAndTag(subject, (page) => vscode.l10n.t('Reset Cached Tag: {0}', page), {
    repository: (frame) =>
      pick<string>(frame, {
        placeholder: vscode.l10n.t('Choose a repository that {0} has cached', rule.name),
        load: async (show, signal) => {
          const all = await azure.registry(registry).repositories({ signal });
          const cached = all.filter((name) => patternCovers(pattern, name));
          show(cached.length > 0 ? cached.map((name) => ({ label: name, value: name })) : [nothingCached(rule)]);
        },
      }),
    tag: (name, frame) =>
      pick<string>(frame, {
        placeholder: vscode.l10n.t('Choose the tag of {0} that the next pull shall copy again', name),
        load: async (show, signal) => {
          const { tags, failure } = await listTags(azure, registry, name, signal);
          if (failure) throw failure;
          show(tags.length > 0 ? tags.map(tagRow) : [nothingCached(rule)]);
        },
      }),
  });
}

function nothingCached(rule: CacheRule) {
  return note('info', vscode.l10n.t('{0} has cached nothing yet', rule.name));
}
