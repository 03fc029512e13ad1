import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { armIdName, sameArmId } from '../../domain/armId.ts';
import { verdictLine } from '../../domain/ruleVerdict.ts';
import { knowledgeOf } from '../../inventory/knowledge.ts';
import { diagnoseDependents, type DependentsOptions, type KnownRule } from '../../provisioning/diagnosis/dependents.ts';
import {
  checkupOf,
  diagnoseRule,
  type DiagnoseOptions,
  type RegistryDiagnosis,
  type RuleDiagnosis,
} from '../../provisioning/diagnosis/diagnose.ts';
import { createMemo } from '../../provisioning/engine/memo.ts';
import type { Services } from '../services/services.ts';
import { untilLeft } from '../pages/opening.ts';
import { reportUri } from '../shared/reports.ts';
import { withCancel } from '../shared/withCancel.ts';
import { diagnosisText } from './diagnosisText.lazy.ts';
import { type Diagnosis, forgetDiagnoses, idOf, keepDiagnosis } from './results.ts';

/**
 * Runs every check of one rule, shown as progress, and tells the tree, the log and the open reports.
 * @param options.tag to look at in both registries
 * @param options.quietly in the status bar, for what the user did not ask for
 * @throws AzureError, `cancelled` if the user cancels
 */
export async function checkRule(
  services: Services,
  ruleId: string,
  { tag, quietly = false }: { readonly tag?: string; readonly quietly?: boolean } = {},
): Promise<RuleDiagnosis> {
  const title = vscode.l10n.t('Diagnosing cache rule {0}', armIdName(ruleId));
  const { azure, diagnosis } = await withCancel(
    title,
    async (progress, signal) => {
      const azure = await untilLeft(services.azure(), signal);
      let done = 0;
      const onCheck: DiagnoseOptions['onCheck'] = (check, total) => {
        done++;
        const message = vscode.l10n.t('({0} of {1}) {2}', done, total, check.title);
        progress.report({ message, increment: 100 / total });
      };
      return { azure, diagnosis: await diagnoseWithDependents(services, azure, ruleId, { signal, tag, onCheck }) };
    },
    quietly,
  );
  noteDiagnosis(services, azure, diagnosis);
  updateReports(services, diagnosis);
  return diagnosis;
}

/** Diagnoses a rule, and what its findings mean for the other rules that are known. @throws AzureError `cancelled` only */
export async function diagnoseWithDependents(
  { inventory }: Pick<Services, 'inventory'>,
  azure: Azure,
  ruleId: string,
  options: DiagnoseOptions,
): Promise<RuleDiagnosis> {
  const memory = createMemo();
  const { proof } = inventory.knowledge(ruleId);
  const diagnosis = await diagnoseRule(azure, ruleId, { ...options, memory, proof });
  const all = await knownRules(inventory, [diagnosis], options.signal);
  return withDependents(azure, diagnosis, all, all, { ...options, memory });
}

/** A registry's diagnosis with the rules of other registries that depend on the same things. @throws AzureError `cancelled` only */
export async function withDependentsElsewhere(
  { inventory }: Pick<Services, 'inventory'>,
  azure: Azure,
  found: RegistryDiagnosis,
  signal: AbortSignal,
): Promise<RegistryDiagnosis> {
  await inventory.loadRules(found.registryId, { signal });
  const options = { signal, memory: createMemo(), made: new Set<string>() };
  const all = await knownRules(inventory, found.rules, signal);
  const elsewhere = all.filter(({ rule }) => !sameArmId(rule.registryId, found.registryId));
  const rules: RuleDiagnosis[] = [];
  for (const rule of found.rules) {
    const diagnosis = await withDependents(azure, rule, all, elsewhere, options);
    for (const dependent of diagnosis.dependents ?? []) noteChecks(inventory, azure, dependent, false);
    rules.push(diagnosis);
  }
  return { ...found, rules };
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
  const unread = [...inventory.state.registries.values()].filter(({ rules }) => !rules).slice(0, maxUnread);
  if (isShared) await Promise.all(unread.map(({ registry }) => inventory.loadRules(registry.id, { signal })));
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

/** Keeps the findings for the tree, and in the log. */
export function noteDiagnosis(
  { inventory, log }: Pick<Services, 'inventory' | 'log'>,
  azure: Azure,
  diagnosis: RuleDiagnosis,
): void {
  noteChecks(inventory, azure, diagnosis, true);
  for (const dependent of diagnosis.dependents ?? []) noteChecks(inventory, azure, dependent, false);
  log.info(`Diagnosis of ${diagnosis.ruleName}: ${verdictLine(diagnosis)}`);
  for (const { id, verdict, reason } of diagnosis.checks) {
    if (verdict === 'problem' || verdict === 'unknown') log.warn(`  ${id}: ${verdict}: ${reason}`);
  }
}

function noteChecks(inventory: Services['inventory'], azure: Azure, diagnosis: RuleDiagnosis, isWhole: boolean): void {
  // What another account has met need not be so for the one of now.
  if (!inventory.isOf(azure)) return;
  const { ruleId, checks, checkedAt } = diagnosis;
  inventory.noteCheckup(ruleId, checkupOf(checks, checkedAt, isWhole), new Set(checks.map(({ id }) => id)));
}

/** Brings the reports that show a diagnosis up to date, without opening them. */
export function updateReports(services: Services, diagnosis: Diagnosis): void {
  const { documents } = services;
  const kept = keepDiagnosis(diagnosis).map(idOf);
  const dependents = ('checks' in diagnosis ? [diagnosis] : diagnosis.rules).flatMap((rule) => rule.dependents ?? []);
  forgetDiagnoses(dependents);
  for (const id of [...kept, ...dependents.map(({ ruleId }) => ruleId)]) {
    const uri = reportUri('diagnosis', id);
    const text = documents.textOf(uri) === undefined ? undefined : diagnosisText(services, id);
    if (text !== undefined) documents.update(uri, text);
  }
}
