import * as vscode from 'vscode';
import { withoutCommandLinks } from '../../common/markdown.ts';
import { pickRule } from '../pages/pickResource.ts';
import { activeReport, reportOf } from '../shared/reports.ts';
import type { Services } from '../services/services.ts';
import { diagnosisText } from '../diagnosis/diagnosisText.lazy.ts';
import { knownText, readRuleDocument, restoreRuleDocument } from '../reports/ruleDocument.lazy.ts';
import { showDone } from '../shared/messages.ts';

/** Reads again what the report of `node`, or of the active editor, shows. @throws AzureError; CancellationError */
export async function refreshReport(services: Services, node: unknown): Promise<void> {
  const uri = reportAt(node);
  const report = uri && reportOf(uri);
  if (!report) return;
  const { kind, subject } = report;
  if (kind === 'rule' && 'ruleId' in subject) {
    await readRuleDocument(services, await services.azure(), uri, subject.ruleId);
    return;
  }
  const { diagnoseRegistry, diagnoseRule } = await import('../diagnosis/diagnose.lazy.ts');
  await ('ruleId' in subject ? diagnoseRule : diagnoseRegistry)(services, subject);
}

/** Copies a report as Markdown. */
export async function copyReport({ documents }: Services, node: unknown): Promise<void> {
  const uri = reportAt(node);
  const text = uri && documents.textOf(uri);
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(withoutCommandLinks(text));
  showDone(vscode.l10n.t('Copied as Markdown'));
}

/** Copies a link to the rule's document that works for everyone who may read the rule. */
export async function copyRuleLink(services: Services, node: unknown): Promise<void> {
  const { rule } = await pickRule(services, node, vscode.l10n.t('Copy Link to Cache Rule'));
  await vscode.env.clipboard.writeText(ruleLink(services, rule.id));
  showDone(vscode.l10n.t('Copied a link to {0}', rule.name));
}

function ruleLink({ extensionId }: Services, ruleId: string): string {
  return `${vscode.env.uriScheme}://${extensionId}/rule?id=${encodeURIComponent(ruleId)}`;
}

/**
 * The first text of a report that has none in this session. If an editor of an earlier session shows it, it is then read again; a
 * mere look at where a link leads asks nothing of Azure, and neither asks anybody to sign in.
 */
export function restoreReport(services: Services, uri: vscode.Uri, isOpen: boolean): string | undefined {
  const report = reportOf(uri);
  if (!report) return undefined;
  const { kind, subject } = report;
  if (kind === 'rule' && 'ruleId' in subject) {
    return isOpen ? restoreRuleDocument(services, uri, subject.ruleId) : knownText(services, subject.ruleId);
  }
  return diagnosisText(services, 'ruleId' in subject ? subject.ruleId : subject.registryId);
}

function reportAt(node: unknown): vscode.Uri | undefined {
  return node instanceof vscode.Uri && reportOf(node) ? node : activeReport();
}
