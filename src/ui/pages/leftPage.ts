import * as vscode from 'vscode';
import { commandLink } from '../../common/markdown.ts';
import type { ReadOnlyDocuments } from '../documents/documents.ts';
import { showInformationMessage } from '../shared/messages.ts';
import { addressOf } from '../shared/reports.ts';

/** Ends the wait of the page that was left last. `isBack`: it is shown again. */
let leave: ((isBack: boolean) => void) | undefined;

/**
 * Shows a report for which a page has closed, with a link back to it.
 * @returns as `untilBack`
 */
export async function showBeside(documents: ReadOnlyDocuments, uri: vscode.Uri, markdown: string): Promise<boolean> {
  const [heading = '', ...rest] = markdown.split('\n');
  const link = commandLink('acrCache.goBack', {}, vscode.l10n.t('Back to Review'));
  // Before the document is there: its link can be clicked at once.
  const back = untilBack(uri);
  await documents.showReport(uri, [heading, '', link, ...rest].join('\n'));
  return back;
}

/**
 * Waits until the user goes back to the page that was left for a document, by its link or the button of its editor (`goBack`).
 * @returns false: no editor shows the document any more, or another page was left, or begun anew
 */
export async function untilBack(document: vscode.Uri): Promise<boolean> {
  forgetLeftPage();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const closing = vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
    if (closed.some((tab) => isOf(tab, document)) && !isShown(document)) resolve(false);
  });
  leave = resolve;
  setLeft(true);
  const isBack = await promise;
  closing.dispose();
  if (leave === resolve) {
    leave = undefined;
    setLeft(false);
  }
  return isBack;
}

/** What was left is not waited for any more: its command ends, and a setup keeps what was said. */
export function forgetLeftPage(): void {
  leave?.(false);
}

/** "Back to Review": shows the page again that was left last. */
export function goBack(): Promise<void> {
  if (leave) leave(true);
  else void showInformationMessage(vscode.l10n.t('That review has ended. Start the command again.'));
  return Promise.resolve();
}

function isShown(document: vscode.Uri): boolean {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some((tab) => isOf(tab, document));
}

function isOf(tab: vscode.Tab, document: vscode.Uri): boolean {
  return addressOf(tab)?.toString() === document.toString();
}

/** For the button in the title of the documents' editors. */
function setLeft(isLeft: boolean): void {
  void vscode.commands.executeCommand('setContext', 'acrCache.pageLeft', isLeft);
}
