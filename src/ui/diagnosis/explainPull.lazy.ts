import * as vscode from 'vscode';
import { armIdName, parentArmId } from '../../domain/armId.ts';
import { formatImageReference } from '../../domain/imageReference.ts';
import type { PullExplanation } from '../../provisioning/verification/explainPullText.ts';
import { runCommand } from '../shared/errors.ts';
import type { Services } from '../services/services.ts';
import { textOf } from '../shared/textOf.ts';
import { pick } from '../pages/pick.ts';
import { type Row, separator } from '../pages/quickInput.ts';
import { note, textRows } from '../pages/lines.ts';
import { openRule } from '../reports/ruleDocument.lazy.ts';
import { diagnoseRule, showDiagnosis } from './diagnose.lazy.ts';
import { explainText } from './explainText.lazy.ts';
import { checkRule } from './runDiagnosis.lazy.ts';
import { firstLine, pastedText } from './pastedText.ts';
import { showDone, showInformationMessage, showWarningMessage } from '../shared/messages.ts';
import { plainRows } from '../shared/plainRows.ts';

type Source = 'clipboard' | 'selection' | 'document' | 'newEditor';

/**
 * "Explain a Pull Error…": takes what docker, podman, containerd or kubelet printed, says the cause, and leads to the repair.
 * `node` may be `{ text }`.
 * @throws AzureError; CancellationError
 */
export async function explainPullError(services: Services, node: unknown): Promise<void> {
  const text = textOf(node, 'text') ?? (await askText(services));
  if (text === undefined) return;
  const pasted = pastedText(text);
  if (pasted === '') {
    void showWarningMessage(
      vscode.l10n.t('There is no text. Copy the whole output of the failed pull, then run the command again.'),
    );
    return;
  }
  const explanation = await explainText(services, pasted);
  services.log.info(`Pull error explained: ${explanation.problem.code}, rule ${explanation.ruleId ?? 'unknown'}`);
  await showExplanation(services, explanation);
}

/** Multi-line output does not fit into an input box: it is taken from where it is. */
async function askText(services: Services): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const whole = editor?.document.getText() ?? '';
  const rows: (vscode.QuickPickItem & { readonly source: Source; readonly isOffered: boolean })[] = [
    {
      label: `$(selection) ${vscode.l10n.t("From the Editor's Selection")}`,
      detail: firstLine(selected),
      source: 'selection',
      isOffered: selected.trim() !== '',
    },
    {
      label: `$(clippy) ${vscode.l10n.t('From the Clipboard')}`,
      detail: vscode.l10n.t('Copy the whole output of the failed pull first'),
      source: 'clipboard',
      isOffered: true,
    },
    {
      label: `$(file) ${vscode.l10n.t('From the Active Editor')}`,
      detail: firstLine(whole),
      source: 'document',
      isOffered: selected.trim() === '' && whole.trim() !== '',
    },
    {
      label: `$(edit) ${vscode.l10n.t('Type or Paste Into a New Editor')}`,
      detail: vscode.l10n.t('Nothing of it is saved or sent anywhere'),
      source: 'newEditor',
      isOffered: true,
    },
  ];
  const picked = await vscode.window.showQuickPick(plainRows(rows.filter(({ isOffered }) => isOffered)), {
    title: vscode.l10n.t('Explain a Pull Error'),
    placeHolder: vscode.l10n.t('Output of docker, podman, nerdctl, containerd or kubelet'),
  });
  switch (picked?.source) {
    case 'clipboard':
      return vscode.env.clipboard.readText();
    case 'selection':
      return selected;
    case 'document':
      return whole;
    case 'newEditor':
      void explainNewEditor(services);
      return undefined;
    case undefined:
      return undefined;
  }
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
    explainPullError(services, { text: document.getText() || ' ' }),
  );
}

type Choice =
  | { readonly kind: 'diagnose'; readonly ruleId: string; readonly tag?: string }
  | { readonly kind: 'open'; readonly ruleId: string }
  | { readonly kind: 'diagnoseOther' }
  | { readonly kind: 'copy'; readonly text: string };

async function showExplanation(services: Services, explanation: PullExplanation): Promise<void> {
  const answer = await pick<Choice>(
    { title: vscode.l10n.t('Explain a Pull Error'), canGoBack: false },
    {
      placeholder: vscode.l10n.t('The cause, and what to do'),
      load: (show) => show(rowsOf(explanation)),
    },
  );
  if (answer.kind !== 'value') return;
  const choice = answer.value;
  switch (choice.kind) {
    case 'diagnose': {
      const diagnosis = await checkRule(services, choice.ruleId, { tag: choice.tag });
      return showDiagnosis(services, diagnosis);
    }
    case 'diagnoseOther':
      return diagnoseRule(services, undefined);
    case 'open':
      return openRule(services, { ruleId: choice.ruleId });
    case 'copy':
      await vscode.env.clipboard.writeText(choice.text);
      showDone(vscode.l10n.t('Copied: {0}', choice.text.slice(0, 200)));
      return showExplanation(services, explanation);
  }
}

function rowsOf({ problem, image, ruleId, source, correlationId }: PullExplanation): Row<Choice>[] {
  const id = correlationId ?? problem.correlationId;
  const from = source ?? problem.source;
  const tag = image?.tag;
  const facts = [
    ...(image ? textRows('package', vscode.l10n.t('Image: {0}', formatImageReference(image))) : []),
    ...ruleRows(ruleId, problem.ruleName),
    ...(from ? textRows('cloud', vscode.l10n.t('Source: {0}', from)) : []),
    ...(id
      ? [
          {
            label: `$(copy) ${vscode.l10n.t('Correlation id: {0}', id)}`,
            description: vscode.l10n.t('choose to copy; Microsoft support asks for it'),
            value: { kind: 'copy' as const, text: id },
          },
        ]
      : []),
  ];
  return [
    ruleId === undefined
      ? {
          label: `$(pulse) ${vscode.l10n.t('Diagnose a Rule…')}`,
          detail: vscode.l10n.t('Choose the rule through which the image was to be pulled'),
          value: { kind: 'diagnoseOther' },
        }
      : {
          label: `$(pulse) ${vscode.l10n.t('Diagnose and Repair {0}', armIdName(ruleId))}`,
          detail: vscode.l10n.t('Checks everything this pull needs, and offers what repairs it'),
          value: { kind: 'diagnose', ruleId, tag },
        },
    separator(vscode.l10n.t('Cause')),
    ...textRows('error', problem.reason),
    separator(vscode.l10n.t('What to do')),
    ...textRows('lightbulb', problem.next),
    ...(problem.mayPass ? [note('clock', vscode.l10n.t('It may pass by itself: pull again in some minutes'))] : []),
    ...(facts.length > 0 ? [separator(vscode.l10n.t('Found in the text')), ...facts] : []),
  ];
}

function ruleRows(ruleId: string | undefined, ruleName: string | undefined): Row<Choice>[] {
  if (ruleId !== undefined) {
    return [
      {
        label: `$(cloud-download) ${vscode.l10n.t('Cache rule: {0}', armIdName(ruleId))}`,
        description: vscode.l10n.t('of {0}; choose to open it', armIdName(parentArmId(ruleId) ?? '')),
        value: { kind: 'open', ruleId },
      },
    ];
  }
  return ruleName === undefined
    ? []
    : textRows('cloud-download', vscode.l10n.t('Cache rule: {0} (not among the registries you see)', ruleName));
}
