import * as vscode from 'vscode';
import { escapeMarkdown } from '../../common/markdown.ts';
import { armIdName } from '../../domain/armId.ts';
import { clientName } from '../shared/clientName.ts';
import { pickRule } from '../shared/pickResource.ts';
import { explainError } from '../shared/errors.ts';
import { activeReport, addressOf, reportOf } from '../shared/reports.ts';
import { verdictWithBasis } from '../shared/ruleVerdict.ts';
import type { Services } from '../services/services.ts';
import { begun, fillRuleDocument } from '../reports/ruleDocument.lazy.ts';
import { ruleReportMarkdown } from '../../provisioning/ruleReport/ruleReportMarkdown.ts';
import { showDone } from '../shared/messages.ts';

/** Reads again what the report of `node`, or of the active editor, shows. @throws AzureError; CancellationError */
export async function refreshReport(services: Services, node: unknown): Promise<void> {
  const uri = reportAt(node);
  const report = uri && reportOf(uri);
  if (!report) return;
  const { kind, subject } = report;
  if (kind === 'rule' && 'ruleId' in subject) {
    await fillRuleDocument(services, await services.azure(), uri, subject.ruleId);
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
  await vscode.env.clipboard.writeText(text);
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
 * Fills a report whose editor VS Code has brought back from an earlier session, or has opened by a link. Asks nobody to sign in, and
 * Azure only once there is an editor: a mere look at where a link leads shows what is known. Returns when there is a
 * first text.
 */
export function restoreReport(services: Services, uri: vscode.Uri): void {
  const report = reportOf(uri);
  if (!report) return;
  const { kind, subject } = report;
  if (kind === 'rule' && 'ruleId' in subject) {
    services.documents.update(uri, ruleReportMarkdown(begun(services, subject.ruleId), clientName()));
    fillOnceShown(services, uri, subject.ruleId).catch((error: unknown) =>
      services.log.error(`Restoring ${uri.path}: ${explainError(error)}`),
    );
    return;
  }
  const known = 'ruleId' in subject ? services.inventory.knowledge(subject.ruleId) : {};
  const again = vscode.l10n.t(
    'The checks of an earlier session are not kept. Refresh this document, by the button above it, to diagnose again.',
  );
  services.documents.update(uri, page(uri, [...(known.checkup ? [verdictWithBasis(known)] : []), again]));
}

async function fillOnceShown(services: Services, uri: vscode.Uri, ruleId: string): Promise<void> {
  if (!(await hasEditor(uri))) {
    services.documents.forget(uri);
    return;
  }
  const azure = await services.account.connect();
  if (azure) await fillRuleDocument(services, azure, uri, ruleId);
  else services.documents.update(uri, page(uri, [vscode.l10n.t('Sign in to Azure, then refresh this document.')]));
}

/** Waits until a tab shows the document; false if it is closed before. */
function hasEditor(uri: vscode.Uri): Promise<boolean> {
  const key = uri.toString();
  const isShown = () =>
    vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => addressOf(tab)?.toString() === key));
  if (isShown()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (result: boolean): void => {
      for (const listener of listeners) listener.dispose();
      resolve(result);
    };
    const listeners = [
      vscode.window.tabGroups.onDidChangeTabs(() => {
        if (isShown()) end(true);
      }),
      vscode.workspace.onDidCloseTextDocument((closed) => {
        if (closed.uri.toString() === key) end(false);
      }),
    ];
  });
}

/** A report without contents: sentences below the resource's name. */
function page(uri: vscode.Uri, sentences: readonly string[]): string {
  return [`# ${escapeMarkdown(armIdName(uri.query))}`, ...sentences.map((each) => escapeMarkdown(each))].join('\n\n');
}

function reportAt(node: unknown): vscode.Uri | undefined {
  return node instanceof vscode.Uri && reportOf(node) ? node : activeReport();
}
