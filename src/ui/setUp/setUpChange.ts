import * as vscode from 'vscode';
import { formatRepositoryPattern } from '../../domain/repositoryPattern.ts';
import { armIdName, cacheRuleArmId } from '../../domain/armId.ts';
import { setUpOf } from '../../provisioning/requirements/requirementsOf.ts';
import type { ApplyResult, CacheLink } from '../../provisioning/types.ts';
import type { Services } from '../services/services.ts';
import { type Change, changeOf } from '../review/change.ts';
import { chooseRow } from '../pages/chooseRow.ts';

/** Setting up a link, whole or what is left of it. */
export function setUpChange(link: CacheLink): Change {
  const [first] = link.mappings;
  const downstream = armIdName(link.downstream.id);
  const target = link.mappings.length === 1 && first ? formatRepositoryPattern(first.target) : undefined;
  const texts = {
    page: vscode.l10n.t('Cache {0} in {1}', armIdName(link.source.id), downstream),
    start: vscode.l10n.t('Create'),
    blocked: vscode.l10n.t('Cannot Be Created Yet'),
    activity: vscode.l10n.t('Setting up the cache in {0}', downstream),
    complete:
      target === undefined
        ? vscode.l10n.t('{0} now caches {1} repositories.', downstream, link.mappings.length)
        : vscode.l10n.t('{0} now caches {1}.', downstream, target),
    cancelled: vscode.l10n.t('The setup was cancelled.'),
    failed: (reason: string) => vscode.l10n.t('The setup failed: {0}', reason),
  };
  const offers = [
    {
      title: vscode.l10n.t('Verify'),
      run: (_services: Services, result: ApplyResult) => verifyRule(link, result),
    },
    {
      title: vscode.l10n.t('Open Rule'),
      run: async (_services: Services, result: ApplyResult) => {
        if (first) await runOn('acrCache.openRule', ruleIdOf(link, first.ruleName, result));
      },
    },
  ];
  return {
    ...changeOf(setUpOf(link), texts, offers),
    onComplete: ({ tree }, result) => {
      // Whoever goes on typing elsewhere keeps the keyboard.
      if (first) void tree.reveal(link.downstream.id, ruleIdOf(link, first.ruleName, result), { focus: false });
    },
    setUp: { link, withFeature: () => setUpChange({ ...link, allowFeatureRegistration: true }) },
  };
}

async function runOn(command: string, ruleId: string): Promise<void> {
  await vscode.commands.executeCommand(command, { ruleId });
}

/** The rule that serves the mapping: one of another name may have done so before. */
function ruleIdOf(link: CacheLink, ruleName: string, { steps }: ApplyResult): string {
  const step = steps.find(({ requirementId }) => requirementId === `cacheRule:${ruleName}`);
  return step?.resourceId ?? cacheRuleArmId(link.downstream.id, ruleName);
}

async function verifyRule(link: CacheLink, result: ApplyResult): Promise<void> {
  const rows = link.mappings.map((mapping) => ({ label: mapping.ruleName, value: mapping.ruleName }));
  const ruleName =
    rows.length === 1
      ? rows[0]?.value
      : await chooseRow(vscode.l10n.t('Verify by Pulling'), vscode.l10n.t('Choose the rule to verify'), rows);
  if (ruleName === undefined) return;
  await runOn('acrCache.verifyRule', ruleIdOf(link, ruleName, result));
}
