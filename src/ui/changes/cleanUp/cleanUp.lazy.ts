import * as vscode from 'vscode';
import type { Azure } from '../../../azure/azure.ts';
import { armIdName, parentArmId } from '../../../domain/armId.ts';
import { applyCleanUp } from '../../../provisioning/changes/cleanUp/applyCleanUp.ts';
import { planCleanUp } from '../../../provisioning/changes/cleanUp/planCleanUp.ts';
import type {
  CleanUpPlan,
  CleanUpProgress,
  CleanUpResult,
  UnfinishedCleanUp,
} from '../../../provisioning/changes/cleanUp/types.ts';
import { documentScheme } from '../../shared/documents.ts';
import { runCommand } from '../../shared/errors.ts';
import { untilLeft } from '../../shared/opening.ts';
import type { Services } from '../../services/services.ts';
import { chooseItems } from './chooseItems.lazy.ts';
import { cleanUpMemoryOf, rememberedOf } from './memory.lazy.ts';
import { cleanUpReport, confirmationText, outcomeInWords } from './words.lazy.ts';
import { showErrorMessage, showInformationMessage, showWarningMessage } from '../../shared/messages.ts';
import { withCancel } from '../../shared/withCancel.ts';

/** Sentences of one kind in a message. */
const maxSentences = 3;

/**
 * "Clean Up…": dry run, choice, confirmation, deletion, and a list of what is gone and what stays. Resolves when the work has
 * ended; the message stays.
 * @param last what is known of the rule, which may be gone, if its clean-up is not remembered any more
 * @returns the outcome, or undefined if the user left before anything was changed
 * @throws AzureError when the rule cannot be read; CancellationError
 */
export async function cleanUp(
  services: Services,
  ruleId: string,
  last?: UnfinishedCleanUp,
): Promise<CleanUpResult | undefined> {
  const title = vscode.l10n.t('Clean Up {0}', armIdName(ruleId));
  const connecting = services.azure();
  const answer = await chooseItems({ title, number: 1, total: 1, canGoBack: false }, async (signal) => {
    const azure = await untilLeft(connecting, signal);
    const remembered = (await rememberedOf(services, ruleId)) ?? last;
    return planCleanUp(azure, ruleId, { signal, ...(remembered ? { remembered } : {}) });
  });
  if (answer.kind !== 'value') return undefined;
  const { plan, selected } = answer.value;
  if (plan.items.length === 0) {
    await cleanUpMemoryOf(services).forget(ruleId);
    void showInformationMessage(vscode.l10n.t('Nothing is left of the cache rule {0}.', armIdName(ruleId)));
    return undefined;
  }
  if (!(await confirm(plan, selected))) return undefined;
  const result = await perform(services, await connecting, plan, selected);
  await refreshInventory(services, plan);
  // Not awaited: a message that stays open must not keep the command running.
  void tell(services, plan, result);
  return result;
}

async function confirm(plan: CleanUpPlan, selected: ReadonlySet<string>): Promise<boolean> {
  const doIt = vscode.l10n.t('Clean Up');
  const question = vscode.l10n.t('Clean up the cache rule {0}?', armIdName(plan.ruleId));
  const options = { modal: true, detail: confirmationText(plan, selected) };
  return (await showWarningMessage(question, options, doIt)) === doIt;
}

function perform(
  services: Services,
  azure: Azure,
  plan: CleanUpPlan,
  selected: ReadonlySet<string>,
): Promise<CleanUpResult> {
  const total = plan.items.filter((item) => item.offered && selected.has(item.id)).length;
  return withCancel(vscode.l10n.t('Cleaning up {0}', armIdName(plan.ruleId)), (progress, signal) => {
    let ended = 0;
    const report = ({ state, message }: CleanUpProgress): void => {
      const isEnd = state !== 'running';
      if (isEnd) ended++;
      progress.report({
        message: vscode.l10n.t('({0} of {1}) {2}', ended, total, message),
        ...(isEnd ? { increment: 100 / Math.max(1, total) } : {}),
      });
      if (state === 'failed') services.log.error(`Clean-up: ${message}`);
      else services.log.info(`Clean-up: ${state}: ${message}`);
    };
    return applyCleanUp(azure, plan, selected, { signal, onProgress: report, memory: cleanUpMemoryOf(services) });
  });
}

/** The tree does not show what is gone. Failing that, its own Refresh remains. */
async function refreshInventory({ inventory, log }: Services, { ruleId }: CleanUpPlan): Promise<void> {
  try {
    await inventory.loadRules(parentArmId(ruleId) ?? '', { force: true });
  } catch (error) {
    log.warn(`Reading the cache rules again: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function tell(services: Services, plan: CleanUpPlan, result: CleanUpResult): Promise<void> {
  const details = vscode.l10n.t('Show Details');
  const again = result.outcome === 'cancelled' ? vscode.l10n.t('Continue') : vscode.l10n.t('Try Again');
  const text = messageOf(result);
  const chosen =
    result.outcome === 'complete'
      ? await showInformationMessage(text, details)
      : result.outcome === 'cancelled'
        ? await showWarningMessage(text, again, details)
        : await showErrorMessage(text, again, details);
  if (chosen === details) await showDetails(services, plan, result);
  if (chosen === again) {
    const doing = vscode.l10n.t('Cleaning up {0}', armIdName(plan.ruleId));
    await runCommand(doing, services.log, async () => {
      // Another window may have ended it meanwhile: then it is said that nothing is left.
      await cleanUp(services, plan.ruleId, { ...plan, chosen: [], kept: [] });
    });
  }
}

function messageOf({ outcome, gone, stays }: CleanUpResult): string {
  return [
    outcomeInWords(outcome),
    gone.length > 0 ? vscode.l10n.t('Gone: {0}', shortened(gone)) : vscode.l10n.t('Nothing was deleted.'),
    stays.length > 0 ? vscode.l10n.t('Stays: {0}', shortened(stays)) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function shortened(sentences: readonly string[]): string {
  const rest = sentences.length - maxSentences;
  const shown = sentences.slice(0, maxSentences).join(' ');
  return rest > 0 ? `${shown} ${vscode.l10n.t('And {0} more: see the details.', rest)}` : shown;
}

async function showDetails({ documents }: Services, { ruleId }: CleanUpPlan, result: CleanUpResult): Promise<void> {
  const name = vscode.l10n.t('Clean-up of {0}', armIdName(ruleId));
  const text = cleanUpReport(ruleId, result, { date: new Date(), language: vscode.env.language });
  await documents.showReport(vscode.Uri.from({ scheme: documentScheme, path: `/${name}.md` }), text);
}
