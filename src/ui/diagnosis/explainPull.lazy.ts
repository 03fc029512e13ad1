import * as vscode from 'vscode';
import { maskSecrets } from '../../common/secrets.ts';
import { explanationMarkdown } from '../../provisioning/diagnosis/explanationMarkdown.ts';
import { explainPullText } from '../../provisioning/verification/explainPullText.ts';
import { pick } from '../pages/pick.ts';
import type { Row } from '../pages/quickInput.ts';
import type { Services } from '../services/services.ts';
import { documentScheme } from '../documents/documents.ts';
import { runCommand } from '../shared/errors.ts';
import { icon } from '../shared/icon.ts';
import { showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { textOf } from '../shared/textOf.ts';
import { explainText } from './explainText.lazy.ts';
import { firstLine, pastedText } from './pastedText.ts';

/**
 * "Explain a Pull Error…": takes what docker, podman, containerd or kubelet printed, and opens a document with the cause and what
 * leads to the repair. `node` may be `{ text }`.
 * @throws AzureError; CancellationError
 */
export async function explainPullError(services: Services, node: unknown): Promise<void> {
  const text = textOf(node, 'text') ?? (await askText(services));
  if (text !== undefined) await explain(services, text);
}

/** "Explain a Pull Error" of a terminal's menu: takes what is selected there, and asks where nothing is. @throws AzureError */
export async function explainTerminalSelection(services: Services): Promise<void> {
  await explainPullError(services, { text: await readTerminalSelection() });
}

async function explain(services: Services, text: string): Promise<void> {
  const pasted = pastedText(text);
  if (pasted === '') {
    void showWarningMessage(vscode.l10n.t('There is no text to explain. Copy the whole output of the failed pull.'));
    return;
  }
  const explanation = await explainText(services, pasted);
  services.log.info(`Pull error explained: ${explanation.problem.code}, rule ${explanation.ruleId ?? 'unknown'}`);
  const uri = vscode.Uri.from({ scheme: documentScheme, path: `/${vscode.l10n.t('Pull Error')}.md` });
  await services.documents.showReport(uri, explanationMarkdown(explanation));
}

/** VS Code tells an extension of a terminal's selection only by the clipboard, whose text is put back. */
async function readTerminalSelection(): Promise<string> {
  const { clipboard } = vscode.env;
  const before = await clipboard.readText();
  try {
    // Nothing is copied where nothing is selected.
    await clipboard.writeText('');
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    return await clipboard.readText();
  } finally {
    await clipboard.writeText(before);
  }
}

/** Where the text is: as typed or pasted, or to be typed into a new editor. */
type Source = { readonly text: string } | 'newEditor';

async function askText(services: Services): Promise<string | undefined> {
  const rows = textRows(await vscode.env.clipboard.readText());
  const answer = await pick<Source>(
    { title: vscode.l10n.t('Explain a Pull Error'), canGoBack: false },
    {
      placeholder: vscode.l10n.t('Paste the output of the failed pull, or choose where it is'),
      load: (show) => show(rows),
      typed: (text) => ({ value: { text }, label: vscode.l10n.t('Explain What Was Pasted') }),
    },
  );
  if (answer.kind !== 'value') return undefined;
  if (answer.value !== 'newEditor') return answer.value.text;
  void explainNewEditor(services);
  return undefined;
}

/**
 * Where a text can be taken from; a clipboard that holds a pull error comes first. What else is in it is not shown: it may be a
 * password.
 */
function textRows(clipboard: string): Row<Source>[] {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const whole = selected.trim() === '' ? (editor?.document.getText() ?? '') : '';
  const row = (name: string, label: string, text: string, detail?: string): Row<Source>[] =>
    text.trim() === '' ? [] : [{ iconPath: icon(name), label, detail, value: { text } }];
  const isError = isPullError(clipboard);
  const shown = isError ? maskSecrets(firstLine(clipboard)) : undefined;
  const ofClipboard = row('clippy', vscode.l10n.t('From the Clipboard'), clipboard, shown);
  const ofEditor = [
    ...row('selection', vscode.l10n.t("From the Editor's Selection"), selected, firstLine(selected)),
    ...row('file', vscode.l10n.t('From the Active Editor'), whole, firstLine(whole)),
  ];
  return [
    ...(isError ? [...ofClipboard, ...ofEditor] : [...ofEditor, ...ofClipboard]),
    {
      iconPath: icon('edit'),
      label: vscode.l10n.t('Type or Paste Into a New Editor'),
      detail: vscode.l10n.t('It is not saved or sent anywhere'),
      value: 'newEditor',
    },
  ];
}

function isPullError(text: string): boolean {
  return explainPullText(pastedText(text), []).problem.code !== 'unknown';
}

/** Opens an empty editor, and explains what is in it when the user says so. */
async function explainNewEditor(services: Services): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'plaintext' });
  await vscode.window.showTextDocument(document);
  const go = vscode.l10n.t('Explain');
  const chosen = await showInformationMessage(
    vscode.l10n.t('Paste the output of the failed pull into the editor, then choose Explain.'),
    go,
  );
  if (chosen !== go) return;
  await runCommand(vscode.l10n.t('Explaining the pull error'), services.log, () =>
    explain(services, document.getText()),
  );
}
