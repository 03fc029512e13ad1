import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { quietly } from '../shared/quietly.ts';
import { runCommand } from '../shared/errors.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { isRuleId } from '../../domain/resourceIds.ts';
import type { Services } from '../services/services.ts';
import { openRule } from './ruleDocument.lazy.ts';

/**
 * `vscode://<extension>/rule?id=<ARM id>` opens a rule's document. Whoever made the link can do no more than that: nobody is asked to
 * sign in, only told that it is needed, and nothing of the link is shown but names by Azure's own grammar. Never rejects.
 */
export async function openLink(services: Services, { path, query }: vscode.Uri): Promise<void> {
  const ruleId = new URLSearchParams(query).get('id') ?? '';
  if (path !== '/rule' || !isRuleId(ruleId)) {
    void showWarningMessage(vscode.l10n.t('This link does not lead to a cache rule.'));
    return;
  }
  const activity = vscode.l10n.t('Opening the cache rule');
  const open = () => openRule(services, { ruleId });
  await runCommand(activity, services.log, async () => {
    if (await quietly(() => services.account.connect())) return quietly(open);
    // Not waited for: a notification can stay open for hours.
    void offerSignIn(ruleId).then((accepted) => (accepted ? runCommand(activity, services.log, open) : undefined));
  });
}

async function offerSignIn(ruleId: string): Promise<boolean> {
  const signIn = vscode.l10n.t('Sign In');
  const message = vscode.l10n.t(
    'Sign in to Azure to open cache rule {0} in registry {1}.',
    armIdName(ruleId),
    armIdName(parentArmId(ruleId) ?? ''),
  );
  return (await showInformationMessage(message, signIn)) === signIn;
}
