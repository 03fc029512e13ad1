import * as vscode from 'vscode';
import { armIdName, cacheRuleArmId } from '../../domain/armId.ts';
import { setUpOf } from '../../provisioning/requirements/requirementsOf.ts';
import type { ApplyResult, CacheLink } from '../../provisioning/types.ts';
import type { Services } from '../services/services.ts';
import { type Change, changeOf } from '../review/change.ts';
import { plainRows } from '../shared/plainRows.ts';

/** Setting up a link, whole or what is left of it. */
export function setUpChange(link: CacheLink): Change {
  const [first] = link.mappings;
  const one = link.mappings.length === 1 && first ? first.ruleName : undefined;
  const texts = {
    page: vscode.l10n.t('Set Up Cache: Review'),
    start: vscode.l10n.t('Create'),
    blocked: vscode.l10n.t('Cannot be created yet'),
    activity:
      one === undefined
        ? vscode.l10n.t('Setting up {0} cache rules', link.mappings.length)
        : vscode.l10n.t('Setting up cache rule "{0}"', one),
    complete: (result: ApplyResult) =>
      one === undefined
        ? vscode.l10n.t('{0} cache rules are set up.', link.mappings.length)
        : vscode.l10n.t('Cache rule "{0}" is set up.', armIdName(ruleIdOf(link, one, result))),
    cancelled: vscode.l10n.t('The set-up was cancelled.'),
    failed: (reason: string) => vscode.l10n.t('The set-up failed: {0}', reason),
    afterwards: vscode.l10n.t('No pull has proven it yet: the first one fetches an image and caches it.'),
  };
  const offers = [
    {
      title: vscode.l10n.t('Verify'),
      run: (services: Services, result: ApplyResult) => verifyRule(services, link, result),
    },
    {
      title: vscode.l10n.t('Show Rule'),
      run: (services: Services, result: ApplyResult) => revealRule(services, link, result),
    },
  ];
  return {
    ...changeOf(setUpOf(link), texts, offers),
    setUp: { link, withFeature: () => setUpChange({ ...link, allowFeatureRegistration: true }) },
  };
}

/** The rule that serves the mapping: one of another name may have done so before. */
function ruleIdOf(link: CacheLink, ruleName: string, { steps }: ApplyResult): string {
  const step = steps.find(({ requirementId }) => requirementId === `cacheRule:${ruleName}`);
  return step?.resourceId ?? cacheRuleArmId(link.downstream.id, ruleName);
}

async function verifyRule(services: Services, link: CacheLink, result: ApplyResult): Promise<void> {
  const ruleName = await chooseRule(link, vscode.l10n.t('Choose the rule to verify'));
  if (ruleName === undefined) return;
  const { runVerify } = await import('../verify/verify.ts');
  await runVerify(services, { ruleId: ruleIdOf(link, ruleName, result) });
}

async function revealRule({ tree }: Services, link: CacheLink, result: ApplyResult): Promise<void> {
  const [first] = link.mappings;
  if (first) await tree.reveal(link.downstream.id, ruleIdOf(link, first.ruleName, result));
}

async function chooseRule(link: CacheLink, placeHolder: string): Promise<string | undefined> {
  const rows = link.mappings.map(({ ruleName }) => ({ label: ruleName, ruleName }));
  const chosen = rows.length === 1 ? rows[0] : await vscode.window.showQuickPick(plainRows(rows), { placeHolder });
  return chosen?.ruleName;
}
