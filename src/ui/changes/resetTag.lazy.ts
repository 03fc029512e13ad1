import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { parseRepositoryPattern, patternCovers } from '../../domain/repositoryPattern.ts';
import type { CacheRule, Registry } from '../../domain/types.ts';
import { resetTag as forgetTag, type ResetTagResult } from '../../provisioning/changes/resetTag.ts';
import { runCommand } from '../shared/errors.ts';
import { whileOpening } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { listTags } from '../shared/tags.ts';
import { tagRow } from '../verify/subject.ts';
import { pick } from '../pages/pick.ts';
import { type Frame, note } from '../pages/quickInput.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { withCancel } from '../shared/withCancel.ts';

interface Choice {
  readonly repository: string;
  readonly tag: string;
}

/**
 * "Reset Cached Tag…": asks which cached tag, confirms, and deletes it, so that the next pull copies it again.
 * @returns what was done, or undefined if the user left
 * @throws AzureError; Error if the rule's target cannot be understood; CancellationError
 */
export async function resetTag(services: Services, rule: CacheRule): Promise<ResetTagResult | undefined> {
  const { azure, registry } = await whileOpening(
    services,
    vscode.l10n.t('Reset Cached Tag of {0}', rule.name),
    async (azure, signal) => ({ azure, registry: await azure.registries.get(rule.registryId, { signal }) }),
  );
  const chosen = await askCachedTag(azure, registry, rule);
  if (!chosen) return undefined;
  const image = `${registry.loginServer}/${chosen.repository}:${chosen.tag}`;
  const reset = vscode.l10n.t('Reset');
  const answer = await showWarningMessage(
    vscode.l10n.t('Reset the cached tag {0}?', image),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Deletes the tag and its images from {0}, except images that other tags need. The next pull copies it from {1} again. The source is not changed.',
        registry.name,
        rule.sourceRepository,
      ),
    },
    reset,
  );
  if (answer !== reset) return undefined;
  const result = await withCancel(vscode.l10n.t('Resetting {0}', image), (_, signal) =>
    forgetTag(azure, rule, chosen.repository, chosen.tag, { signal }),
  );
  services.log.info(`${result.sentence} ${result.deleted.join(', ')}`);
  void offerPull(services, rule, chosen, result);
  return result;
}

async function offerPull(services: Services, rule: CacheRule, { tag }: Choice, { sentence }: ResetTagResult) {
  const pull = vscode.l10n.t('Verify by Pulling');
  if ((await showInformationMessage(sentence, pull)) !== pull) return;
  await runCommand(vscode.l10n.t('Verifying cache rule "{0}"', rule.name), services.log, async () => {
    const { runVerify } = await import('../verify/verify.ts');
    await runVerify(services, { ruleId: rule.id, tag });
  });
}

/** The repository, unless the rule is for one, and the tag, with Back between them. */
async function askCachedTag(azure: Azure, registry: Registry, rule: CacheRule): Promise<Choice | undefined> {
  const target = parseRepositoryPattern(rule.targetRepository);
  if (!target.ok) throw new Error(target.problem.message);
  const pattern = target.value;
  const fixed = pattern.kind === 'repository' ? pattern.repository : undefined;
  const total = fixed === undefined ? 2 : 1;
  const frame = (name: string, number: number): Frame => ({
    title: vscode.l10n.t('Reset Cached Tag: {0}', name),
    number,
    total,
    canGoBack: number > 1,
  });
  for (;;) {
    let repository = fixed;
    if (repository === undefined) {
      const answer = await pick<string>(frame(vscode.l10n.t('Repository'), 1), {
        placeholder: vscode.l10n.t('Choose a repository that {0} has cached', rule.name),
        load: async (show, signal) => {
          const all = await azure.registry(registry).repositories({ signal });
          const cached = all.filter((name) => patternCovers(pattern, name));
          show(cached.length > 0 ? cached.map((name) => ({ label: name, value: name })) : [nothingCached(rule)]);
        },
      });
      if (answer.kind !== 'value') return undefined;
      repository = answer.value;
    }
    const answer = await askTag(azure, registry, rule, repository, frame(vscode.l10n.t('Tag'), total));
    if (answer.kind === 'value') return { repository, tag: answer.value };
    if (answer.kind === 'cancelled') return undefined;
  }
}

function askTag(azure: Azure, registry: Registry, rule: CacheRule, repository: string, page: Frame) {
  return pick<string>(page, {
    placeholder: vscode.l10n.t('Choose the tag of {0} that the next pull shall copy again', repository),
    load: async (show, signal) => {
      const { tags, failure } = await listTags(azure, registry, repository, signal);
      if (failure) throw failure;
      show(tags.length > 0 ? tags.map(tagRow) : [nothingCached(rule)]);
    },
  });
}

function nothingCached(rule: CacheRule) {
  return note('info', vscode.l10n.t('{0} has cached nothing yet', rule.name));
}
