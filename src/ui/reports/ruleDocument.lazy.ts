import * as vscode from 'vscode';
import type { Azure } from '../../azure/azure.ts';
import { armIdName } from '../../domain/armId.ts';
import { findRule } from '../../inventory/knowledge.ts';
import { readRuleReport, type RuleReport, unreadReport } from '../../provisioning/ruleReport/readRuleReport.ts';
import { ruleReportMarkdown } from '../../provisioning/ruleReport/ruleReportMarkdown.ts';
import { pickRule } from '../shared/pickResource.ts';
import { clientName } from '../shared/clientName.ts';
import { reportUri } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { withProgress } from '../shared/messages.ts';

/** Reads under way, by address of the document. */
const running = new Map<string, AbortController>();

/** Opens the document of a rule: at once with what the tree knows, the rest as it arrives. @throws AzureError; CancellationError */
export async function openRule(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Open Cache Rule'));
  const uri = reportUri('rule', rule.id);
  const shown = services.documents.textOf(uri) ?? ruleReportMarkdown(begun(services, rule.id), clientName());
  await services.documents.showReport(uri, shown);
  await fillRuleDocument(services, await services.azure(), uri, rule.id);
}

/** Reads everything about the rule into its document; a read of the same document that is still running gives way. */
export async function fillRuleDocument(
  { documents, inventory }: Services,
  azure: Azure,
  uri: vscode.Uri,
  id: string,
): Promise<void> {
  const ruleId = asWritten({ inventory }, id);
  const key = uri.toString();
  running.get(key)?.abort();
  const run = new AbortController();
  running.set(key, run);
  const closing = documents.onDidClose((closed) => {
    if (closed.toString() === key) run.abort();
  });
  const paint = (report: RuleReport): void => {
    if (!run.signal.aborted) documents.update(uri, ruleReportMarkdown(withKnown({ inventory }, report), clientName()));
  };
  try {
    await withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Reading {0}', armIdName(ruleId)) },
      async () => paint(await readRuleReport(azure, ruleId, { signal: run.signal, onPart: paint })),
    );
  } catch (error) {
    // Nobody waits for it any more: the document was closed, or is being read again.
    if (!run.signal.aborted) throw error;
  } finally {
    closing.dispose();
    if (running.get(key) === run) running.delete(key);
  }
}

/** The report before anything was read. */
export function begun({ inventory }: Pick<Services, 'inventory'>, id: string): RuleReport {
  return withKnown({ inventory }, unreadReport(asWritten({ inventory }, id)));
}

/** With the verdict on the rule; while the rule itself is still being read, what the tree knows stands for it. */
function withKnown({ inventory }: Pick<Services, 'inventory'>, read: RuleReport): RuleReport {
  const report = { ...read, knowledge: inventory.knowledge(read.ruleId) };
  if (report.mapping.state !== 'loading') return report;
  const known = findRule(inventory.state, report.ruleId);
  if (!known) return report;
  const { rule, entry } = known;
  return { ...report, mapping: { state: 'ready', value: { rule, registry: entry.registry } } };
}

/** The id as Azure writes it: that of a document's address is in lower case. */
function asWritten({ inventory }: Pick<Services, 'inventory'>, ruleId: string): string {
  return findRule(inventory.state, ruleId)?.rule.id ?? ruleId;
}
