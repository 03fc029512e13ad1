import * as vscode from 'vscode';
import { armIdName } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import { checkupOf } from '../../provisioning/diagnosis/checkup.ts';
import * as provisioning from '../../provisioning/diagnosis/diagnoseRegistry.ts';
import * as rules from '../../provisioning/diagnosis/diagnoseRule.ts';
import { diagnosisMarkdown } from '../../provisioning/diagnosis/diagnosisMarkdown.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/types.ts';
import { pickRegistry, pickRule } from '../commands/pick.ts';
import { runCommand } from '../shared/errors.ts';
import { reportUri } from '../shared/reports.ts';
import type { Services } from '../shared/services.ts';
import { type Diagnosis, idOf, keepDiagnosis } from './results.ts';
import { registryFindingsOf } from './words.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { withCancel } from '../shared/withCancel.ts';

/** "Diagnose Rule…": runs every check and opens the report. @throws AzureError; CancellationError */
export async function diagnoseRule(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Diagnose Rule'));
  const diagnosis = await checkRule(services, rule.id);
  await show(services, diagnosis);
  void tell(services, diagnosis, `${diagnosis.ruleName}: ${verdictLine(diagnosis)}.`);
}

/** "Diagnose Registry…": all its rules. A cancel keeps what was found by then. @throws AzureError; CancellationError */
export async function diagnoseRegistry(services: Services, node: unknown): Promise<void> {
  const registry = await pickRegistry(services, node, vscode.l10n.t('Diagnose Registry'));
  const azure = await services.azure();
  const diagnosis = await withCancel(
    vscode.l10n.t('Diagnosing the cache rules of {0}', registry.name),
    (progress, signal) => {
      let done = 0;
      return provisioning.diagnoseRegistry(azure, registry.id, {
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
    },
  );
  // So that the tree has rows to show the findings at.
  void services.inventory.loadRules(registry.id).catch(() => undefined);
  if (diagnosis.rules.length === 0 && diagnosis.notChecked.length === 0) {
    void showInformationMessage(vscode.l10n.t('Registry {0} has no cache rules.', registry.name));
    return;
  }
  await show(services, diagnosis);
  void tell(services, diagnosis, registryFindingsOf(diagnosis));
}

/**
 * Runs every check of one rule, shown as progress, and notes the findings in the tree.
 * @param options.tag to look at in both registries
 * @param options.quietly in the status bar, for what the user did not ask for
 * @throws AzureError, `cancelled` if the user cancels
 */
export async function checkRule(
  services: Services,
  ruleId: string,
  { tag, quietly = false }: { readonly tag?: string; readonly quietly?: boolean } = {},
): Promise<RuleDiagnosis> {
  const azure = await services.azure();
  const title = vscode.l10n.t('Diagnosing the cache rule {0}', armIdName(ruleId));
  const diagnosis = await withCancel(
    title,
    (progress, signal) => {
      let done = 0;
      return rules.diagnoseRule(azure, ruleId, {
        signal,
        ...proofOf(services, ruleId),
        ...(tag === undefined ? {} : { tag }),
        onCheck: (check, _index, total) => {
          done++;
          progress.report({
            message: vscode.l10n.t('({0} of {1}) {2}', done, total, check.title),
            increment: 100 / total,
          });
        },
      });
    },
    quietly,
  );
  noteDiagnosis(services, diagnosis);
  return diagnosis;
}

/** Brings the reports that show a diagnosis up to date, without opening them. */
export function updateReports({ documents }: Services, diagnosis: Diagnosis): void {
  for (const changed of keepDiagnosis(diagnosis)) {
    const uri = reportUri('diagnosis', idOf(changed));
    if (documents.textOf(uri) !== undefined) documents.update(uri, diagnosisMarkdown(changed));
  }
}

async function show(services: Services, diagnosis: Diagnosis): Promise<void> {
  updateReports(services, diagnosis);
  await services.documents.showReport(reportUri('diagnosis', idOf(diagnosis)), diagnosisMarkdown(diagnosis));
}

/** An earlier proven pull through the rule, which a diagnosis takes into account. */
export function proofOf({ inventory }: Pick<Services, 'inventory'>, ruleId: string): Pick<rules.DiagnoseOptions, 'proof'> {
  const { proof } = inventory.knowledge(ruleId);
  return proof ? { proof } : {};
}

/** Keeps the findings for the tree, and in the log. */
export function noteDiagnosis({ inventory, log }: Services, diagnosis: RuleDiagnosis): void {
  const { ruleId, ruleName, checks, checkedAt } = diagnosis;
  inventory.noteCheckup(ruleId, checkupOf(checks, checkedAt, true), new Set(checks.map(({ id }) => id)));
  log.info(`Diagnosis of ${ruleName}: ${verdictLine(diagnosis)}`);
  for (const { id, verdict, reason } of diagnosis.checks) {
    if (verdict === 'problem' || verdict === 'unknown') log.warn(`  ${id}: ${verdict}: ${reason}`);
  }
}

/** The findings in a message, whose button leads to the repairs. */
async function tell(services: Services, diagnosis: RuleDiagnosis | RegistryDiagnosis, text: string): Promise<void> {
  const checks = 'checks' in diagnosis ? diagnosis.checks : diagnosis.rules.flatMap((rule) => rule.checks);
  const button = checks.some(({ repair }) => repair) ? vscode.l10n.t('Repair…') : vscode.l10n.t('Show Checks');
  const isFine = ('checks' in diagnosis ? [diagnosis] : diagnosis.rules).every(({ health }) => health === 'works');
  const chosen = await (isFine ? showInformationMessage(text, button) : showWarningMessage(text, button));
  if (chosen !== button) return;
  await runCommand(vscode.l10n.t('Showing the checks'), services.log, async () => {
    const { showDiagnosis } = await import('./showChecks.lazy.ts');
    await showDiagnosis(services, diagnosis);
  });
}
