import * as vscode from 'vscode';
import { isCancelled } from '../../azure/errors.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import * as provisioning from '../../provisioning/diagnosis/diagnose.ts';
import { diagnosisMarkdown } from '../../provisioning/diagnosis/diagnosisMarkdown.ts';
import type { Services } from '../services/services.ts';
import { runCommand } from '../shared/errors.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { untilLeft } from '../shared/opening.ts';
import { pickRegistry, pickRule } from '../shared/pickResource.ts';
import { reportOf, reportUri } from '../shared/reports.ts';
import { withCancel } from '../shared/withCancel.ts';
import { askChecks } from './checksPage.lazy.ts';
import { runRepair } from './repair.lazy.ts';
import { type Diagnosis, idOf, lastDiagnosis } from './results.ts';
import { checkRule, noteDiagnosis, updateReports, withDependentsElsewhere } from './runDiagnosis.lazy.ts';
import { registryFindingsOf, ruleFindingsOf } from './words.ts';

/** "Diagnose Rule…": runs every check and opens the report. @throws AzureError; CancellationError */
export async function diagnoseRule(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Diagnose Rule'));
  const diagnosis = await checkRule(services, rule.id);
  await show(services, diagnosis);
  void tell(services, diagnosis, ruleFindingsOf(diagnosis));
}

/** "Diagnose Registry…": all its rules. A cancel keeps what was found by then. @throws AzureError; CancellationError */
export async function diagnoseRegistry(services: Services, node: unknown): Promise<void> {
  const registry = await pickRegistry(services, node, vscode.l10n.t('Diagnose Registry'));
  const diagnosis = await withCancel(
    vscode.l10n.t('Diagnosing the cache rules of {0}', registry.name),
    async (progress, signal) => {
      const azure = await untilLeft(services.azure(), signal);
      let done = 0;
      const found = await provisioning.diagnoseRegistry(azure, registry.id, {
        signal,
        proofOf: (ruleId) => services.inventory.knowledge(ruleId).proof,
        onRule: (rule, total) => {
          done++;
          noteDiagnosis(services, rule);
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
    },
  );
  // So that the tree has rows to show the findings at.
  void services.inventory.loadRules(registry.id).catch(() => undefined);
  if (diagnosis.rules.length === 0 && diagnosis.notChecked.length === 0) {
    void showInformationMessage(vscode.l10n.t('Registry {0} has no cache rules.', registry.name));
    return;
  }
  updateReports(services, diagnosis);
  await show(services, diagnosis);
  void tell(services, diagnosis, registryFindingsOf(diagnosis));
}

/** "Show Checks and Repairs…" of the last diagnosis; makes one first if there is none. @throws AzureError; CancellationError */
export async function showChecks(services: Services, node: unknown): Promise<void> {
  const subject = reportOf(node)?.subject;
  const known = subject && lastDiagnosis('ruleId' in subject ? subject.ruleId : subject.registryId);
  if (known) return showDiagnosis(services, known);
  if (subject && 'registryId' in subject) return diagnoseRegistry(services, subject);
  const { rule } = await pickRule(services, node, vscode.l10n.t('Checks and Repairs'));
  return showDiagnosis(services, lastDiagnosis(rule.id) ?? (await checkRule(services, rule.id)));
}

/** The checks of a diagnosis, with the repairs: one of them is run, or all checks again. */
export async function showDiagnosis(services: Services, diagnosis: Diagnosis): Promise<void> {
  const choice = await askChecks(diagnosis);
  if (choice?.kind === 'repair') return runRepair(services, choice.repair, choice.ruleId);
  if (choice?.kind !== 'again') return;
  await ('checks' in diagnosis
    ? diagnoseRule(services, { ruleId: diagnosis.ruleId })
    : diagnoseRegistry(services, { registryId: diagnosis.registryId }));
}

async function show(services: Services, diagnosis: Diagnosis): Promise<void> {
  await services.documents.showReport(reportUri('diagnosis', idOf(diagnosis)), diagnosisMarkdown(diagnosis));
}

/** The findings in a message, whose button leads to the repairs. */
async function tell(services: Services, diagnosis: Diagnosis, text: string): Promise<void> {
  const rules = 'checks' in diagnosis ? [diagnosis] : diagnosis.rules;
  const hasRepair = rules.some(({ checks }) => checks.some(({ repair }) => repair));
  const button = hasRepair ? vscode.l10n.t('Repair…') : vscode.l10n.t('Show Checks');
  const isFine = rules.every(({ health }) => health === 'works');
  const chosen = await (isFine ? showInformationMessage(text, button) : showWarningMessage(text, button));
  if (chosen !== button) return;
  await runCommand(vscode.l10n.t('Showing the checks'), services.log, () => showDiagnosis(services, diagnosis));
}
