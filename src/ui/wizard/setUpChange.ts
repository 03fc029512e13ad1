import * as vscode from 'vscode';
import { cacheRuleArmId } from '../../domain/armId.ts';
import { requirementsOf } from '../../provisioning/graph.ts';
import type { CacheLink } from '../../provisioning/types.ts';
import { showError } from '../shared/errors.ts';
import type { Services } from '../shared/services.ts';
import { type Change, changeOf } from './change.ts';

/** Setting up a link, whole or what is left of it. */
export function setUpChange(link: CacheLink): Change {
  const [first] = link.mappings;
  const one = link.mappings.length === 1 && first ? first.ruleName : undefined;
  const words = {
    page: vscode.l10n.t('Set Up Cache: {0}', vscode.l10n.t('Review')),
    start: vscode.l10n.t('Create'),
    blocked: vscode.l10n.t('Cannot be created yet'),
    doing:
      one === undefined
        ? vscode.l10n.t('Setting up {0} cache rules', link.mappings.length)
        : vscode.l10n.t('Setting up cache rule "{0}"', one),
    complete:
      one === undefined
        ? vscode.l10n.t('{0} cache rules are set up.', link.mappings.length)
        : vscode.l10n.t('Cache rule "{0}" is set up.', one),
    cancelled: vscode.l10n.t('The set-up was cancelled.'),
    failed: (reason: string) => vscode.l10n.t('The set-up failed: {0}', reason),
    afterwards: vscode.l10n.t('The first pull fetches an image and caches it.'),
  };
  const offers = [
    { title: vscode.l10n.t('Verify'), run: (services: Services) => verifyRule(services, link) },
    { title: vscode.l10n.t('Show Rule'), run: (services: Services) => revealRule(services, link) },
  ];
  return {
    ...changeOf(link, requirementsOf(link), words, offers),
    setUp: { withFeature: () => setUpChange({ ...link, allowFeatureRegistration: true }) },
  };
}

async function verifyRule(services: Services, link: CacheLink): Promise<void> {
  const ruleName = await chooseRule(link, vscode.l10n.t('Choose the rule to verify'));
  if (ruleName === undefined) return;
  const { runVerify } = await import('../verify/verify.ts');
  try {
    await runVerify(services, { ruleId: cacheRuleArmId(link.downstream.id, ruleName) });
  } catch (error) {
    await showError(error, { doing: vscode.l10n.t('Verifying cache rule "{0}"', ruleName), log: services.log });
  }
}

async function revealRule({ tree }: Services, link: CacheLink): Promise<void> {
  const [first] = link.mappings;
  if (first) await tree.reveal(link.downstream.id, cacheRuleArmId(link.downstream.id, first.ruleName));
}

async function chooseRule(link: CacheLink, placeHolder: string): Promise<string | undefined> {
  const names = link.mappings.map(({ ruleName }) => ruleName);
  return names.length === 1 ? names[0] : vscode.window.showQuickPick(names, { placeHolder });
}
