import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import type { Command } from '../services/services.ts';
import { pickChangeableRule, type PickedRule } from '../shared/pickResource.ts';
import { showWarningMessage } from '../shared/messages.ts';

/** Deletes a cache rule alone after a modal confirmation that says what stays behind, and offers to clean that up too. */
export const deleteRule: Command = async (services, node) => {
  const picked = await pickChangeableRule(services, node, vscode.l10n.t('Delete Cache Rule'));
  const { registry, rule } = picked;
  const confirmed = vscode.l10n.t('Delete');
  const cleanUp = vscode.l10n.t('Clean Up…');
  const answer = await showWarningMessage(
    vscode.l10n.t('Delete the cache rule {0} of {1}?', rule.name, registry.name),
    { modal: true, detail: consequences(picked) },
    confirmed,
    cleanUp,
  );
  if (answer === cleanUp) {
    await (await import('../changes/cleanUp.lazy.ts')).cleanUp(services, rule.id);
    return;
  }
  if (answer !== confirmed) return;
  const { deleteCacheRule } = await import('../changes/deleteCacheRule.lazy.ts');
  await deleteCacheRule(services, rule);
};

/** What changes and what stays: deleting a rule takes away neither rights nor images. */
function consequences({ registry, rule }: PickedRule): string {
  return [
    vscode.l10n.t(
      '{0}/{1} will no longer be fetched from {2}.',
      registry.loginServer,
      rule.targetRepository,
      rule.sourceRepository,
    ),
    '',
    vscode.l10n.t('These stay:'),
    vscode.l10n.t('• what is cached in {0}', rule.targetRepository),
    ...(rule.identity
      ? [
          vscode.l10n.t('• the managed identity {0}', armIdName(rule.identity.id)),
          vscode.l10n.t('• its role assignments in the upstream registry'),
        ]
      : []),
    ...(rule.credentialSetId ? [vscode.l10n.t('• the credential set {0}', armIdName(rule.credentialSetId))] : []),
  ].join('\n');
}
