import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { goalOf, titleOf } from '../../provisioning/checks/repairs.ts';
import type { Repair } from '../../provisioning/types.ts';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';
import { reviewAndApply } from '../review/apply.ts';
import { changeOf } from '../review/change.ts';
import { checkRule } from './runDiagnosis.lazy.ts';
import { showWarningMessage } from '../shared/messages.ts';

/**
 * Repairs a finding the way a set-up is made: plan, review, apply; then checks the rule again. What affects others is asked
 * for before, an ABAC switch on the assistant's own page.
 * @throws AzureError; CancellationError
 */
export async function runRepair(services: Services, repair: Repair, ruleId: string): Promise<void> {
  const { confirmation, link } = repair;
  const title = titleOf(repair);
  if (confirmation === 'abacSwitch') {
    await vscode.commands.executeCommand('acrCache.switchToAbac', { registryId: link.source.id });
    return;
  }
  if (confirmation) {
    const go = vscode.l10n.t('Continue to the Review');
    const detail = confirmation.sentence;
    if ((await showWarningMessage(title, { modal: true, detail }, go)) !== go) return;
  }
  const change = changeOf(goalOf(repair), textsOf(title, ruleId), [
    {
      title: vscode.l10n.t('Verify'),
      run: async () => {
        await vscode.commands.executeCommand('acrCache.verifyRule', { ruleId });
      },
    },
  ]);
  await reviewAndApply(services, { ...change, onComplete: () => void checkAgain(services, ruleId) });
}

/** So that the tree and the open reports do not go on telling what was repaired. */
function checkAgain(services: Services, ruleId: string): Promise<void> {
  return runCommand(vscode.l10n.t('Diagnosing the cache rule {0}', armIdName(ruleId)), services.log, async () => {
    await checkRule(services, ruleId, { quietly: true });
  });
}

function textsOf(title: string, ruleId: string) {
  const name = armIdName(ruleId);
  return {
    page: vscode.l10n.t('Repair {0}: Review', name),
    start: vscode.l10n.t('Repair'),
    blocked: vscode.l10n.t('Cannot be repaired yet'),
    activity: vscode.l10n.t('Repairing {0}', name),
    complete: vscode.l10n.t('Repaired: {0}', title),
    cancelled: vscode.l10n.t('The repair was cancelled.'),
    failed: (reason: string) => vscode.l10n.t('The repair failed: {0}', reason),
  };
}
