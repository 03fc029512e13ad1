import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { isCancelled } from '../../azure/errors.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import { checkupOf } from '../../provisioning/diagnosis/checkup.ts';
import { knowledgeOf } from '../../inventory/knowledge.ts';
import { diagnoseDependents, type DependentsOptions, type KnownRule } from '../../provisioning/diagnosis/dependents.ts';
import * as provisioning from '../../provisioning/diagnosis/diagnoseRegistry.ts';
import * as rules from '../../provisioning/diagnosis/diagnoseRule.ts';
import { diagnosisMarkdown } from '../../provisioning/diagnosis/diagnosisMarkdown.ts';
import type { RegistryDiagnosis, RuleDiagnosis } from '../../provisioning/diagnosis/types.ts';
import { createMemo } from '../../provisioning/engine/memo.ts';
import { pickRegistry, pickRule } from '../shared/pickResource.ts';
import { runCommand } from '../shared/errors.ts';
import { reportUri } from '../shared/reports.ts';
import { untilLeft } from '../shared/opening.ts';
import type { Services } from '../services/services.ts';
import { type Diagnosis, idOf, keepDiagnosis } from './results.ts';
import { registryFindingsOf, ruleFindingsOf } from './words.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { withCancel } from '../shared/withCancel.ts';

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
  await show(services, diagnosis);
  void tell(services, diagnosis, registryFindingsOf(diagnosis));
}

/** With the rules of other registries that depend on the same things. @throws AzureError `cancelled` only */
async function withDependentsElsewhere(
  services: Services,
  azure: Azure,
  found: RegistryDiagnosis,
  signal: AbortSignal,
): Promise<RegistryDiagnosis> {
  const { inventory } = services;
  await inventory.loadRules(found.registryId, { signal });
  const options = { signal, memory: createMemo(), made: new Set<string>() };
  const all = await knownRules(inventory, found.rules, signal);
  const elsewhere = all.filter(({ rule }) => !sameArmId(rule.registryId, found.registryId));
  const diagnosed: RuleDiagnosis[] = [];
  for (const diagnosis of found.rules) {
    diagnosed.push(await withDependents(azure, diagnosis, all, elsewhere, options));
    for (const dependent of diagnosed.at(-1)?.dependents ?? []) noteChecks(inventory, dependent, false);
  }
  return { ...found, rules: diagnosed };
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
  const title = vscode.l10n.t('Diagnosing the cache rule {0}', armIdName(ruleId));
  const diagnosis = await withCancel(
    title,
    async (progress, signal) => {
      const azure = await untilLeft(services.azure(), signal);
      let done = 0;
      return diagnoseWithDependents(services, azure, ruleId, {
        signal,
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

/** Diagnoses a rule, and what its findings mean for the other rules that are known. @throws AzureError `cancelled` only */
export async function diagnoseWithDependents(
  { inventory }: Pick<Services, 'inventory'>,
  azure: Azure,
  ruleId: string,
  options: rules.DiagnoseOptions,
): Promise<RuleDiagnosis> {
  const memory = createMemo();
  const { proof } = inventory.knowledge(ruleId);
  const diagnosis = await rules.diagnoseRule(azure, ruleId, { ...options, memory, ...(proof && { proof }) });
  const all = await knownRules(inventory, [diagnosis], options.signal);
  return withDependents(azure, diagnosis, all, all, { ...options, memory });
}

/** Registries whose rules are read for it, where they were not yet. */
const maxUnread = 50;

/** The rules of all registries that are known; where a finding may concern others, some of those not read yet are. */
async function knownRules(
  inventory: Services['inventory'],
  diagnoses: readonly RuleDiagnosis[],
  signal: AbortSignal | undefined,
): Promise<KnownRule[]> {
  const isShared = diagnoses.some(({ checks }) =>
    checks.some(({ shared, verdict }) => shared !== undefined && (verdict === 'problem' || verdict === 'warning')),
  );
  const unread = [...inventory.state.registries.values()].filter(({ rules: known }) => !known).slice(0, maxUnread);
  const options = signal ? { signal } : {};
  if (isShared) await Promise.all(unread.map(({ registry }) => inventory.loadRules(registry.id, options)));
  return [...inventory.state.registries.values()].flatMap((entry) =>
    (entry.rules ?? []).map((rule) => ({ rule, known: knowledgeOf(entry, rule.id) })),
  );
}

async function withDependents(
  azure: Azure,
  diagnosis: RuleDiagnosis,
  all: readonly KnownRule[],
  others: readonly KnownRule[],
  options: DependentsOptions,
): Promise<RuleDiagnosis> {
  const rule = all.find((one) => sameArmId(one.rule.id, diagnosis.ruleId))?.rule;
  const dependents = rule ? await diagnoseDependents(azure, diagnosis, rule, others, options) : [];
  return dependents.length > 0 ? { ...diagnosis, dependents } : diagnosis;
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

/** Keeps the findings for the tree, and in the log. */
export function noteDiagnosis({ inventory, log }: Services, diagnosis: RuleDiagnosis): void {
  const { ruleName, dependents = [] } = diagnosis;
  noteChecks(inventory, diagnosis, true);
  for (const dependent of dependents) noteChecks(inventory, dependent, false);
  log.info(`Diagnosis of ${ruleName}: ${verdictLine(diagnosis)}`);
  for (const { id, verdict, reason } of diagnosis.checks) {
    if (verdict === 'problem' || verdict === 'unknown') log.warn(`  ${id}: ${verdict}: ${reason}`);
  }
}

function noteChecks(inventory: Services['inventory'], diagnosis: RuleDiagnosis, isWhole: boolean): void {
  const { ruleId, checks, checkedAt } = diagnosis;
  inventory.noteCheckup(ruleId, checkupOf(checks, checkedAt, isWhole), new Set(checks.map(({ id }) => id)));
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
