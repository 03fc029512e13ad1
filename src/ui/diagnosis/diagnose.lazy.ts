import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { armIdName } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import * as provisioning from '../../provisioning/diagnosis/diagnose.ts';
import type { RegistryDiagnosis } from '../../provisioning/diagnosis/diagnose.ts';
import type { Services } from '../services/services.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { untilLeft } from '../pages/opening.ts';
import { pickRegistry, pickRule } from '../pages/pickResource.ts';
import { addressOf, reportOf, reportUri } from '../shared/reports.ts';
import { textOf } from '../shared/textOf.ts';
import { withCancel } from '../shared/withCancel.ts';
import { diagnosisText } from './diagnosisText.lazy.ts';
import { type Diagnosis, idOf } from './results.ts';
import { checkRule, noteDiagnosis, updateReports, withDependentsElsewhere } from './runDiagnosis.lazy.ts';
import { registryFindingsOf, ruleFindingsOf } from './words.ts';

/**
 * "Diagnose Rule…": runs every check and opens the results. `node` may have a `tag` to look at.
 * @throws AzureError; CancellationError
 */
export async function diagnoseRule(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Diagnose Rule'));
  const diagnosis = await checkRule(services, rule.id, { tag: textOf(node, 'tag') });
  await showAnew(services, rule.id);
  void tell(diagnosis, ruleFindingsOf(diagnosis));
}

/** "Diagnose Registry…": all its rules. A cancel keeps what was found by then. @throws AzureError; CancellationError */
export async function diagnoseRegistry(services: Services, node: unknown): Promise<void> {
  const registry = await pickRegistry(services, node, vscode.l10n.t('Diagnose Registry'));
  const diagnosis = await checkRegistry(services, registry.id);
  if (diagnosis.rules.length === 0 && diagnosis.notChecked.length === 0) {
    void showInformationMessage(vscode.l10n.t('Registry {0} has no cache rules.', registry.name));
    return;
  }
  await showAnew(services, registry.id);
  void tell(diagnosis, registryFindingsOf(diagnosis));
}

/**
 * "Show Diagnosis Results…": those of this session, else what is remembered of an earlier one; diagnoses first if there is nothing.
 * @throws AzureError; CancellationError
 */
export async function showDiagnosis(services: Services, node: unknown): Promise<void> {
  const subject = reportOf(node)?.subject ?? node;
  const registryId = textOf(subject, 'ruleId') === undefined ? textOf(subject, 'registryId') : undefined;
  const { id } =
    registryId === undefined
      ? (await pickRule(services, subject, vscode.l10n.t('Diagnosis Results'))).rule
      : await pickRegistry(services, { registryId }, vscode.l10n.t('Diagnosis Results'));
  if (await showResults(services, id)) return;
  await (registryId === undefined
    ? diagnoseRule(services, { ruleId: id })
    : diagnoseRegistry(services, { registryId }));
}

/** From its top: where only the text of an open editor changes, VS Code keeps how far it was scrolled. */
async function showAnew(services: Services, id: string): Promise<void> {
  const address = reportUri('diagnosis', id).toString();
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const open = tabs.filter((tab) => addressOf(tab)?.toString() === address);
  if (open.length > 0) await vscode.window.tabGroups.close(open, true);
  await showResults(services, id);
}

/** Opens what is known of a rule or registry. False: nothing is known. */
export async function showResults(services: Services, id: string): Promise<boolean> {
  const text = diagnosisText(services, id);
  if (text === undefined) return false;
  await services.documents.showReport(reportUri('diagnosis', id), text);
  return true;
}

/** Diagnoses all rules of a registry, shown as progress, and tells the tree, the log and the open reports. @throws AzureError */
export async function checkRegistry(services: Services, registryId: string): Promise<RegistryDiagnosis> {
  const title = vscode.l10n.t('Diagnosing the cache rules of {0}', armIdName(registryId));
  const diagnosis = await withCancel(title, async (progress, signal) => {
    const azure = await untilLeft(services.azure(), signal);
    let done = 0;
    const found = await provisioning.diagnoseRegistry(azure, registryId, {
      signal,
      proofOf: (ruleId) => services.inventory.knowledge(ruleId).proof,
      onRule: (rule, total) => {
        done++;
        noteDiagnosis(services, azure, rule);
        progress.report({
          message: vscode.l10n.t('({0} of {1}) {2}: {3}', done, total, rule.ruleName, verdictLine(rule)),
          increment: 100 / total,
        });
      },
    });
    return withDependentsElsewhere(services, azure, found, signal).catch((error: unknown) => {
      if (isCancelled(error)) return found;
      throw error;
    });
  });
  // So that the tree has rows to show the findings at.
  void services.inventory.loadRules(registryId).catch(() => undefined);
  updateReports(services, diagnosis);
  return diagnosis;
}

/** The findings in a message, whose button leads to the repairs, or to the results. */
async function tell(diagnosis: Diagnosis, text: string): Promise<void> {
  const rules = 'checks' in diagnosis ? [diagnosis] : diagnosis.rules;
  const hasRepair = rules.some(({ checks }) => checks.some(({ verdict, repair }) => verdict === 'problem' && repair));
  const button = hasRepair ? vscode.l10n.t('Repair…') : vscode.l10n.t('Show Results');
  const isFine = rules.every(({ health }) => health === 'works');
  const chosen = await (isFine ? showInformationMessage(text, button) : showWarningMessage(text, button));
  if (chosen !== button) return;
  const id = idOf(diagnosis);
  const subject = 'checks' in diagnosis ? { ruleId: id } : { registryId: id };
  await vscode.commands.executeCommand(hasRepair ? 'acrCache.repairRule' : 'acrCache.showDiagnosis', subject);
}
